//! `/admin/keys`: sets of any name, private members for the operator, public ones for everybody, and at once.

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::oauth2::{
    auth::world::{Reply, World, consent, login, read, request},
    token::{part, text},
};

const OWN: &str = "/admin/keys/hydra.openid.id-token";

async fn make(world: &World, path: &str, body: Value) -> Value {
    let reply = world.admin(Method::POST, path, Some(body)).await;
    assert_eq!(reply.status, 201, "{reply:?}");
    let keys = reply.json()["keys"].as_array().unwrap().clone();
    assert_eq!(keys.len(), 1, "only the new key is answered");
    keys[0].clone()
}

async fn kids(world: &World, path: &str) -> Vec<String> {
    let keys = world.admin(Method::GET, path, None).await.json()["keys"].as_array().unwrap().clone();
    keys.iter().map(|key| text(key, "kid").to_owned()).collect()
}

async fn published(world: &World) -> Vec<Value> {
    read(world.public(Method::GET, "/.well-known/jwks.json")).await.json()["keys"].as_array().unwrap().clone()
}

async fn id_token(world: &World) -> String {
    let reply = world.browser().authorize(&request(&[]), login("ann", false), consent(false)).await;
    text(&world.redeem("shop", &reply.sent("code").unwrap()).await, "id_token").to_owned()
}

fn error(reply: &Reply) -> (u16, String) {
    (reply.status, text(&reply.json(), "error").to_owned())
}

on_both! {
    async fn a_set_of_any_name_is_made_read_and_removed(dsn: String) {
        let world = World::start(&dsn).await;
        let set = "/admin/keys/https%3A%2F%2Fissuer.test%2Fa%20b";
        assert_eq!(error(&world.admin(Method::GET, set, None).await), (404, "not_found".to_owned()));
        for alg in ["RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA"] {
            let key = make(&world, set, json!({"alg": alg, "use": "sig", "kid": format!("k {alg}/1")})).await;
            assert_eq!((text(&key, "alg"), text(&key, "use")), (alg, "sig"));
            assert!(key["d"].is_string(), "the private half is the operator's to see: {key}");
            let one = world.admin(Method::GET, &format!("{set}/k%20{alg}%2F1"), None).await;
            assert_eq!((one.status, one.json(), one.header("cache-control")), (200, json!({"keys": [key]}), "no-store"));
        }
        let unnamed = make(&world, set, json!({"alg": "ES256", "use": "enc"})).await;
        assert_eq!((text(&unnamed, "kid").len(), text(&unnamed, "use")), (36, "enc"));
        assert_eq!(kids(&world, set).await.len(), 7);
        assert_eq!(world.admin(Method::DELETE, &format!("{set}/k%20RS256%2F1"), None).await.status, 204);
        assert_eq!(error(&world.admin(Method::DELETE, &format!("{set}/k%20RS256%2F1"), None).await).0, 404);
        assert_eq!(error(&world.admin(Method::GET, &format!("{set}/k%20RS256%2F1"), None).await).0, 404);
        // There is no set without keys: removing one that has none is no fault.
        for _ in 0..2 {
            assert_eq!(world.admin(Method::DELETE, set, None).await.status, 204);
        }
        assert_eq!(error(&world.admin(Method::GET, set, None).await).0, 404);
    }
}

on_both! {
    async fn what_cannot_be_a_key_is_refused_and_told(dsn: String) {
        let world = World::start(&dsn).await;
        let long = "x".repeat(256);
        for (body, about) in [
            (json!({"alg": "HS256", "use": "sig"}), "alg"),
            (json!({"alg": "none"}), "alg"),
            (json!({}), "alg"),
            (json!({"alg": 5}), "alg"),
            (json!({"alg": "ES256", "use": "both"}), "use"),
            (json!({"alg": "ES256", "kid": long}), "kid"),
            (json!([]), "object"),
        ] {
            let reply = world.admin(Method::POST, "/admin/keys/mine", Some(body)).await;
            assert_eq!(error(&reply), (400, "invalid_request".to_owned()));
            assert!(reply.body.contains(about), "{about}: {reply:?}");
        }
        make(&world, "/admin/keys/mine", json!({"alg": "ES256", "kid": "one"})).await;
        let again = world.admin(Method::POST, "/admin/keys/mine", Some(json!({"alg": "ES256", "kid": "one"}))).await;
        assert_eq!(error(&again), (409, "conflict".to_owned()));
        let ec = json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "kid": "a"});
        for (path, body, about) in [
            ("/admin/keys/mine", json!({"keys": {}}), "keys"),
            ("/admin/keys/mine", json!({"keys": [{"kty": "EC"}]}), "place 0"),
            ("/admin/keys/mine", json!({"keys": [{"kty": "XX", "kid": "a"}]}), "kty"),
            ("/admin/keys/mine", json!({"keys": [ec, ec]}), "Two keys"),
            ("/admin/keys/mine/b", ec.clone(), "URL"),
            ("/admin/keys/mine/b", json!({"kty": "RSA", "n": "AA"}), "no e"),
            ("/admin/keys/mine/b", json!("text"), "object"),
            // A point that is not on the curve cannot sign.
            ("/admin/keys/hydra.openid.id-token/a", ec.clone(), "cannot sign"),
            ("/admin/keys/hydra.openid.id-token/a", json!({"kty": "oct", "k": "AAAA"}), "one of"),
            ("/admin/keys/hydra.openid.id-token/a", json!({"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA", "use": "enc"}), "use"),
        ] {
            let reply = world.admin(Method::PUT, path, Some(body.clone())).await;
            assert_eq!(error(&reply), (400, "invalid_request".to_owned()), "{body}");
            assert!(reply.body.contains(about), "{about}: {reply:?}");
        }
        assert_eq!(kids(&world, "/admin/keys/mine").await, ["one"], "nothing was half done");
    }
}

on_both! {
    async fn a_new_key_of_ours_signs_at_once_and_the_old_one_still_verifies(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let before = id_token(&world).await;
        world.clock.advance(chrono::Duration::seconds(1));
        make(&world, OWN, json!({"alg": "RS256", "use": "sig", "kid": "rotated"})).await;
        let after = id_token(&world).await;
        assert_eq!(text(&part(&after, 0), "kid"), "rotated");
        let known: Vec<String> = published(&world).await.iter().map(|key| text(key, "kid").to_owned()).collect();
        for token in [&before, &after] {
            assert!(known.contains(&text(&part(token, 0), "kid").to_owned()));
            let hint = world.browser().get(&format!("https://id.test/oauth2/sessions/logout?id_token_hint={token}")).await;
            assert!(!hint.location().as_str().contains("error"), "{hint:?}");
        }
        assert!(published(&world).await.iter().all(|key| key.get("d").is_none()));
        // Without its key a hint is nobody's.
        let old = text(&part(&before, 0), "kid").to_owned();
        assert_eq!(world.admin(Method::DELETE, &format!("{OWN}/{old}"), None).await.status, 204);
        let hint = world.browser().get(&format!("https://id.test/oauth2/sessions/logout?id_token_hint={before}")).await;
        assert!(hint.location().as_str().contains("error"), "{hint:?}");
        // With none left a new one is made.
        assert_eq!(world.admin(Method::DELETE, OWN, None).await.status, 204);
        assert_ne!(text(&part(&id_token(&world).await, 0), "kid"), "rotated");
    }
}

on_both! {
    async fn keys_are_brought_from_elsewhere(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        let mut brought = make(&world, "/admin/keys/elsewhere", json!({"alg": "RS256", "kid": "brought"})).await;
        let mut verifies = make(&world, "/admin/keys/elsewhere", json!({"alg": "ES256", "kid": "verifies"})).await;
        for member in ["d", "alg", "use"] {
            verifies.as_object_mut().unwrap().remove(member);
        }
        brought["x5t#S256"] = json!("a-thumbprint");
        let sent = json!({"keys": [brought, verifies]});
        let reply = world.admin(Method::PUT, OWN, Some(sent.clone())).await;
        assert_eq!((reply.status, reply.json()), (200, sent.clone()));
        assert_eq!(kids(&world, OWN).await, ["brought", "verifies"], "in the order of the document");
        assert_eq!(text(&part(&id_token(&world).await, 0), "kid"), "brought");
        let public = published(&world).await;
        let of = |kid: &str| public.iter().find(|key| key["kid"] == kid).unwrap_or_else(|| panic!("no {kid}"));
        assert_eq!((text(of("brought"), "x5t#S256"), text(of("verifies"), "alg")), ("a-thumbprint", "ES256"));
        assert!(of("brought").get("d").is_none() && of("brought").get("p").is_none());
        let one = world.admin(Method::PUT, &format!("{OWN}/brought"), Some(sent["keys"][0].clone())).await;
        assert_eq!((one.status, &one.json()), (200, &sent["keys"][0]));
    }
}

on_both! {
    async fn further_sets_are_published_as_configured(dsn: String) {
        let sets = json!({"webfinger": {"jwks": {"broadcast_keys": ["hydra.openid.id-token", "partners", "nobody"]}}});
        let world = World::with(&dsn, sets).await;
        make(&world, "/admin/keys/partners", json!({"alg": "ES256", "kid": "partner"})).await;
        make(&world, "/admin/keys/private", json!({"alg": "ES256", "kid": "private"})).await;
        let oct = json!({"kty": "oct", "k": "c2VjcmV0", "kid": "symmetric"});
        assert_eq!(world.admin(Method::PUT, "/admin/keys/partners/symmetric", Some(oct)).await.status, 200);
        let public = published(&world).await;
        let kids: Vec<&str> = public.iter().map(|key| text(key, "kid")).collect();
        assert!(kids.contains(&"partner") && !kids.contains(&"private") && !kids.contains(&"symmetric"), "{kids:?}");
        assert_eq!(kids.len(), 3, "{kids:?}");
        assert!(public.iter().all(|key| key.get("d").is_none() && key.get("k").is_none()));
    }
}

on_both! {
    async fn keys_open_after_the_secret_was_rotated(dsn: String) {
        let old = World::start(&dsn).await;
        let made = make(&old, "/admin/keys/mine", json!({"alg": "ES256", "kid": "one"})).await;
        let mut before = published(&old).await;
        old.stop().await;
        let secrets = json!({"secrets": {"system": ["a newer secret of the tests", "a secret of the tests alone"]}});
        let new = World::with(&dsn, secrets).await;
        let mut after = published(&new).await;
        for keys in [&mut before, &mut after] {
            keys.sort_by_key(|key| text(key, "kid").to_owned());
        }
        assert_eq!(before, after);
        assert_eq!(new.admin(Method::GET, "/admin/keys/mine/one", None).await.json(), json!({"keys": [made]}));
        let sealed_anew = make(&new, "/admin/keys/mine", json!({"alg": "ES256", "kid": "two"})).await;
        assert_eq!(text(&sealed_anew, "kid"), "two");
    }
}
