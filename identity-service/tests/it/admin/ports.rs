//! Requests to the wrong port are sent to the right one, method and body kept.

use shared_types::on_both;

use crate::world::{World, send};

on_both! {
    async fn the_wrong_port_points_to_the_right_one(dsn: String) {
        let world = World::start(&dsn).await;
        for (path, target) in [
            ("/identities", "admin/identities"),
            ("/admin/identities/x?a=b", "admin/identities/x?a=b"),
            ("/recovery/code", "admin/recovery/code"),
            ("/admin/courier/messages", "admin/courier/messages"),
        ] {
            let answer = send(world.public("POST", path)).await;
            assert_eq!((answer.status, answer.header("location")), (307, world.admin_url(target).as_str()), "{path}");
        }
        for (method, path, target) in [
            ("GET", "/self-service/login/browser?refresh=true", "self-service/login/browser?refresh=true"),
            ("GET", "/schemas/default", "schemas/default"),
            ("GET", "/admin/schemas", "schemas"),
            ("POST", "/sessions/whoami", "sessions/whoami"),
            ("DELETE", "/sessions", "sessions"),
        ] {
            let answer = send(world.admin(method, path)).await;
            assert_eq!((answer.status, answer.header("location")), (307, world.public_url(target).as_str()), "{path}");
        }
        assert_eq!(world.get("/no/such/path").await.status, 404);
        assert_eq!(send(world.admin("PUT", "/admin/identities")).await.status, 405);
        assert_eq!(send(world.public("GET", "/identitiesx")).await.status, 404);
        world.stop().await;
    }
}
