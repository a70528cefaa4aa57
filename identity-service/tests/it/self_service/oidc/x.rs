//! Signing in with X, which speaks OAuth 1.0a (RFC 5849).

use serde_json::{Value, json};
use shared_types::on_both;
use url::Url;

use crate::{
    self_service::{
        people::whoami,
        world::{HOME, World, location, messages, parts},
        x_stand_in::{XFault, XStandIn},
    },
    world::client,
};

const LOGIN: &str = "/self-service/login/browser";

async fn person(world: &World, session: &Value) -> Value {
    let id = session["identity"]["id"].as_str().unwrap();
    let url = world.admin.join(&format!("admin/identities/{id}?include_credential=oidc")).unwrap();
    client().get(url).send().await.unwrap().json().await.unwrap()
}

on_both! {
    async fn whoever_agrees_at_x_is_signed_in(dsn: String) {
        let x = XStandIn::start();
        let world = x.world(&dsn, &["email"]).await;
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        let response = x.pass(&browser, &flow).await;
        assert_eq!(location(&response), HOME);
        let (status, session) = whoami(&browser).await;
        assert_eq!(status, 200);
        assert_eq!(session["authentication_methods"][0]["provider"], "x");
        let person = person(&world, &session).await;
        assert_eq!(person["traits"], json!({"email": "anna@example.org", "name": "Anna Berg"}));
        let oidc = &person["credentials"]["oidc"];
        assert_eq!(oidc["identifiers"], json!(["x:783214"]));
        assert_eq!(oidc["config"]["providers"][0]["initial_access_token"], "783214-access");
        let mut claims = person["metadata_admin"].clone();
        let raw = claims.as_object_mut().unwrap().remove("raw_claims").unwrap();
        let issuer = format!("{}/1.1/account/verify_credentials.json?include_email=true", x.base);
        assert_eq!(claims, json!({
            "iss": issuer, "sub": "783214", "name": "Anna Berg", "nickname": "annaberg", "preferred_username": "annaberg",
            "picture": "https://pbs.twimg.com/profile_images/1/a_normal.jpg", "website": "https://anna.example.org",
            "email": "anna@example.org",
        }));
        assert_eq!((&raw["location"], &raw["screen_name"]), (&json!("Bonn"), &json!("annaberg")));
        assert_eq!(
            x.asked(),
            ["/oauth/request_token", "/oauth/access_token", "/1.1/account/verify_credentials.json?include_email=true"]
        );
        // Once more, it is the same person.
        let again = world.browser();
        let flow = again.begin(LOGIN).await;
        x.pass(&again, &flow).await;
        assert_eq!(whoami(&again).await.1["identity"]["id"], session["identity"]["id"]);
        world.stop().await;
    }
}

on_both! {
    async fn the_address_is_asked_for_where_the_scope_says_so(dsn: String) {
        let x = XStandIn::start();
        let world = x.world(&dsn, &[]).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser").await;
        x.pass(&browser, &flow).await;
        let (_, session) = whoami(&browser).await;
        assert_eq!(session["identity"]["traits"]["email"], "annaberg@x.example.org");
        assert_eq!(x.asked().last().unwrap(), "/1.1/account/verify_credentials.json");
        world.stop().await;
    }
}

/// Goes to X from a new flow; the address there.
async fn gone(browser: &crate::self_service::world::Browser) -> String {
    let flow = browser.begin(LOGIN).await;
    location(&browser.submit_form(&flow, &[("provider", "x")]).await)
}

on_both! {
    async fn whoever_denies_it_sees_the_form_again(dsn: String) {
        let x = XStandIn::start();
        let world = x.world(&dsn, &["email"]).await;
        let browser = world.browser();
        let to = gone(&browser).await;
        let back = location(&browser.visit(x.denies(&to).as_str()).await);
        let id = back.split_once("/login?flow=").expect("the form").1.to_owned();
        let flow = browser.begin(&format!("/self-service/login/flows?id={id}")).await;
        assert_eq!(messages(&flow), vec![4_000_001]);
        assert!(flow["ui"]["messages"][0]["text"].as_str().unwrap().contains("access_denied"), "{flow}");
        assert_eq!(whoami(&browser).await.0, 401);
        assert_eq!(x.asked(), ["/oauth/request_token"]);
        // Who has changed his mind agrees, from the same form.
        x.pass(&browser, &flow).await;
        assert_eq!(whoami(&browser).await.0, 200);
        world.stop().await;
    }
}

on_both! {
    async fn a_callback_of_x_is_good_once_in_its_browser_and_with_its_token(dsn: String) {
        let x = XStandIn::start();
        let world = x.world(&dsn, &["email"]).await;
        let browser = world.browser();
        let to = gone(&browser).await;
        let back = x.agrees(&to);
        // Somebody else's browser.
        let other = world.browser();
        assert!(location(&other.visit(back.as_str()).await).contains("/error?id="));
        assert_eq!(whoami(&other).await.0, 401);
        browser.visit(back.as_str()).await;
        let (status, session) = whoami(&browser).await;
        assert_eq!(status, 200);
        let asked = x.asked().len();
        browser.visit(back.as_str()).await;
        assert_eq!(whoami(&browser).await.1["id"], session["id"]);
        assert_eq!(x.asked().len(), 0, "{asked}");
        // An answer to a question of somebody else's, under a state of one's own.
        let victim = world.browser();
        let mine = x.agrees(&gone(&world.browser()).await);
        let own = x.agrees(&gone(&victim).await);
        let token = |url: &Url, wanted: &str| url.query_pairs().find(|(name, _)| name == wanted).unwrap().1.into_owned();
        let mut forged = own.clone();
        forged.query_pairs_mut().clear()
            .append_pair("state", &token(&own, "state"))
            .append_pair("oauth_token", &token(&mine, "oauth_token"))
            .append_pair("oauth_verifier", &token(&mine, "oauth_verifier"));
        x.asked();
        victim.visit(forged.as_str()).await;
        assert_eq!(whoami(&victim).await.0, 401);
        assert!(x.asked().is_empty());
        world.stop().await;
    }
}

on_both! {
    async fn what_x_may_do_wrong(dsn: String) {
        let x = XStandIn::start();
        let world = x.world(&dsn, &["email"]).await;
        for fault in [XFault::Unknown, XFault::NoCallback] {
            x.does(Some(fault));
            let browser = world.browser();
            let flow = browser.begin(LOGIN).await;
            let (status, body) = parts(browser.submit(&flow, json!({"provider": "x"})).await).await;
            assert_eq!(status, 502, "{fault:?}: {body}");
        }
        for (fault, at) in [(XFault::Refuses, "/login?flow="), (XFault::Broken, "/error?id=")] {
            x.does(Some(fault));
            let browser = world.browser();
            let flow = browser.begin(LOGIN).await;
            let response = x.pass(&browser, &flow).await;
            assert!(location(&response).contains(at), "{fault:?}: {}", location(&response));
            assert_eq!(whoami(&browser).await.0, 401, "{fault:?}");
        }
        world.stop().await;
    }
}

on_both! {
    async fn whoever_confirms_that_it_is_he_signs_in_at_x_anew(dsn: String) {
        let x = XStandIn::start();
        let world = x.world(&dsn, &["email"]).await;
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        x.pass(&browser, &flow).await;
        let flow = browser.begin("/self-service/login/browser?refresh=true").await;
        let to = location(&browser.submit_form(&flow, &[("provider", "x")]).await);
        assert!(to.ends_with("&force_login=true"), "{to}");
        world.stop().await;
    }
}

on_both! {
    async fn an_operator_can_try_x(dsn: String) {
        let x = XStandIn::start();
        let world = x.world(&dsn, &["email"]).await;
        let order = client().post(world.admin.join("admin/test-login-flows").unwrap()).json(&json!({"provider_id": "x"}));
        let (status, flow) = parts(order.send().await.unwrap()).await;
        assert_eq!(status, 201, "{flow}");
        let browser = world.browser();
        x.pass(&browser, &flow).await;
        let path = format!("/self-service/login/flows?id={}", flow["id"].as_str().unwrap());
        let (_, flow) = parts(browser.get(&path).await).await;
        let report = &flow["test_context"]["debug_payload"];
        assert!(report.get("error").is_none_or(Value::is_null), "{report}");
        assert_eq!(report["jsonnet_input"]["sub"], "783214");
        assert_eq!(whoami(&browser).await.0, 401);
        world.stop().await;
    }
}
