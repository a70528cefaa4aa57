//! By a code.

use serde_json::json;
use shared_types::on_both;

use super::{BEGIN, redeem, sent};
use crate::self_service::{
    people::{everything, sign_in, whoami, with},
    world::{PASSWORD, World, location, messages, parts},
};

on_both! {
    async fn a_code_signs_in_and_leads_to_the_settings(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.browser().register("anna@example.org").await;
        let browser = world.browser();
        let (flow, code) = sent(&world, &browser, "anna@example.org", 0).await;
        assert_eq!(messages(&flow), [1_060_003]);
        let (status, body) = redeem(&browser, &flow, &code).await;
        assert_eq!((status, &body["error"]["id"]), (422, &json!("browser_location_change_required")), "{body}");
        let go = body["redirect_browser_to"].as_str().unwrap();
        let id = go.split_once("flow=").unwrap().1;
        let settings = browser.begin(&format!("/self-service/settings/flows?id={id}")).await;
        assert_eq!(messages(&settings), [1_060_001]);
        let session = whoami(&browser).await.1;
        assert_eq!(session["authentication_methods"][0]["method"], "code_recovery");
        let fields = json!({"method": "password", "password": "another quiet lamp"});
        let (status, body) = parts(browser.submit(&settings, fields).await).await;
        assert_eq!((status, &body["state"]), (200, &json!("success")), "{body}");
        assert_eq!(sign_in(&world.browser(), "anna@example.org").await.0, 400, "the old password is gone");
        // The code is spent.
        let (status, body) = redeem(&world.browser(), &flow, &code).await;
        assert_ne!(status, 422, "{body}");
        world.stop().await;
    }
}

on_both! {
    async fn a_browser_is_sent_to_the_settings(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.browser().register("anna@example.org").await;
        let browser = world.browser();
        let (flow, code) = sent(&world, &browser, "anna@example.org", 0).await;
        let response = browser.submit_form(&flow, &[("method", "code"), ("code", &code)]).await;
        assert_eq!(response.status(), 303);
        assert!(location(&response).contains("/settings?flow="), "{}", location(&response));
        assert_eq!(whoami(&browser).await.0, 200);
        world.stop().await;
    }
}

on_both! {
    async fn transitions_are_named_where_configured(dsn: String) {
        let over = with(json!({"feature_flags": {"use_continue_with_transitions": true}}));
        let world = World::start(&dsn, over).await;
        world.browser().register("anna@example.org").await;
        let program = world.program();
        let flow = program.begin("/self-service/recovery/api").await;
        let (_, flow) = parts(program.submit(&flow, json!({"method": "code", "email": "anna@example.org"})).await).await;
        let code = world.mailbox.wait("anna@example.org", 0).await.code();
        let (status, body) = redeem(&program, &flow, &code).await;
        assert_eq!(status, 200, "{body}");
        let actions: Vec<_> = body["continue_with"].as_array().unwrap().iter().map(|item| &item["action"]).collect();
        assert_eq!(actions, ["set_ory_session_token", "show_settings_ui"]);
        world.stop().await;
    }
}

on_both! {
    async fn nobodys_address_is_answered_like_anybodys(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.browser().register("anna@example.org").await;
        let shown = async |address: &str| {
            let browser = world.browser();
            let flow = browser.begin(BEGIN).await;
            let (status, flow) = parts(browser.submit(&flow, json!({"method": "code", "email": address})).await).await;
            (status, world.scrubbed(&flow).to_string().replace(address, "[address]"))
        };
        assert_eq!(shown("anna@example.org").await, shown("nobody@example.org").await);
        world.mailbox.wait("anna@example.org", 0).await;
        assert!(world.mailbox.to("nobody@example.org").is_empty());
        world.stop().await;
    }
}

on_both! {
    async fn wrong_codes_are_counted_over_all_flows(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.browser().register("anna@example.org").await;
        let browser = world.browser();
        let (flow, code) = sent(&world, &browser, "anna@example.org", 0).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            let (status, body) = redeem(&browser, &flow, wrong).await;
            assert_eq!((status, messages(&body)), (200, vec![4_060_006]), "{body}");
        }
        let (status, body) = redeem(&browser, &flow, &code).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_001]), "the right one comes too late: {body}");
        assert_eq!(whoami(&browser).await.0, 401);
        world.stop().await;
    }
}

on_both! {
    async fn a_code_is_good_in_its_own_flow_for_its_time(dsn: String) {
        let world = World::start(&dsn, everything()).await;
        world.browser().register("anna@example.org").await;
        world.browser().register("berta@example.org").await;
        let (anna, berta) = (world.browser(), world.browser());
        let (_, hers) = sent(&world, &anna, "anna@example.org", 0).await;
        let (flow, _) = sent(&world, &berta, "berta@example.org", 0).await;
        let (_, body) = redeem(&berta, &flow, &hers).await;
        assert_eq!(messages(&body), [4_060_006]);
        world.clock.advance(chrono::Duration::minutes(61));
        let response = berta.submit(&flow, json!({"method": "code", "code": hers})).await;
        assert_eq!(response.status(), 303);
        let (status, fresh) = parts(berta.get(&location(&response)).await).await;
        assert_eq!((status, messages(&fresh)), (200, vec![4_060_005]), "{fresh}");
        world.stop().await;
    }
}

on_both! {
    async fn recovery_ends_other_sessions_when_configured_and_lifts_delays(dsn: String) {
        let over = with(json!({"selfservice": {"flows": {"recovery": {"after": {
            "hooks": [{"hook": "revoke_active_sessions"}]}}}}}));
        let world = World::start(&dsn, over).await;
        let thief = world.browser();
        thief.register("anna@example.org").await;
        let guesser = world.browser();
        for _ in 0..12 {
            let flow = guesser.begin("/self-service/login/browser").await;
            let fields = json!({"method": "password", "identifier": "anna@example.org", "password": "wrong guess"});
            let _ = guesser.submit(&flow, fields).await;
        }
        let browser = world.browser();
        let (flow, code) = sent(&world, &browser, "anna@example.org", 0).await;
        assert_eq!(redeem(&browser, &flow, &code).await.0, 422);
        assert_eq!(whoami(&thief).await.0, 401);
        assert_eq!(sign_in(&world.browser(), "anna@example.org").await.0, 200, "{PASSWORD} is right and is taken");
        world.stop().await;
    }
}

on_both! {
    async fn it_can_be_switched_off(dsn: String) {
        let world = World::start(&dsn, with(json!({"selfservice": {"flows": {"recovery": {"enabled": false}}}}))).await;
        let (status, body) = parts(world.browser().get(BEGIN).await).await;
        assert_eq!((status, &body["error"]["id"]), (400, &json!("self_service_flow_disabled")));
        let browser = world.browser();
        browser.register("anna@example.org").await;
        world.stop().await;
    }
}
