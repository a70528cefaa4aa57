//! `PATCH /admin/identities/{id}`.

use serde_json::json;
use shared_types::on_both;

use crate::world::World;

on_both! {
    async fn a_patch_changes_what_it_names(dsn: String) {
        let world = World::start(&dsn).await;
        let path = format!("/admin/identities/{}", world.person("ada@example.org").await);
        let patch = json!([
            {"op": "test", "path": "/traits/role", "value": "buyer"},
            {"op": "replace", "path": "/traits/role", "value": "admin"},
            {"op": "add", "path": "/traits/permissions/-", "value": "orders:write"},
            {"op": "replace", "path": "/verifiable_addresses/0/verified", "value": true},
            {"op": "replace", "path": "/verifiable_addresses/0/status", "value": "completed"},
            {"op": "add", "path": "/metadata_admin", "value": {"note": 1}},
            {"op": "replace", "path": "/state", "value": "inactive"},
        ]);
        let after = world.call("PATCH", &path, &patch).await;
        assert_eq!(after.status, 200, "{after:?}");
        let body = &after.body;
        assert_eq!(body["traits"]["permissions"], json!(["orders:read", "orders:write"]));
        assert_eq!((&body["traits"]["role"], &body["state"]), (&json!("admin"), &json!("inactive")));
        assert_eq!(body["verifiable_addresses"][0]["verified"], true);
        assert!(body["verifiable_addresses"][0]["verified_at"].is_string());
        assert_eq!(body["metadata_admin"], json!({"note": 1}));
        world.stop().await;
    }
}

on_both! {
    async fn a_patch_that_fails_changes_nothing(dsn: String) {
        let world = World::start(&dsn).await;
        world.person("eva@example.org").await;
        let path = format!("/admin/identities/{}", world.person("ada@example.org").await);
        let before = world.get(&path).await.body;
        let op = |op: &str, path: &str| json!([{"op": "replace", "path": "/traits/role", "value": "x"},
            {"op": op, "path": path, "value": "x"}]);
        for (patch, status) in [
            (op("replace", "/id"), 400),
            (op("replace", "/credentials"), 400),
            (op("add", "/credentials/oidc/config"), 400),
            (op("add", "/credentials/totp"), 400),
            (op("replace", "/stateChangedAt"), 400),
            (op("replace", "/state"), 400),
            (op("test", "/traits/role"), 200),
            (op("test", "/traits/name"), 400),
            (op("replace", "/traits/nothing/here"), 400),
            (op("replace", "/schema_id"), 400),
            (op("replace", "/verifiable_addresses/0/value"), 400),
            (op("replace", "/credentials/password/config/hashed_password"), 400),
            (op("replace", "/credentials/password/type"), 400),
            (json!([{"op": "replace", "path": "/traits/email", "value": "EVA@example.org"}]), 409),
            (json!({"traits": {}}), 400),
        ] {
            if status == 200 {
                continue;
            }
            let answer = world.call("PATCH", &path, &patch).await;
            assert_eq!(answer.status, status, "{patch}: {answer:?}");
        }
        assert_eq!(world.get(&path).await.body, before);
        world.stop().await;
    }
}

on_both! {
    async fn copies_of_copies_do_not_fill_the_memory(dsn: String) {
        let world = World::start(&dsn).await;
        let path = format!("/admin/identities/{}", world.person("ada@example.org").await);
        let start = json!({"op": "add", "path": "/metadata_admin", "value": {"a": "x".repeat(1000)}});
        let copy = |to: String| json!({"op": "copy", "from": "/metadata_admin", "path": to});
        let wide = (0..60).map(|number| copy(format!("/metadata_admin/b{number}")));
        let deep = (0..200).map(|_| copy("/metadata_admin/b".to_owned()));
        for (copies, said) in [(wide.collect::<Vec<_>>(), "too large"), (deep.collect(), "too deeply nested")] {
            let patch: Vec<_> = std::iter::once(start.clone()).chain(copies).collect();
            let answer = world.call("PATCH", &path, &json!(patch)).await;
            assert!(answer.status == 400 && answer.reason().contains(said), "{}: {}", answer.status, answer.reason());
        }
        assert!(world.get(&path).await.body["metadata_admin"].is_null());
        world.stop().await;
    }
}

on_both! {
    async fn concurrent_patches_are_all_kept(dsn: String) {
        let world = World::start(&dsn).await;
        let path = format!("/admin/identities/{}", world.person("ada@example.org").await);
        let writes = (0..4).map(|number| {
            let patch = json!([{"op": "add", "path": "/traits/permissions/-", "value": format!("p{number}")}]);
            let (world, path) = (&world, &path);
            async move { world.call("PATCH", path, &patch).await.status }
        });
        let mut kept = 0;
        for status in futures_util::future::join_all(writes).await {
            assert!(matches!(status, 200 | 409), "{status}");
            kept += usize::from(status == 200);
        }
        let permissions = world.get(&path).await.body["traits"]["permissions"].as_array().unwrap().len();
        assert_eq!(permissions, 1 + kept);
        world.stop().await;
    }
}
