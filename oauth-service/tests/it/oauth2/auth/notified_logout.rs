//! Clients are told of a logout: from server to server (OpenID Connect Back-Channel Logout 1.0) and by frames in the browser
//! (OpenID Connect Front-Channel Logout 1.0; contract 6.4, 6.5).

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    serve::Served,
    world::{Browser, ISSUER, Reply, World, consent, login, read, request},
};
use crate::oauth2::token::part;

const DONE: &str = "https://id.test/oauth2/fallbacks/logout/callback";

/// The logout tokens a client has got, once there are as many as wanted.
async fn told(served: &Served, path: &str, count: usize) -> Vec<String> {
    for _ in 0..200 {
        if served.count(path) >= count {
            break;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    let bodies = served.bodies(path);
    assert_eq!(bodies.len(), count, "{bodies:?}");
    bodies.iter().map(|body| body.strip_prefix("logout_token=").unwrap().to_owned()).collect()
}

/// Lets the person log out by himself, to the last redirect or page.
async fn log_out(world: &World, browser: &mut Browser<'_>) -> Reply {
    let challenge = browser.get(&format!("{ISSUER}oauth2/sessions/logout")).await.sent("logout_challenge").unwrap();
    let next = world.accept("logout", &challenge, json!(null)).await;
    browser.get(&next).await
}

/// Logs in at a client and returns the ID token's claims.
async fn log_in(world: &World, browser: &mut Browser<'_>, client: &str) -> Value {
    let url = request(&[&format!("client_id={client}")]);
    let reply = browser.authorize(&url, login("ann", true), consent(false)).await;
    let tokens = world.redeem(client, &reply.sent("code").unwrap()).await;
    part(tokens["id_token"].as_str().unwrap(), 1)
}

on_both!(
    async fn every_client_of_the_session_gets_a_logout_token(dsn: String) {
        let served = Served::start();
        let subject_types =
            json!({ "supported_types": ["public", "pairwise"], "pairwise": { "salt": "a-salt-of-tests" } });
        let world = World::with(&dsn, json!({ "oidc": { "subject_identifiers": subject_types } })).await;
        for (id, more) in [
            ("shop", json!({ "backchannel_logout_uri": served.url("/shop"), "id_token_signed_response_alg": "ES256" })),
            ("pair", json!({ "backchannel_logout_uri": served.url("/pair"), "subject_type": "pairwise" })),
            ("idle", json!({ "backchannel_logout_uri": served.url("/idle") })),
            ("deaf", json!({})),
        ] {
            world.client(id, more).await;
        }
        served.put("/shop", String::new());
        served.put("/pair", String::new());
        let mut browser = world.browser();
        let (shop, pair) = (log_in(&world, &mut browser, "shop").await, log_in(&world, &mut browser, "pair").await);
        log_in(&world, &mut browser, "deaf").await;
        log_in(&world, &mut browser, "shop").await;
        // Another browser's session stays.
        let mut other = world.browser();
        log_in(&world, &mut other, "shop").await;
        assert_eq!(log_out(&world, &mut browser).await.header("location"), DONE);

        for (path, client, id_token) in [("/shop", "shop", &shop), ("/pair", "pair", &pair)] {
            let tokens = told(&served, path, 1).await;
            let (header, claims) = (part(&tokens[0], 0), part(&tokens[0], 1));
            assert_eq!(header["typ"], "logout+jwt");
            assert_eq!(header["alg"], if client == "shop" { "ES256" } else { "RS256" });
            let keys = read(world.public(Method::GET, "/.well-known/jwks.json")).await.json();
            assert!(keys["keys"].as_array().unwrap().iter().any(|key| key["kid"] == header["kid"]));
            assert_eq!((&claims["iss"], &claims["aud"]), (&json!(ISSUER), &json!([client])));
            // Back-Channel Logout 2.4: the sub and sid are those of the ID token; a nonce is prohibited.
            assert_eq!((&claims["sub"], &claims["sid"]), (&id_token["sub"], &id_token["sid"]));
            assert_eq!(claims["events"], json!({ "http://schemas.openid.net/event/backchannel-logout": {} }));
            assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 120);
            assert!(claims["jti"].is_string() && claims.get("nonce").is_none());
        }
        assert_ne!(shop["sub"], pair["sub"]);
        assert_eq!(served.count("/idle"), 0);
        assert_eq!(other.get(&request(&["prompt=none"])).await.status, 302);
    }
);

on_both!(
    async fn a_logout_comes_once_however_often_its_verifier_does(dsn: String) {
        let served = Served::start();
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "backchannel_logout_uri": served.url("/shop") })).await;
        served.put("/shop", String::new());
        let mut browser = world.browser();
        log_in(&world, &mut browser, "shop").await;
        let challenge = browser.get(&format!("{ISSUER}oauth2/sessions/logout")).await.sent("logout_challenge").unwrap();
        let next = world.accept("logout", &challenge, json!(null)).await;
        let mut copy = browser.clone();
        let (one, two) = tokio::join!(browser.get(&next), copy.get(&next));
        assert_eq!((one.status, two.status), (302, 302));
        told(&served, "/shop", 1).await;
    }
);

on_both!(
    async fn what_fails_is_tried_again(dsn: String) {
        let served = Served::start();
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "backchannel_logout_uri": served.url("/shop") })).await;
        served.fail("/shop", 1);
        served.put("/shop", String::new());
        let mut browser = world.browser();
        log_in(&world, &mut browser, "shop").await;
        log_out(&world, &mut browser).await;
        let tokens = told(&served, "/shop", 2).await;
        assert_eq!(tokens[0], tokens[1]);
    }
);

on_both!(
    async fn an_operator_ends_a_session_and_its_clients_are_told(dsn: String) {
        let served = Served::start();
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "backchannel_logout_uri": served.url("/shop") })).await;
        served.put("/shop", String::new());
        let mut browser = world.browser();
        let sid = log_in(&world, &mut browser, "shop").await["sid"].as_str().unwrap().to_owned();
        let path = format!("/admin/oauth2/auth/sessions/login?sid={sid}");
        assert_eq!(world.admin(Method::DELETE, &path, None).await.status, 204);
        assert_eq!(part(&told(&served, "/shop", 1).await[0], 1)["sid"], sid.as_str());
        assert_eq!(world.admin(Method::DELETE, &path, None).await.status, 204);
        told(&served, "/shop", 1).await;
    }
);

on_both!(
    async fn nobody_is_told_in_a_private_network(dsn: String) {
        let served = Served::start();
        let world = World::with(&dsn, json!({ "clients": { "http": { "disallow_private_ip_ranges": true } } })).await;
        world.client("shop", json!({ "backchannel_logout_uri": served.url("/shop") })).await;
        world.client("good", json!({ "frontchannel_logout_uri": "https://good.test/out" })).await;
        let mut browser = world.browser();
        log_in(&world, &mut browser, "shop").await;
        log_in(&world, &mut browser, "good").await;
        assert_eq!(log_out(&world, &mut browser).await.status, 200);
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(served.count("/shop"), 0);
    }
);

on_both!(
    async fn the_browser_opens_the_clients_in_frames_and_goes_on(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({ "frontchannel_logout_uri": "https://shop.test/out?x=\"1\"" })).await;
        world.client("bank", json!({ "frontchannel_logout_uri": "https://bank.test:8443/out" })).await;
        let mut browser = world.browser();
        let claims = log_in(&world, &mut browser, "shop").await;
        log_in(&world, &mut browser, "bank").await;
        let reply = log_out(&world, &mut browser).await;
        assert_eq!((reply.status, reply.header("content-type")), (200, "text/html; charset=utf-8"));
        assert_eq!(reply.header("cache-control"), "no-store");
        let policy = reply.header("content-security-policy");
        assert!(policy.contains("frame-src https://bank.test:8443 https://shop.test;"), "{policy}");
        // Front-Channel Logout 2: "iss" and "sid" are query parameters of the address.
        let sid = claims["sid"].as_str().unwrap();
        let bank = format!("src=\"https://bank.test:8443/out?iss=https%3A%2F%2Fid.test%2F&#38;sid={sid}\"");
        assert!(reply.body.contains(&bank), "{}", reply.body);
        assert!(reply.body.contains("src=\"https://shop.test/out?x=%221%22&#38;iss="), "{}", reply.body);
        assert!(reply.body.contains(&format!("content=\"7;url={DONE}\"")), "{}", reply.body);
        assert!(!browser.cookies.contains_key("ory_hydra_session"));
    }
);
