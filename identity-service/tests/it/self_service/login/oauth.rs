//! As the login page of an OAuth2 provider.

use insta::assert_json_snapshot;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    provider::{GO_ON, Provider},
    world::{PASSWORD, World, location, messages, parts},
};

const BEGIN: &str = "/self-service/login/browser?login_challenge=c";

fn fields() -> Value {
    json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD})
}

on_both! {
    async fn a_login_is_accepted_at_the_provider(dsn: String) {
        let provider = Provider::start(false);
        let world = World::start(&dsn, provider.config()).await;
        let identity = world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin(BEGIN).await;
        assert_eq!(flow["oauth2_login_challenge"], "c");
        assert_json_snapshot!("oauth2_login_request", flow["oauth2_login_request"]);
        // A script must navigate, and is signed in already.
        let response = browser.submit(&flow, fields()).await;
        assert!(response.headers().get_all("set-cookie").iter().any(|c| c.to_str().unwrap().starts_with("ory_kratos_session=")));
        let (status, body) = parts(response).await;
        assert_eq!((status, &body["error"]["id"]), (422, &json!("browser_location_change_required")));
        assert_eq!(body["redirect_browser_to"], GO_ON);
        let (_, whoami) = parts(browser.get("/sessions/whoami").await).await;
        let answers = provider.answers();
        assert_eq!(answers.len(), 1);
        assert_eq!(answers[0]["subject"], identity["id"]);
        assert_eq!(answers[0]["identity_provider_session_id"], whoami["id"]);
        assert_eq!((&answers[0]["amr"], &answers[0]["acr"]), (&json!(["password"]), &json!("aal1")));
        assert_eq!((&answers[0]["remember"], &answers[0]["remember_for"]), (&json!(true), &json!(86_400)));

        let form = [("method", "password"), ("identifier", "anna@example.org"), ("password", PASSWORD)];
        let another = world.browser();
        let flow = another.begin(BEGIN).await;
        let response = another.submit_form(&flow, &form).await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, GO_ON));
        world.stop().await;
    }
}

on_both! {
    async fn who_is_signed_in_confirms_it(dsn: String) {
        let provider = Provider::start(false);
        let world = World::start(&dsn, provider.config()).await;
        let browser = world.browser();
        let registered = browser.register("anna@example.org").await;
        let flow = browser.begin(BEGIN).await;
        assert_eq!((&flow["refresh"], messages(&flow)), (&json!(true), vec![1_010_003]));
        assert_eq!(browser.submit(&flow, fields()).await.status(), 422);
        assert_eq!(provider.answers()[0]["identity_provider_session_id"], registered["session"]["id"]);
        // Who comes to register while signed in is led to the login.
        let response = browser.visit("/self-service/registration/browser?login_challenge=c").await;
        let login = world.public.join("self-service/login/browser?login_challenge=c").unwrap();
        assert_eq!(location(&response), login.as_str());
        world.stop().await;
    }
}

on_both! {
    async fn a_remembered_login_is_accepted_at_once(dsn: String) {
        let provider = Provider::start(true);
        let world = World::start(&dsn, provider.config()).await;
        let browser = world.browser();
        let registered = browser.register("anna@example.org").await;
        for path in [BEGIN, "/self-service/registration/browser?login_challenge=c"] {
            let response = browser.visit(path).await;
            assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, GO_ON));
        }
        let (status, body) = parts(browser.get(BEGIN).await).await;
        assert_eq!((status, &body["error"]["id"]), (400, &json!("session_already_available")));
        assert_eq!(provider.answers()[0]["subject"], registered["identity"]["id"]);
        // Without a session the flow is as usual.
        assert_eq!(world.browser().begin(BEGIN).await["refresh"], false);
        world.stop().await;
    }
}

on_both! {
    async fn a_registration_answers_the_challenge(dsn: String) {
        let provider = Provider::start(false);
        let world = World::start(&dsn, provider.config()).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser?login_challenge=c").await;
        let fields = json!({"method": "password", "traits": {"email": "anna@example.org"}, "password": PASSWORD});
        let (status, body) = parts(browser.submit(&flow, fields).await).await;
        assert_eq!(status, 200);
        assert_eq!(body["continue_with"], json!([{"action": "redirect_browser_to", "redirect_browser_to": GO_ON}]));
        assert_eq!(provider.answers()[0]["subject"], body["identity"]["id"]);
        world.stop().await;
    }
}

on_both! {
    async fn a_verification_in_between_keeps_the_challenge(dsn: String) {
        let provider = Provider::start(false);
        let mut over = provider.config();
        over["selfservice"]["flows"]["registration"]["after"]["password"]["hooks"] =
            json!([{"hook": "session"}, {"hook": "show_verification_ui"}]);
        let world = World::start(&dsn, over).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser?login_challenge=c").await;
        let form = [("traits.email", "anna@example.org"), ("password", PASSWORD), ("method", "password")];
        let page = location(&browser.submit_form(&flow, &form).await);
        assert!(provider.answers().is_empty(), "the login waits for the address");
        let id = page.split("flow=").nth(1).unwrap();
        let (_, flow) = parts(browser.get(&format!("/self-service/verification/flows?id={id}")).await).await;
        let code = world.mailbox.wait("anna@example.org", 0).await.code();
        let (status, flow) = parts(browser.submit(&flow, json!({"method": "code", "code": code})).await).await;
        assert_eq!((status, &flow["ui"]["action"]), (200, &json!(GO_ON)));
        let (_, whoami) = parts(browser.get("/sessions/whoami").await).await;
        assert_eq!(provider.answers()[0]["identity_provider_session_id"], whoami["id"]);
        let (_, read) = parts(browser.get(&format!("/self-service/verification/flows?id={id}")).await).await;
        assert_eq!(read["ui"]["action"], GO_ON);
        world.stop().await;
    }
}

on_both! {
    async fn bad_challenges_are_told(dsn: String) {
        let provider = Provider::start(false);
        let world = World::start(&dsn, provider.config()).await;
        let browser = world.browser();
        for challenge in ["", "unknown"] {
            let path = format!("/self-service/login/browser?login_challenge={challenge}");
            assert_eq!(browser.get(&path).await.status(), 400, "{challenge}");
        }
        // One that was answered says where the browser belongs.
        let response = browser.visit("/self-service/login/browser?login_challenge=used").await;
        assert_eq!((response.status().as_u16(), location(&response).as_str()), (303, GO_ON));
        world.stop().await;
    }
}

on_both! {
    async fn a_missing_provider_is_the_operators_mistake(dsn: String) {
        let world = World::start(&dsn, json!({})).await;
        let (status, body) = parts(world.browser().get(BEGIN).await).await;
        assert_eq!((status, &body["error"]["id"]), (500, &json!("invalid_configuration")));
        // One that does not answer is another matter.
        let gone = World::start(&dsn, json!({"oauth2_provider": {"url": "http://127.0.0.1:9"}})).await;
        let (status, body) = parts(gone.browser().get(BEGIN).await).await;
        assert_eq!((status, &body["error"]["id"]), (502, &json!("upstream_error")));
        gone.stop().await;
        world.stop().await;
    }
}
