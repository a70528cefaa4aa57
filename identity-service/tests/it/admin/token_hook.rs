//! `POST /admin/oauth2/token-hook`.

use serde_json::{Value, json};
use shared_types::on_both;

use crate::world::World;

fn token_hook(subject: &str, grant: &str, scopes: &Value) -> Value {
    json!({
        "session": {"id_token": {"subject": subject}, "client_id": "app"},
        "request": {"client_id": "app", "granted_scopes": scopes, "granted_audience": [], "grant_types": [grant], "payload": {}},
    })
}

fn refresh_hook(subject: &str, scopes: &Value) -> Value {
    json!({"subject": subject, "session": {}, "client_id": "app", "granted_scopes": scopes, "granted_audience": [],
        "requester": {"client_id": "app", "granted_scopes": scopes, "granted_audience": [], "grant_types": ["refresh_token"]}})
}

on_both! {
    async fn claims_are_as_the_identity_is_now(dsn: String) {
        let world = World::start(&dsn).await;
        let id = world.person("ada@example.org").await;
        let path = "/admin/oauth2/token-hook";
        let scopes = json!(["openid", "profile", "email", "unknown"]);
        let all = json!({
            "role": "buyer", "company_id": "c-1", "permissions": ["orders:read"], "name": "Ada",
            "email": "ada@example.org", "email_verified": false,
        });
        for hook in [token_hook(&id, "authorization_code", &scopes), refresh_hook(&id, &scopes)] {
            let answer = world.call("POST", path, &hook).await;
            assert_eq!(answer.status, 200);
            assert_eq!(answer.body["session"]["id_token"], all);
            assert_eq!(answer.body["session"]["access_token"], all);
        }
        let narrow = world.call("POST", path, &refresh_hook(&id, &json!(["profile"]))).await;
        assert_eq!(narrow.body["session"]["access_token"], json!({"name": "Ada"}));

        let promote = json!([{"op": "replace", "path": "/traits/role", "value": "boss"}]);
        assert_eq!(world.call("PATCH", &format!("/admin/identities/{id}"), &promote).await.status, 200);
        let answer = world.call("POST", path, &refresh_hook(&id, &json!(["openid"]))).await;
        assert_eq!(answer.body["session"]["id_token"]["role"], "boss");

        assert_eq!(world.call("POST", path, &token_hook("app", "client_credentials", &json!(["openid"]))).await.status, 204);
        let disable = json!([{"op": "replace", "path": "/state", "value": "inactive"}]);
        assert_eq!(world.call("PATCH", &format!("/admin/identities/{id}"), &disable).await.status, 200);
        let nobody = "00000000-0000-4000-8000-000000000000";
        for gone in [id.as_str(), nobody, "not-a-uuid"] {
            assert_eq!(world.call("POST", path, &refresh_hook(gone, &json!(["openid"]))).await.status, 403, "{gone}");
        }
        assert_eq!(world.call("POST", path, &json!([1])).await.status, 400);
        world.stop().await;
    }
}
