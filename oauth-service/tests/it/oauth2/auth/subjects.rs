//! Names made for one client: pairwise subjects, and those a login page chooses.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shared_types::on_both;

use super::world::{Browser, World, consent, login, request};

async fn world(dsn: &str) -> World {
    let more = json!({ "oidc": { "subject_identifiers": {
        "supported_types": ["public", "pairwise"], "pairwise": { "salt": "a salt of some length" },
    } } });
    let world = World::with(dsn, more).await;
    world.client("shop", json!({ "subject_type": "pairwise" })).await;
    world.client("bank", json!({})).await;
    world
}

/// The `sub` and the whole ID token a login ends in.
async fn id_token(world: &World, browser: &mut Browser<'_>, client: &str, body: Value) -> (String, String) {
    let url = request(&[&format!("client_id={client}"), "prompt=login"]);
    let reply = browser.authorize(&url, body, consent(true)).await;
    let tokens = world.redeem(client, &reply.sent("code").unwrap()).await;
    let token = tokens["id_token"].as_str().unwrap().to_owned();
    let claims = URL_SAFE_NO_PAD.decode(token.split('.').nth(1).unwrap()).unwrap();
    let claims: Value = serde_json::from_slice(&claims).unwrap();
    (claims["sub"].as_str().unwrap().to_owned(), token)
}

on_both!(
    async fn a_pairwise_client_sees_its_own_names(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        let (public, _) = id_token(&world, &mut browser, "bank", login("ann", true)).await;
        assert_eq!(public, "ann");
        let (pairwise, token) = id_token(&world, &mut browser, "shop", login("ann", true)).await;
        assert_eq!(pairwise.len(), 64);
        // The client's hint names the person by that name.
        let reply = browser.get(&request(&[&format!("id_token_hint={token}"), "prompt=none"])).await;
        assert_eq!(reply.status, 302, "{reply:?}");
        // The page and the admin API see the real one.
        let asked = world.page("login", "", &reply.sent("login_challenge").unwrap(), json!(null)).await.json();
        assert_eq!(asked["subject"], "ann");
    }
);

on_both!(
    async fn a_login_page_may_choose_the_name(dsn: String) {
        let world = world(&dsn).await;
        let mut browser = world.browser();
        let mut chosen = login("ann", true);
        chosen["force_subject_identifier"] = json!("customer-7");
        let (first, token) = id_token(&world, &mut browser, "shop", chosen.clone()).await;
        assert_eq!(first, "customer-7");
        // It is kept for the client, and means nothing to a public one.
        let (again, _) = id_token(&world, &mut browser, "shop", login("ann", true)).await;
        assert_eq!(again, "customer-7");
        let (public, _) = id_token(&world, &mut browser, "bank", chosen).await;
        assert_eq!(public, "ann");
        let reply = browser.get(&request(&[&format!("id_token_hint={token}"), "prompt=none"])).await;
        assert_eq!(reply.status, 302, "{reply:?}");
    }
);
