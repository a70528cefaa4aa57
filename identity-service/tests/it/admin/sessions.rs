//! `/admin/sessions` and the sessions of an identity.

use chrono::Duration;
use serde_json::json;
use shared_types::on_both;

use crate::world::{World, scrubbed, send};

on_both! {
    async fn administrators_see_end_and_extend_sessions(dsn: String) {
        let world = World::start(&dsn).await;
        let id = world.person("ada@example.org").await;
        let first = world.sign_in("ada@example.org").await;
        let second = world.sign_in("ada@example.org").await;

        let own = world.get(&format!("/admin/identities/{id}/sessions")).await;
        assert_eq!((own.status, own.header("x-total-count")), (200, "2"));
        let listed = world.get("/admin/sessions?page_size=1&expand=identity&expand=devices").await;
        assert_eq!(listed.body.as_array().unwrap().len(), 1);
        insta::assert_json_snapshot!("session_expanded", scrubbed(&world, &listed.body[0]));
        let rest = world.get(&listed.next().unwrap()).await;
        assert_eq!((rest.body.as_array().unwrap().len(), rest.next()), (1, None));
        assert_eq!(world.get("/admin/sessions?page_token=nonsense").await.status, 400);
        assert_eq!(world.get("/admin/sessions?active=maybe").await.status, 400);
        assert_eq!(world.get("/admin/sessions?expand=everything").await.status, 400);

        let session = world.whoami(&first).await.body["id"].as_str().unwrap().to_owned();
        let early = world.call("PATCH", &format!("/admin/sessions/{session}/extend"), &json!({})).await;
        let before = early.body["expires_at"].clone();
        world.clock.advance(Duration::hours(1));
        let later = world.call("PATCH", &format!("/admin/sessions/{session}/extend"), &json!({})).await;
        assert_eq!((early.status, later.status), (200, 200));
        assert_ne!(later.body["expires_at"], before);

        assert_eq!(send(world.admin("DELETE", &format!("/admin/sessions/{session}"))).await.status, 204);
        assert_eq!(world.whoami(&first).await.status, 401);
        let ended = world.get(&format!("/admin/sessions/{session}")).await;
        assert_eq!((ended.status, &ended.body["active"]), (200, &json!(false)));
        assert_eq!(world.whoami(&second).await.status, 200);
        assert_eq!(send(world.admin("DELETE", &format!("/admin/identities/{id}/sessions"))).await.status, 204);
        assert_eq!(world.whoami(&second).await.status, 401);
        let nobody = "00000000-0000-4000-8000-000000000000";
        for path in [format!("/admin/sessions/{nobody}"), format!("/admin/identities/{nobody}/sessions")] {
            assert_eq!(world.get(&path).await.status, 404, "{path}");
        }
        assert_eq!(world.get("/admin/sessions/x").await.status, 400);
        world.stop().await;
    }
}

on_both! {
    async fn an_extension_waits_for_its_time(dsn: String) {
        let over = json!({"session": {"lifespan": "24h", "earliest_possible_extend": "1h"},
            "feature_flags": {"faster_session_extend": true}});
        let world = World::with(&dsn, over).await;
        world.person("ada@example.org").await;
        let token = world.sign_in("ada@example.org").await;
        let session = world.whoami(&token).await.body;
        let path = format!("/admin/sessions/{}/extend", session["id"].as_str().unwrap());
        world.clock.advance(Duration::hours(2));
        assert_eq!(world.call("PATCH", &path, &json!({})).await.status, 204);
        assert_eq!(world.whoami(&token).await.body["expires_at"], session["expires_at"]);
        world.clock.advance(Duration::hours(21) + Duration::minutes(30));
        assert_eq!(world.call("PATCH", &path, &json!({})).await.status, 204);
        assert_ne!(world.whoami(&token).await.body["expires_at"], session["expires_at"]);
        world.stop().await;
    }
}
