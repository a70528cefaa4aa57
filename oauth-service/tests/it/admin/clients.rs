//! `/admin/clients`: made, read, listed, changed, removed.

use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::oauth2::auth::world::{Reply, World, read};

const CLIENTS: &str = "/admin/clients";

async fn create(world: &World, body: Value) -> Reply {
    world.admin(Method::POST, CLIENTS, Some(body)).await
}

/// Secrets and times differ from run to run.
fn redacted(mut body: Value) -> Value {
    for name in ["client_secret", "registration_access_token", "client_id"] {
        if let Some(value) = body.get_mut(name) {
            *value = json!(format!("[{name}]"));
        }
    }
    if let Some(uri) = body.get_mut("registration_client_uri") {
        *uri = json!("[uri]");
    }
    body
}

on_both! {
    async fn a_client_is_made_with_defaults_and_read_without_secrets(dsn: String) {
        let world = World::start(&dsn).await;
        let made = create(&world, json!({})).await;
        assert_eq!(made.status, 201, "{made:?}");
        let body = made.json();
        let id = body["client_id"].as_str().unwrap();
        assert_eq!(made.header("location"), format!("{CLIENTS}/{id}"));
        assert_eq!(body["client_secret"].as_str().unwrap().len(), 26);
        assert!(body["registration_access_token"].as_str().unwrap().starts_with("ory_at_"));
        insta::assert_json_snapshot!("created", redacted(body.clone()));

        let read = world.admin(Method::GET, &format!("{CLIENTS}/{id}"), None).await;
        assert_eq!(read.status, 200);
        insta::assert_json_snapshot!("read", redacted(read.json()));
    }
}

on_both! {
    async fn what_is_sent_is_kept_and_strangers_are_ignored(dsn: String) {
        let world = World::start(&dsn).await;
        let body = json!({
            "client_id": "shop/α 1", "client_name": "Shop", "redirect_uris": ["https://shop.test/cb", "com.shop:/cb"],
            "post_logout_redirect_uris": ["https://shop.test/bye"], "grant_types": ["client_credentials", "future"],
            "response_types": ["code"], "scope": "a b.*", "audience": ["https://api.test/"], "owner": "o", "contacts": ["x@y.test"],
            "allowed_cors_origins": ["https://shop.test/"], "token_endpoint_auth_method": "client_secret_post",
            "access_token_strategy": "JWT", "metadata": {"tier": 1}, "skip_consent": true, "skip_logout_consent": true,
            "refresh_token_grant_access_token_lifespan": "90m", "software_statement": "x", "id_token_signed_response_alg": "ES256",
        });
        let made = create(&world, body).await;
        assert_eq!(made.status, 201, "{made:?}");
        insta::assert_json_snapshot!("full", redacted(made.json()));
        let again = create(&world, json!({"client_id": "shop/α 1"})).await;
        assert_eq!((again.status, &again.json()["error"]), (409, &json!("conflict")));
        let path = made.header("location");
        assert_eq!(world.admin(Method::GET, path, None).await.json()["client_id"], "shop/α 1");
    }
}

on_both! {
    async fn every_rule_names_the_member_it_is_about(dsn: String) {
        let world = World::start(&dsn).await;
        let cases = [
            (json!({"redirect_uris": ["https://a.test/#f"]}), "invalid_redirect_uri", "https://a.test/#f"),
            (json!({"redirect_uris": ["javascript:alert(1)"]}), "invalid_redirect_uri", "javascript"),
            (json!({"redirect_uris": "https://a.test"}), "invalid_client_metadata", "redirect_uris"),
            (json!({"redirect_uris": [1]}), "invalid_client_metadata", "redirect_uris"),
            (json!({"client_name": 5}), "invalid_client_metadata", "client_name"),
            (json!({"skip_consent": "yes"}), "invalid_client_metadata", "skip_consent"),
            (json!({"metadata": []}), "invalid_client_metadata", "metadata"),
            (json!({"scope": "a\u{7f}b"}), "invalid_client_metadata", "scope"),
            (json!({"audience": ["a b"]}), "invalid_client_metadata", "audience"),
            (json!({"tos_uri": "ftp://a.test"}), "invalid_client_metadata", "tos_uri"),
            (json!({"token_endpoint_auth_method": "tls"}), "invalid_client_metadata", "token_endpoint_auth_method"),
            (json!({"subject_type": "pairwise"}), "invalid_client_metadata", "subject_type"),
            (json!({"access_token_strategy": "paseto"}), "invalid_client_metadata", "access_token_strategy"),
            (json!({"userinfo_signed_response_alg": "HS256"}), "invalid_client_metadata", "userinfo_signed_response_alg"),
            (json!({"allowed_cors_origins": ["https://a.test/x"]}), "invalid_client_metadata", "allowed_cors_origins"),
            (json!({"post_logout_redirect_uris": ["https://evil.test/"], "redirect_uris": ["https://a.test/"]}), "invalid_client_metadata", "post_logout_redirect_uris"),
            (json!({"jwks": {"keys": [{"kty": "oct", "k": "AAAA"}]}}), "invalid_client_metadata", "jwks"),
            (json!({"jwks": {"keys": []}, "jwks_uri": "https://a.test/jwks"}), "invalid_client_metadata", "jwks"),
            (json!({"sector_identifier_uri": "http://a.test/s"}), "invalid_client_metadata", "sector_identifier_uri"),
            (json!({"client_secret": "short"}), "invalid_client_metadata", "client_secret"),
            (json!({"client_id": "a\nb"}), "invalid_client_metadata", "client_id"),
            (json!({"implicit_grant_id_token_lifespan": "soon"}), "invalid_client_metadata", "implicit_grant_id_token_lifespan"),
            (json!({"owner": "a\u{0}b"}), "invalid_client_metadata", "owner"),
            (json!({"metadata": {"a": ["\u{0}"]}}), "invalid_client_metadata", "metadata"),
            (json!([]), "invalid_client_metadata", "object"),
        ];
        for (body, code, word) in cases {
            let reply = create(&world, body.clone()).await;
            assert_eq!((reply.status, reply.json()["error"].as_str().unwrap()), (400, code), "{body}: {reply:?}");
            let text = reply.json()["error_description"].as_str().unwrap().to_owned();
            assert!(text.contains(word), "{body}: {text}");
        }
        for raw in ["", "{", "\u{0}", "{\"client_name\": \"\\ud800\"}"] {
            let request = world.operator(Method::POST, CLIENTS).header("content-type", "application/json").body(raw);
            let reply = read(request).await;
            assert_eq!((reply.status, reply.json()["error"].as_str().unwrap()), (400, "invalid_request"), "{raw:?}");
        }
        let large = world.operator(Method::POST, CLIENTS).body("x".repeat(2 << 20));
        assert_eq!(read(large).await.status, 413);
    }
}

on_both! {
    async fn the_list_goes_page_by_page(dsn: String) {
        let world = World::start(&dsn).await;
        for n in 0..7 {
            world.client(&format!("c{n}"), json!({"owner": if n % 2 == 0 { "even" } else { "odd" }})).await;
        }
        let ids = |reply: &Reply| -> Vec<String> {
            reply.json().as_array().unwrap().iter().map(|c| c["client_id"].as_str().unwrap().to_owned()).collect()
        };
        let mut path = format!("{CLIENTS}?page_size=3");
        let mut seen = Vec::new();
        loop {
            let page = world.admin(Method::GET, &path, None).await;
            assert_eq!(page.status, 200, "{page:?}");
            seen.extend(ids(&page));
            let link = page.header("link").to_owned();
            assert!(link.contains("rel=\"first\""), "{link}");
            match link.split(", ").find(|part| part.contains("rel=\"next\"")) {
                Some(next) => next.split(['<', '>']).nth(1).unwrap().clone_into(&mut path),
                None => break,
            }
        }
        assert_eq!(seen, ["c0", "c1", "c2", "c3", "c4", "c5", "c6"]);
        let odd = world.admin(Method::GET, &format!("{CLIENTS}?owner=odd"), None).await;
        assert_eq!(ids(&odd), ["c1", "c3", "c5"]);
        let named = world.admin(Method::GET, &format!("{CLIENTS}?client_name=c4&page_token="), None).await;
        assert_eq!(ids(&named), ["c4"]);
        for path in ["/admin/clients/%00", "/admin/clients/a%00b"] {
            assert_eq!(world.admin(Method::GET, path, None).await.status, 404, "{path}");
            assert_eq!(world.admin(Method::DELETE, path, None).await.status, 404, "{path}");
        }
        for bad in ["owner=%00", "page_token=made-up", "page_size=0", "page_size=x", "page_size=-1"] {
            assert_eq!(world.admin(Method::GET, &format!("{CLIENTS}?{bad}"), None).await.status, 400, "{bad}");
        }
        assert_eq!(world.admin(Method::GET, &format!("{CLIENTS}?page_size=100000"), None).await.status, 200);
    }
}

on_both! {
    async fn a_page_token_is_good_for_an_hour(dsn: String) {
        let world = World::start(&dsn).await;
        for n in 0..3 {
            world.client(&format!("c{n}"), json!({})).await;
        }
        let page = world.admin(Method::GET, &format!("{CLIENTS}?page_size=2"), None).await;
        let next = page.header("link").split(['<', '>']).nth(3).unwrap().to_owned();
        assert_eq!(world.admin(Method::GET, &next, None).await.json().as_array().unwrap().len(), 1);
        world.clock.advance(chrono::Duration::minutes(61));
        assert_eq!(world.admin(Method::GET, &next, None).await.status, 400);
    }
}

on_both! {
    async fn a_put_replaces_everything_but_the_secret(dsn: String) {
        let world = World::start(&dsn).await;
        let made = create(&world, json!({"client_id": "shop", "client_secret": "a-good-secret", "client_name": "Old", "owner": "o"})).await;
        assert_eq!(made.json()["client_secret"], "a-good-secret");
        let put = world.admin(Method::PUT, "/admin/clients/shop", Some(json!({"client_id": "other", "client_name": "New"}))).await;
        assert_eq!(put.status, 200, "{put:?}");
        let body = put.json();
        assert_eq!((&body["client_id"], &body["client_name"], &body["owner"]), (&json!("shop"), &json!("New"), &json!("")));
        assert!(body.get("client_secret").is_none());
        let nobody = world.admin(Method::PUT, "/admin/clients/nobody", Some(json!({}))).await;
        assert_eq!((nobody.status, &nobody.json()["error"]), (404, &json!("not_found")));
    }
}

on_both! {
    async fn a_patch_changes_what_it_names(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({"token_endpoint_auth_method": "client_secret_basic"})).await;
        let patch = |ops: Value| world.admin(Method::PATCH, "/admin/clients/shop", Some(ops));
        let done = patch(json!([
            {"op": "test", "path": "/client_name", "value": "shop"},
            {"op": "replace", "path": "/client_name", "value": "Shop"},
            {"op": "add", "path": "/redirect_uris/-", "value": "https://shop.test/second"},
            {"op": "add", "path": "/metadata", "value": {"a": 1}},
        ]))
        .await;
        assert_eq!(done.status, 200, "{done:?}");
        assert_eq!(done.json()["client_name"], "Shop");
        assert_eq!(done.json()["redirect_uris"][1], "https://shop.test/second");
        let secret = patch(json!([{"op": "add", "path": "/client_secret", "value": "another-secret"}])).await;
        assert_eq!(secret.json()["client_secret"], "another-secret");
        for (ops, status) in [
            (json!([{"op": "test", "path": "/client_name", "value": "Other"}]), 400),
            (json!([{"op": "replace", "path": "/client_id", "value": "x"}]), 400),
            (json!([{"op": "replace", "path": "/id", "value": "x"}]), 400),
            (json!([{"op": "replace", "path": "", "value": {}}]), 400),
            (json!([{"op": "copy", "from": "/client_name", "path": "/client_id"}]), 400),
            (json!([{"op": "replace", "path": "/nothing/here", "value": 1}]), 400),
            (json!([{"op": "replace", "path": "/redirect_uris", "value": ["https://a.test/#x"]}]), 400),
            (json!({"op": "replace"}), 400),
        ] {
            assert_eq!(patch(ops.clone()).await.status, status, "{ops}");
        }
        assert_eq!(world.admin(Method::GET, "/admin/clients/shop", None).await.json()["client_name"], "Shop");
    }
}

on_both! {
    async fn lifespans_are_set_all_at_once(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({"implicit_grant_id_token_lifespan": "5m"})).await;
        let put = |body: Value| world.admin(Method::PUT, "/admin/clients/shop/lifespans", Some(body));
        let done = put(json!({"client_credentials_grant_access_token_lifespan": "1h30m", "client_name": "ignored"})).await;
        assert_eq!(done.status, 200, "{done:?}");
        assert_eq!(done.json()["client_credentials_grant_access_token_lifespan"], "1h30m0s");
        assert_eq!(done.json()["implicit_grant_id_token_lifespan"], Value::Null);
        assert_eq!(done.json()["client_name"], "shop");
        assert_eq!(put(json!({"client_credentials_grant_access_token_lifespan": 5})).await.status, 400);
    }
}

on_both! {
    async fn a_removed_client_is_gone(dsn: String) {
        let world = World::start(&dsn).await;
        world.client("shop", json!({})).await;
        assert_eq!(world.admin(Method::DELETE, "/admin/clients/shop", None).await.status, 204);
        for (method, path) in [
            (Method::GET, "/admin/clients/shop"),
            (Method::DELETE, "/admin/clients/shop"),
            (Method::POST, "/admin/clients/shop/secrets/rotate"),
            (Method::DELETE, "/admin/clients/shop/secrets/rotate"),
        ] {
            assert_eq!(world.admin(method.clone(), path, None).await.status, 404, "{method} {path}");
        }
        let lifespans = world.admin(Method::PUT, "/admin/clients/shop/lifespans", Some(json!({}))).await;
        assert_eq!(lifespans.status, 404);
    }
}
