//! Consents listed and revoked through the admin API.

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::world::{World, consent, login, request};

const PATH: &str = "/admin/oauth2/auth/sessions/consent";

async fn list(world: &World, query: &str) -> (Vec<Value>, String) {
    let reply = world.admin(Method::GET, &format!("{PATH}?{query}"), None).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    (reply.json().as_array().unwrap().clone(), reply.header("link").to_owned())
}

async fn revoke(world: &World, query: &str) -> u16 {
    world.admin(Method::DELETE, &format!("{PATH}{query}"), None).await.status
}

on_both!(
    async fn consents_are_listed_as_given(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        assert_eq!(list(&world, "subject=ann").await.0.len(), 0);
        let mut browser = world.browser();
        let mut given = consent(true);
        given["context"] = json!({ "note": 1 });
        given["remember_for"] = json!(60);
        browser.authorize(&request(&[]), login("ann", true), given).await;
        let (found, _) = list(&world, "subject=ann").await;
        let item = &found[0];
        assert_eq!(item["grant_scope"], json!(["openid", "offline", "photos.read"]));
        assert_eq!(item["grant_access_token_audience"], json!([]));
        assert_eq!(item["session"]["access_token"]["role"], "buyer");
        assert_eq!((&item["remember"], &item["remember_for"]), (&json!(true), &json!(60)));
        assert_eq!(item["context"], json!({ "note": 1 }));
        assert!(item["handled_at"].as_str().unwrap().starts_with("2026-03-01T12:00:00"));
        let asked = &item["consent_request"];
        assert_eq!(
            (&asked["challenge"], &asked["subject"], &asked["skip"]),
            (&json!(""), &json!("ann"), &json!(false))
        );
        assert_eq!(asked["client"]["client_id"], "shop");
        assert_eq!(asked["consent_request_id"], item["consent_request_id"]);
        let session = asked["login_session_id"].as_str().unwrap();
        assert_eq!(list(&world, &format!("subject=ann&login_session_id={session}")).await.0.len(), 1);
        assert_eq!(list(&world, "subject=ann&login_session_id=other").await.0.len(), 0);
        assert_eq!(world.admin(Method::GET, PATH, None).await.status, 400);
    }
);

on_both!(
    async fn a_list_has_pages(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        for _ in 0..5 {
            browser.authorize(&request(&[]), login("ann", true), consent(true)).await;
        }
        let (mut seen, mut query) = (0, "subject=ann&page_size=2".to_owned());
        loop {
            let (found, link) = list(&world, &query).await;
            seen += found.len();
            let Some(next) = link.split(',').find(|part| part.contains("rel=\"next\"")) else { break };
            next.split_once('?').unwrap().1.split('>').next().unwrap().clone_into(&mut query);
            assert!(query.contains("subject=ann"), "{query}");
        }
        assert_eq!(seen, 5);
        for bad in ["page_token=x", "page_size=0", "page_size=x"] {
            let reply = world.admin(Method::GET, &format!("{PATH}?subject=ann&{bad}"), None).await;
            assert_eq!(reply.status, 400, "{bad}");
        }
    }
);

on_both!(
    async fn a_mix_of_filters_is_refused(dsn: String) {
        let world = World::start(&dsn).await;
        for query in [
            "",
            "?subject=ann",
            "?client=shop",
            "?all=true",
            "?subject=ann&all=false",
            "?subject=ann&client=shop&all=true",
            "?consent_request_id=x&subject=ann",
        ] {
            assert_eq!(revoke(&world, query).await, 400, "{query}");
        }
        for query in ["?consent_request_id=x", "?subject=ann&client=shop", "?subject=ann&all=true"] {
            assert_eq!(revoke(&world, query).await, 204, "{query}");
        }
    }
);

on_both!(
    async fn revoking_takes_consent_codes_and_tokens(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut browser = world.browser();
        let reply = browser.authorize(&request(&[]), login("ann", true), consent(true)).await;
        let tokens = world.redeem("shop", &reply.sent("code").unwrap()).await;
        let active = async |token: &str| {
            let reply = world.introspect(token).await;
            reply["active"].as_bool().unwrap()
        };
        let (access, refresh) = (tokens["access_token"].as_str().unwrap(), tokens["refresh_token"].as_str().unwrap());
        assert!(active(access).await && active(refresh).await);
        assert_eq!(revoke(&world, "?subject=ann&client=shop").await, 204);
        assert!(!active(access).await && !active(refresh).await);
        assert!(list(&world, "subject=ann").await.0.is_empty());
        let challenge = browser.log_in(&request(&[]), login("ann", true)).await;
        assert_eq!(world.page("consent", "", &challenge, json!(null)).await.json()["skip"], false);
    }
);

on_both!(
    async fn claims_are_sealed_at_rest_unless_told_otherwise(dsn: String) {
        for sealed in [true, false] {
            let more = json!({ "oauth2": { "session": { "encrypt_at_rest": sealed } } });
            let world = World::with(&dsn, more).await;
            if sealed {
                world.client("shop", json!({})).await;
            }
            world.browser().authorize(&request(&[]), login("ann", true), consent(true)).await;
            // Both kinds are read whatever the switch says now.
            for item in list(&world, "subject=ann").await.0 {
                assert_eq!(item["session"]["id_token"]["role"], "buyer");
            }
        }
        let world = World::start(&dsn).await;
        assert_eq!(list(&world, "subject=ann").await.0.len(), 2);
    }
);
