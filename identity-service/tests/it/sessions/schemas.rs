//! `/schemas`.

use shared_types::on_both;

use crate::world::{World, send};

on_both! {
    async fn schemas_are_public(dsn: String) {
        let world = World::start(&dsn).await;
        let listed = send(world.public("GET", "/schemas")).await;
        assert_eq!((listed.header("x-total-count"), &listed.body[0]["id"]), ("1", &serde_json::json!("default")));
        for path in ["/schemas/default", "/schemas/ZGVmYXVsdA", "/schemas/ZGVmYXVsdA==", "/admin/schemas/default"] {
            let one = send(world.public("GET", path)).await;
            assert_eq!(one.body, listed.body[0]["schema"], "{path}");
        }
        assert_eq!(send(world.public("GET", "/schemas/none")).await.status, 404);
        assert_eq!(send(world.public("POST", "/schemas")).await.status, 405);
        insta::assert_json_snapshot!("partner_schema", listed.body[0]["schema"]);
        world.stop().await;
    }
}
