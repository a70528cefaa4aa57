//! Which group the traits of a registration by password are in.

use serde_json::json;
use shared_types::on_both;

use crate::self_service::world::{World, node};

on_both! {
    async fn traits_stand_beside_the_password_when_configured(dsn: String) {
        for (group, style, wanted) in
            [("default", "unified", "default"), ("password", "unified", "password"), ("password", "profile_first", "default")]
        {
            let world = World::start(&dsn, json!({
                "feature_flags": {"password_profile_registration_node_group": group},
                "selfservice": {"flows": {"registration": {"style": style}}},
            })).await;
            let flow = world.browser().begin("/self-service/registration/browser").await;
            assert_eq!(node(&flow, "traits.email")["group"], wanted, "{group}, {style}");
            assert_eq!(node(&flow, "csrf_token")["group"], "default");
            world.stop().await;
        }
    }
}
