//! The admin API demands its key on every path but health and version.

use serde_json::json;
use shared_types::on_both;

use crate::world::{World, send};

const PATHS: &[(&str, &str)] = &[
    ("GET", "/admin/identities"),
    ("POST", "/admin/identities"),
    ("GET", "/identities"),
    ("GET", "/admin/identities/00000000-0000-4000-8000-000000000000"),
    ("PUT", "/admin/identities/00000000-0000-4000-8000-000000000000"),
    ("PATCH", "/admin/identities/00000000-0000-4000-8000-000000000000"),
    ("DELETE", "/admin/identities/00000000-0000-4000-8000-000000000000"),
    ("GET", "/admin/identities/by/external/x"),
    ("GET", "/admin/identities/00000000-0000-4000-8000-000000000000/sessions"),
    ("DELETE", "/admin/identities/00000000-0000-4000-8000-000000000000/sessions"),
    ("GET", "/admin/sessions"),
    ("GET", "/sessions"),
    ("GET", "/admin/sessions/00000000-0000-4000-8000-000000000000"),
    ("DELETE", "/admin/sessions/00000000-0000-4000-8000-000000000000"),
    ("PATCH", "/admin/sessions/00000000-0000-4000-8000-000000000000/extend"),
    ("POST", "/admin/oauth2/token-hook"),
    ("GET", "/admin/courier/messages"),
    ("GET", "/admin/health/config"),
    ("GET", "/admin/metrics/prometheus"),
    ("GET", "/no/such/path"),
];

on_both! {
    async fn every_path_demands_the_key(dsn: String) {
        let world = World::start(&dsn).await;
        for (method, path) in PATHS {
            let url = world.admin_url(path);
            let without = world.client.request(method.parse().unwrap(), &url).json(&json!({}));
            assert_eq!(send(without).await.status, 401, "{method} {path}");
            let wrong = world.client.request(method.parse().unwrap(), &url).bearer_auth("wrong").json(&json!({}));
            assert_eq!(send(wrong).await.status, 401, "{method} {path}");
            let with = send(world.admin(method, path).json(&json!({}))).await;
            assert_ne!(with.status, 401, "{method} {path}");
            assert!(with.status < 500, "{method} {path}: {with:?}");
        }
        for path in ["/health/alive", "/admin/health/alive", "/health/ready", "/version"] {
            assert_eq!(send(world.client.get(world.admin_url(path))).await.status, 200, "{path}");
        }
        world.stop().await;
    }
}
