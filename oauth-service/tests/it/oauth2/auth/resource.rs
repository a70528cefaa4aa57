//! Resource indicators (RFC 8707), and the key a code is bound to from the start (RFC 9449 10).

use serde_json::{Value, json};
use shared_types::on_both;

use super::world::{CALLBACK, VERIFIER, World, consent, login, request};
use crate::oauth2::token::part;

const A: &str = "https://api.test/a";
const B: &str = "https://api.test/b";

async fn world(dsn: &str) -> World {
    let world = World::start(dsn).await;
    let changes = json!({ "audience": ["https://api.test/"], "access_token_strategy": "jwt" });
    world.client("shop", changes).await;
    world
}

/// A code for both resources.
async fn code(world: &World) -> String {
    let url = format!("{}&resource={A}&resource={B}", request(&[]));
    let mut browser = world.browser();
    let challenge = browser.log_in(&url, login("ann", true)).await;
    let asked = world.page("consent", "", &challenge, json!(null)).await.json();
    assert_eq!(asked["requested_access_token_audience"], json!([A, B]));
    let mut body = consent(false);
    body["grant_access_token_audience"] = asked["requested_access_token_audience"].clone();
    let next = world.accept("consent", &challenge, body).await;
    browser.get(&next).await.sent("code").unwrap()
}

fn audience(tokens: &Value) -> Value {
    part(tokens["access_token"].as_str().unwrap(), 1)["aud"].clone()
}

on_both!(
    async fn a_token_is_for_the_resources_its_request_names(dsn: String) {
        let world = world(&dsn).await;
        let code = code(&world).await;
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", "shop"),
            ("code", &code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
            ("resource", A),
        ];
        let tokens = world.token(&form).await.json();
        // RFC 8707 2.2: the token is for that resource alone; the grant stays whole.
        assert_eq!(audience(&tokens), json!([A]));
        let refresh = tokens["refresh_token"].as_str().unwrap();
        let form = |token| [("grant_type", "refresh_token"), ("client_id", "shop"), ("refresh_token", token)];
        let mut strange = form(refresh).to_vec();
        strange.push(("resource", "https://api.test/c"));
        let refused = world.token(&strange).await;
        assert_eq!((refused.status, refused.json()["error"].as_str()), (400, Some("invalid_target")));
        let mut other = form(refresh).to_vec();
        other.push(("resource", B));
        let tokens = world.token(&other).await.json();
        assert_eq!(audience(&tokens), json!([B]));
        let tokens = world.token(&form(tokens["refresh_token"].as_str().unwrap())).await.json();
        assert_eq!(audience(&tokens), json!([A, B]));
        assert_eq!(world.introspect(tokens["access_token"].as_str().unwrap()).await["aud"], json!([A, B]));
    }
);

on_both!(
    async fn resources_that_are_not_the_clients_are_refused(dsn: String) {
        let world = world(&dsn).await;
        for resource in ["https://other.test/", "https://api.test/a%23x", "here"] {
            let reply = world.browser().get(&format!("{}&resource={resource}", request(&[]))).await;
            assert_eq!(reply.sent("error").as_deref(), Some("invalid_target"), "{resource}");
        }
        let machine = json!({
            "grant_types": ["client_credentials"], "audience": [A], "access_token_strategy": "jwt",
            "token_endpoint_auth_method": "client_secret_post", "client_secret": "a-secret-of-machines",
        });
        world.client("machine", machine).await;
        let form = |resource| {
            [
                ("grant_type", "client_credentials"),
                ("client_id", "machine"),
                ("client_secret", "a-secret-of-machines"),
                ("resource", resource),
            ]
        };
        assert_eq!(audience(&world.token(&form(A)).await.json()), json!([A]));
        assert_eq!(world.token(&form(B)).await.json()["error"], "invalid_target");
    }
);
