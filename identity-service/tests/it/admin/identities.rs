//! `/admin/identities`: create, read, list, replace, remove.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::world::{PASSWORD, World, scrubbed, send};

on_both! {
    async fn an_identity_lives(dsn: String) {
        let world = World::start(&dsn).await;
        let body = json!({
            "schema_id": "default",
            "traits": {"email": "Ada@Example.org", "name": "Ada", "role": "buyer"},
            "external_id": "crm-7",
            "metadata_public": {"tier": 1},
            "metadata_admin": {"note": "vip"},
            "verifiable_addresses": [{"value": "ada@example.org", "via": "email", "verified": true}],
            "credentials": {"password": {"config": {"password": PASSWORD}}},
        });
        let made = world.call("POST", "/admin/identities", &body).await;
        assert_eq!(made.status, 201);
        let id = made.body["id"].as_str().unwrap();
        assert_eq!(made.header("location"), world.admin_url(&format!("identities/{id}")));
        assert_eq!(made.header("content-type"), "application/json; charset=utf-8");
        insta::assert_json_snapshot!("created", scrubbed(&world, &made.body));
        // The prefix may be left out.
        for path in [format!("/admin/identities/{id}"), format!("/identities/{id}"), "/identities/by/external/crm-7".into()] {
            assert_eq!(world.get(&path).await.body["id"], id, "{path}");
        }
        let shown = world.get(&format!("/admin/identities/{id}?include_credential=password")).await;
        let hash = shown.body["credentials"]["password"]["config"]["hashed_password"].as_str().unwrap();
        assert!(hash.starts_with("$2b$04$"));

        let replaced = json!({"schema_id": "default", "state": "inactive", "traits": {"email": "eva@example.org", "role": "boss"}});
        let after = world.call("PUT", &format!("/admin/identities/{id}"), &replaced).await;
        assert_eq!(after.status, 200);
        insta::assert_json_snapshot!("replaced", scrubbed(&world, &after.body));
        assert_eq!(after.body["credentials"]["password"]["identifiers"], json!(["eva@example.org"]));

        assert_eq!(send(world.admin("DELETE", &format!("/admin/identities/{id}"))).await.status, 204);
        assert_eq!(send(world.admin("DELETE", &format!("/admin/identities/{id}"))).await.status, 404);
        assert_eq!(world.get(&format!("/admin/identities/{id}")).await.status, 404);
        world.stop().await;
    }
}

on_both! {
    async fn what_cannot_be_used_is_named(dsn: String) {
        let world = World::start(&dsn).await;
        world.person("ada@example.org").await;
        let traits = json!({"email": "eva@example.org"});
        let with = |name: &str, value: Value| {
            let mut body = json!({"schema_id": "default", "traits": traits});
            body[name] = value;
            body
        };
        let long = "x".repeat(73);
        let cases = [
            (json!([]), 400, "invalid length"),
            (json!({"traits": {}}), 400, "email"),
            (json!({"schema_id": "default"}), 400, "traits"),
            (with("schema_id", json!("nonsense")), 400, "nonsense"),
            (with("traits", json!({"email": 7})), 400, "traits.email"),
            (with("traits", json!("text")), 400, "traits"),
            (with("state", json!("asleep")), 400, "state"),
            (with("colour", json!("green")), 400, "colour"),
            (with("external_id", json!("a\u{0}b")), 400, "external_id"),
            (with("verifiable_addresses", json!([{"value": "x", "via": "pigeon"}])), 400, "verifiable_addresses"),
            (with("credentials", json!({"password": {"config": {"password": long}}})), 400, "72"),
            (with("credentials", json!({"password": {"config": {"hashed_password": "$1$x"}}})), 400, "hashed_password"),
            (with("credentials", json!({"oidc": {"config": {}}})), 400, "credentials.oidc"),
            (with("traits", json!({"email": "ADA@example.org"})), 409, "exists already"),
        ];
        for (body, status, named) in cases {
            let answer = world.call("POST", "/admin/identities", &body).await;
            assert_eq!(answer.status, status, "{body}: {answer:?}");
            assert!(answer.reason().contains(named), "{body}: {}", answer.reason());
        }
        let nameless = world.call("POST", "/admin/identities", &json!({"traits": traits})).await;
        assert_eq!((nameless.status, &nameless.body["schema_id"]), (201, &json!("default")), "the default schema");
        let broken = send(world.admin("POST", "/admin/identities").body("{\"traits\": ")).await;
        assert_eq!((broken.status, broken.header("content-type")), (400, "application/json"));
        assert_eq!(world.get("/admin/identities/not-a-uuid").await.status, 404);
        assert_eq!(world.get("/admin/identities/by/external/%00").await.status, 404);
        world.stop().await;
    }
}

on_both! {
    async fn foreign_hashes_sign_in_and_are_upgraded(dsn: String) {
        let world = World::start(&dsn).await;
        // "a quiet green lamp" as another system hashed it.
        let made = world.call("POST", "/admin/identities", &json!({
            "schema_id": "default", "traits": {"email": "old@example.org"},
            "credentials": {"password": {"config": {"password": PASSWORD}}},
        })).await;
        let id = made.body["id"].as_str().unwrap().to_owned();
        let path = format!("/admin/identities/{id}?include_credential=password");
        let pointer = "/credentials/password/config/hashed_password";
        let shown = world.get(&path).await;
        let ours = shown.body.pointer(pointer).unwrap().as_str().unwrap().to_owned();
        let foreign = ours.replacen("$2b$", "$2y$", 1);
        let patch = json!([{"op": "replace", "path": pointer, "value": foreign}]);
        assert_eq!(world.call("PATCH", &format!("/admin/identities/{id}"), &patch).await.status, 200);
        world.sign_in("old@example.org").await;
        world.stop().await;
    }
}

on_both! {
    async fn lists_are_paged_and_filtered(dsn: String) {
        let world = World::start(&dsn).await;
        let mut ids = Vec::new();
        for number in 0..5 {
            ids.push(world.person(&format!("p{number}@example.org")).await);
        }
        let mut path = "/admin/identities?page_size=2".to_owned();
        let (mut seen, mut pages) = (Vec::new(), 0);
        loop {
            let page = world.get(&path).await;
            assert_eq!(page.status, 200);
            assert!(page.header("link").contains("rel=\"first\""));
            seen.extend(page.body.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_owned()));
            pages += 1;
            match page.next() {
                Some(next) => path = next,
                None => break,
            }
        }
        ids.sort();
        assert_eq!((seen, pages), (ids.clone(), 3));

        let emails = |answer: &Value| -> Vec<String> {
            answer.as_array().unwrap().iter().map(|item| item["traits"]["email"].as_str().unwrap().to_owned()).collect()
        };
        let by_identifier = world.get("/admin/identities?credentials_identifier=P3@Example.org").await;
        let found = &by_identifier.body[0]["credentials"]["password"];
        assert_eq!((&found["identifiers"][0], found.get("config")), (&json!("p3@example.org"), None), "{found}");
        assert_eq!(emails(&by_identifier.body), ["p3@example.org"]);
        assert_eq!(world.get("/admin/identities?credentials_identifier=none").await.body, json!([]));
        let similar = world.get("/admin/identities?preview_credentials_identifier_similar=p").await;
        assert_eq!(similar.body.as_array().unwrap().len(), 5);
        let wildcard = world.get("/admin/identities?preview_credentials_identifier_similar=%25").await;
        assert_eq!(wildcard.body, json!([]));
        let invisible = world.get("/admin/identities?preview_credentials_identifier_similar=%00%20").await;
        assert_eq!(invisible.body, json!([]));
        let some = world.get(&format!("/admin/identities?ids={}&ids={}", ids[0], ids[4])).await;
        assert_eq!(some.body.as_array().unwrap().len(), 2);
        assert!(some.body[0].get("credentials").is_none());
        let shown = world.get("/admin/identities?include_credential=password&page_size=1").await;
        assert!(shown.body[0]["credentials"]["password"]["config"]["hashed_password"].is_string());

        let legacy = world.get("/admin/identities?page=1&per_page=2").await;
        assert_eq!((legacy.header("x-total-count"), legacy.body.as_array().unwrap().len()), ("5", 2));
        for bad in ["page_size=x", "page_size=0", "page_token=x", "page=10&per_page=500", "ids=x", "include_credential=x",
            "ids=00000000-0000-4000-8000-000000000000&credentials_identifier=a"]
        {
            assert_eq!(world.get(&format!("/admin/identities?{bad}")).await.status, 400, "{bad}");
        }
        world.stop().await;
    }
}
