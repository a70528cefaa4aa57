//! `/sessions`: the caller's other sessions.

use serde_json::json;
use shared_types::on_both;

use crate::world::{World, send};

on_both! {
    async fn other_sessions_are_listed_and_ended(dsn: String) {
        let world = World::start(&dsn).await;
        world.person("ada@example.org").await;
        world.person("eva@example.org").await;
        let mine = world.sign_in("ada@example.org").await;
        let mut others = Vec::new();
        for _ in 0..3 {
            others.push(world.sign_in("ada@example.org").await);
        }
        let foreign = world.sign_in("eva@example.org").await;
        let ask = |method: &str, path: &str| send(world.public(method, path).header("x-session-token", &mine));

        let listed = ask("GET", "/sessions?page_size=2").await;
        assert_eq!((listed.header("x-total-count"), listed.body.as_array().unwrap().len()), ("3", 2));
        let rest = ask("GET", &listed.next().unwrap()).await;
        assert_eq!((rest.body.as_array().unwrap().len(), rest.next()), (1, None));

        let current = world.whoami(&mine).await.body["id"].as_str().unwrap().to_owned();
        assert_eq!(ask("DELETE", &format!("/sessions/{current}")).await.status, 400);
        let theirs = world.whoami(&foreign).await.body["id"].as_str().unwrap().to_owned();
        assert_eq!(ask("DELETE", &format!("/sessions/{theirs}")).await.status, 404);
        assert_eq!(world.whoami(&foreign).await.status, 200);
        let other = world.whoami(&others[0]).await.body["id"].as_str().unwrap().to_owned();
        assert_eq!(ask("DELETE", &format!("/sessions/{other}")).await.status, 204);
        assert_eq!(world.whoami(&others[0]).await.status, 401);
        assert_eq!(ask("DELETE", "/sessions/x").await.status, 400);

        assert_eq!(ask("DELETE", "/sessions").await.body, json!({"count": 2}));
        assert_eq!(world.whoami(&others[1]).await.status, 401);
        assert_eq!((world.whoami(&mine).await.status, world.whoami(&foreign).await.status), (200, 200));
        for (method, path) in [("GET", "/sessions"), ("DELETE", "/sessions"), ("DELETE", "/sessions/x")] {
            assert_eq!(send(world.public(method, path)).await.status, 401, "{method} {path}");
        }
        world.stop().await;
    }
}
