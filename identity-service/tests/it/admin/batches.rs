//! Many at once: identities by `PATCH /admin/identities`, sessions by `POST /admin/sessions`.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::world::{PASSWORD, World};

fn entry(number: usize, email: &str) -> Value {
    json!({
        "patch_id": format!("00000000-0000-4000-8000-{number:012}"),
        "create": {"schema_id": "default", "traits": {"email": email}},
    })
}

on_both! {
    async fn a_batch_makes_what_it_can(dsn: String) {
        let world = World::start(&dsn).await;
        world.person("ada@example.org").await;
        let mut with_password = entry(4, "pia@example.org");
        with_password["create"]["credentials"] = json!({"password": {"config": {"password": PASSWORD}}});
        let batch = json!({"identities": [
            entry(0, "eva@example.org"), entry(1, "ADA@example.org"), {"patch_id": "00000000-0000-4000-8000-000000000002"},
            entry(3, "Eva@example.org"), with_password, entry(5, "no address"),
        ]});
        let answer = world.call("PATCH", "/admin/identities", &batch).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        let items = answer.body["identities"].as_array().unwrap();
        let actions: Vec<&Value> = items.iter().map(|item| &item["action"]).collect();
        assert_eq!(json!(actions), json!(["create", "error", null, "error", "create", "error"]));
        assert!(items[2].is_null());
        for (index, item) in items.iter().enumerate().filter(|(index, _)| *index != 2) {
            assert_eq!(item["patch_id"], format!("00000000-0000-4000-8000-{index:012}"));
        }
        assert_eq!((&items[1]["error"]["code"], items[1].get("identity")), (&json!(409), None));
        assert_eq!((&items[5]["error"]["code"], items[5].get("identity")), (&json!(400), None));
        let id = items[0]["identity"].as_str().unwrap();
        assert_eq!(world.get(&format!("/admin/identities/{id}")).await.body["traits"]["email"], "eva@example.org");
        world.sign_in("pia@example.org").await;
        assert_eq!(world.get("/admin/identities").await.body.as_array().unwrap().len(), 3);
        world.stop().await;
    }
}

on_both! {
    async fn a_malformed_batch_makes_nothing(dsn: String) {
        let world = World::start(&dsn).await;
        let many: Vec<Value> = (0..1001).map(|number| entry(number, &format!("p{number}@example.org"))).collect();
        let clear = json!({"password": {"config": {"password": PASSWORD}}});
        let passwords: Vec<Value> = many.iter().take(201).cloned().map(|mut entry| {
            entry["create"]["credentials"] = clear.clone();
            entry
        }).collect();
        let good = entry(0, "eva@example.org");
        for (identities, named) in [
            (json!(many), "1000"),
            (json!(passwords), "200"),
            (json!([good, {"create": {"schema_id": "default", "traits": {}, "colour": "red"}}]), "identities.1.create.colour"),
            (json!([good, {"update": {}}]), "identities.1.update"),
            (json!([{"patch_id": "x", "create": good["create"]}]), "UUID"),
        ] {
            let answer = world.call("PATCH", "/admin/identities", &json!({"identities": identities})).await;
            assert!(answer.status == 400 && answer.reason().contains(named), "{named}: {answer:?}");
        }
        assert_eq!(world.get("/admin/identities").await.body, json!([]));
        assert_eq!(world.call("PATCH", "/admin/identities", &json!({})).await.body, json!({"identities": []}));
        let thousand = json!({"identities": many[..1000]});
        let answer = world.call("PATCH", "/admin/identities", &thousand).await;
        assert_eq!((answer.status, answer.body["identities"].as_array().unwrap().len()), (200, 1000));
        assert!(answer.body["identities"].as_array().unwrap().iter().all(|item| item["action"] == "create"));
        world.stop().await;
    }
}

on_both! {
    async fn many_sessions_end_at_once(dsn: String) {
        let world = World::start(&dsn).await;
        let mut tokens = Vec::new();
        let mut ids = Vec::new();
        for email in ["ada@example.org", "eva@example.org", "pia@example.org"] {
            ids.push(world.person(email).await);
            tokens.push(world.sign_in(email).await);
        }
        let session = world.whoami(&tokens[1]).await.body["id"].clone();
        let post = |body: Value| {
            let world = &world;
            async move { world.call("POST", "/admin/sessions", &body).await }
        };
        let ended = post(json!({"action": "disable", "identities": [ids[0], ids[0]]})).await;
        assert_eq!((ended.status, ended.body), (200, json!({"processed": 1, "more": false})));
        let again = post(json!({"action": "disable", "identities": [ids[0]]})).await;
        assert_eq!(again.body, json!({"processed": 0, "more": false}), "what has ended is not counted");
        assert_eq!((world.whoami(&tokens[0]).await.status, world.whoami(&tokens[1]).await.status), (401, 200));

        let gone = post(json!({"action": "delete", "sessions": [session]})).await;
        assert_eq!(gone.body, json!({"processed": 1, "more": false}));
        let path = format!("/admin/sessions/{}", session.as_str().unwrap());
        assert_eq!((world.whoami(&tokens[1]).await.status, world.get(&path).await.status), (401, 404));

        for bad in [
            json!({"action": "rest", "identities": ["*"]}),
            json!({"action": "disable"}),
            json!({"action": "disable", "identities": ["*"], "sessions": [session]}),
            json!({"action": "disable", "identities": ["*", ids[0]]}),
            json!({"action": "disable", "sessions": ["*"]}),
            json!({"action": "disable", "sessions": vec![session.clone(); 501]}),
        ] {
            assert_eq!(post(bad.clone()).await.status, 400, "{bad}");
        }
        assert_eq!(world.whoami(&tokens[2]).await.status, 200);
        let all = post(json!({"action": "delete", "identities": ["*"]})).await;
        assert_eq!(all.body, json!({"processed": 2, "more": false}));
        assert_eq!(world.get("/admin/sessions").await.body, json!([]));
        world.stop().await;
    }
}
