//! By a link.

use serde_json::json;
use shared_types::on_both;

use super::BEGIN;
use crate::self_service::{
    people::{whoami, with},
    world::{World, location, messages, parts},
};

on_both! {
    async fn a_link_signs_in_whatever_browser_opens_it_once(dsn: String) {
        let over = with(json!({"selfservice": {"flows": {"recovery": {"use": "link"}}}}));
        let world = World::start(&dsn, over).await;
        world.browser().register("anna@example.org").await;
        let asking = world.browser();
        let flow = asking.begin(BEGIN).await;
        let (status, flow) = parts(asking.submit(&flow, json!({"method": "link", "email": "anna@example.org"})).await).await;
        assert_eq!((status, messages(&flow)), (200, vec![1_060_002]), "{flow}");
        let link = world.mailbox.wait("anna@example.org", 0).await.link_to("/self-service/recovery?");
        let opening = world.browser();
        let response = opening.visit(&link).await;
        assert_eq!(response.status(), 303);
        assert!(location(&response).contains("/settings?flow="), "{}", location(&response));
        let session = whoami(&opening).await.1;
        assert_eq!(session["authentication_methods"][0]["method"], "link_recovery");
        assert_eq!(whoami(&asking).await.0, 401);
        let late = world.browser();
        let response = late.visit(&link).await;
        assert!(location(&response).contains("/recovery?flow="), "{}", location(&response));
        assert_eq!(whoami(&late).await.0, 401);
        world.stop().await;
    }
}
