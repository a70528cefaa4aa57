//! Accounts at providers and accounts here that turn out to be one person's.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::self_service::{
    people::{sign_in, whoami},
    upstream::{Upstream, anna},
    world::{PASSWORD, World, location, messages, node, parts},
};

const LOGIN: &str = "/self-service/login/browser";
const SETTINGS: &str = "/self-service/settings/browser";

/// The credentials of an identity as administrators see them.
async fn links(world: &World, id: &str) -> Value {
    let url = world.admin.join(&format!("admin/identities/{id}?include_credential=oidc")).unwrap();
    let body: Value = crate::world::client().get(url).send().await.unwrap().json().await.unwrap();
    body["credentials"]["oidc"].clone()
}

/// Signs in at the provider with an address somebody has here; the login flow that follows.
async fn collide(upstream: &Upstream, world: &World, browser: &crate::self_service::world::Browser) -> Value {
    let flow = browser.begin(LOGIN).await;
    let response = upstream.pass(world, browser, &flow).await;
    let to = location(&response);
    assert_eq!(response.status().as_u16(), 303, "{to}");
    let id = to.split_once("/login?flow=").expect("a login").1.to_owned();
    browser.begin(&format!("/self-service/login/flows?id={id}")).await
}

on_both! {
    async fn an_account_is_linked_once_its_owner_has_confirmed_it(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let identity = world.create("anna@example.org").await;
        world.create("bert@example.org").await;
        let browser = world.browser();
        let flow = collide(&upstream, &world, &browser).await;
        assert_eq!(messages(&flow), vec![1_010_016], "{flow}");
        let context = &flow["ui"]["messages"][0]["context"];
        assert_eq!((&context["duplicate_identifier"], &context["provider"]), (&json!("anna@example.org"), &json!("Upstream")));
        assert!(node(&flow, "provider").is_null());
        assert_eq!(node(&flow, "identifier")["attributes"]["type"], "hidden");
        assert_eq!(node(&flow, "method")["meta"]["label"]["id"], 1_010_017);
        // Nobody else can confirm it.
        let other = json!({"method": "password", "identifier": "bert@example.org", "password": PASSWORD});
        let (status, body) = parts(browser.submit(&flow, other).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_010_009]), "{body}");
        assert_eq!(links(&world, identity["id"].as_str().unwrap()).await, json!(null));
        let own = json!({"method": "password", "identifier": "anna@example.org", "password": PASSWORD});
        let (status, body) = parts(browser.submit(&flow, own).await).await;
        assert_eq!((status, &body["session"]["identity"]["id"]), (200, &identity["id"]), "{body}");
        let stored = links(&world, identity["id"].as_str().unwrap()).await;
        assert_eq!(stored["identifiers"], json!(["up:anna-1"]));
        let link = &stored["config"]["providers"][0];
        assert_eq!((&link["initial_access_token"], &link["initial_refresh_token"]), (&json!("an access token"), &json!("a refresh token")));
        let another = world.browser();
        let flow = another.begin(LOGIN).await;
        upstream.pass(&world, &another, &flow).await;
        assert_eq!(whoami(&another).await.1["identity"]["id"], identity["id"]);
        world.stop().await;
    }
}

on_both! {
    async fn an_unproven_address_links_nothing(dsn: String) {
        let mut person = anna();
        person["email_verified"] = json!(false);
        let upstream = Upstream::start(person);
        let world = upstream.world(&dsn, json!({})).await;
        let identity = world.create("anna@example.org").await;
        let browser = world.browser();
        let flow = browser.begin(LOGIN).await;
        let response = upstream.pass(&world, &browser, &flow).await;
        let id = location(&response).split_once("/registration?flow=").expect("the registration").1.to_owned();
        let flow = browser.begin(&format!("/self-service/registration/flows?id={id}")).await;
        assert_eq!(messages(&flow), vec![4_000_007], "{flow}");
        assert_eq!(whoami(&browser).await.0, 401);
        assert_eq!(links(&world, identity["id"].as_str().unwrap()).await, json!(null));
        world.stop().await;
    }
}

on_both! {
    async fn accounts_are_linked_and_unlinked_in_the_settings(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let identity = world.create("carla@example.org").await;
        let browser = world.browser();
        assert_eq!(sign_in(&browser, "carla@example.org").await.0, 200);
        let flow = browser.begin(SETTINGS).await;
        assert_eq!(node(&flow, "link")["meta"]["label"]["id"], 1_050_002);
        let response = browser.submit_form(&flow, &[("link", "up")]).await;
        assert_eq!(response.status(), 303);
        let back = upstream.visit(&world, &location(&response)).await;
        // Coming back takes the owner's session too.
        let stranger = world.browser();
        stranger.visit(back.as_str()).await;
        let response = browser.visit(back.as_str()).await;
        assert!(location(&response).contains("/settings?flow="), "{}", location(&response));
        assert_eq!(links(&world, identity["id"].as_str().unwrap()).await["identifiers"], json!(["up:anna-1"]));
        let other = world.browser();
        let flow = other.begin(LOGIN).await;
        upstream.pass(&world, &other, &flow).await;
        assert_eq!(whoami(&other).await.1["identity"]["id"], identity["id"]);

        // What is linked to one is not linked to another.
        world.create("dora@example.org").await;
        let dora = world.browser();
        sign_in(&dora, "dora@example.org").await;
        let flow = dora.begin(SETTINGS).await;
        let response = dora.submit_form(&flow, &[("link", "up")]).await;
        let back = upstream.visit(&world, &location(&response)).await;
        let response = dora.visit(back.as_str()).await;
        let id = location(&response).split_once("?flow=").unwrap().1.to_owned();
        let flow = dora.begin(&format!("/self-service/settings/flows?id={id}")).await;
        assert_eq!(messages(&flow), vec![4_000_027]);

        let flow = browser.begin(SETTINGS).await;
        assert!(node(&flow, "link").is_null());
        assert_eq!(node(&flow, "unlink")["meta"]["label"]["id"], 1_050_003);
        let (status, body) = parts(browser.submit(&flow, json!({"unlink": "up"})).await).await;
        assert_eq!((status, messages(&body)), (200, vec![1_050_001]), "{body}");
        assert_eq!(links(&world, identity["id"].as_str().unwrap()).await, json!(null));
        world.stop().await;
    }
}

on_both! {
    async fn the_last_way_to_sign_in_stays(dsn: String) {
        let upstream = Upstream::start(anna());
        let world = upstream.world(&dsn, json!({})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/registration/browser").await;
        upstream.pass(&world, &browser, &flow).await;
        let flow = browser.begin(SETTINGS).await;
        assert!(node(&flow, "unlink").is_null());
        let (status, body) = parts(browser.submit(&flow, json!({"unlink": "up"})).await).await;
        assert_eq!((status, messages(&body)), (400, vec![4_000_001]), "{body}");
        // Linking is for those who have proved themselves a moment ago.
        world.clock.advance(chrono::Duration::hours(2));
        let flow = browser.begin(SETTINGS).await;
        let refused = json!({"method": "password", "password": "another green lamp"});
        assert_eq!(browser.submit(&flow, refused).await.status(), 403);
        let flow = browser.begin("/self-service/login/browser?refresh=true").await;
        upstream.pass(&world, &browser, &flow).await;
        let flow = browser.begin(SETTINGS).await;
        let (status, body) = parts(browser.submit(&flow, json!({"method": "password", "password": "another green lamp"})).await).await;
        assert_eq!(status, 200, "{body}");
        let flow = browser.begin(SETTINGS).await;
        assert_eq!(node(&flow, "unlink")["attributes"]["value"], "up");
        world.stop().await;
    }
}
