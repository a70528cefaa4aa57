//! What single kinds of providers do differently.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use shared_types::{on_both, time::Clock as _};
use url::Url;

use super::{Case, Internet, World, oauth, openid, pass, question, returned, world};
use crate::self_service::{
    people::whoami,
    world::{location, messages, parts},
};

/// A provider that does not say how it wants to see who asks.
fn silent() -> Case {
    let discovery = json!({
        "issuer": "https://op.example.org", "authorization_endpoint": "https://op.example.org/authorize",
        "token_endpoint": "https://op.example.org/token", "jwks_uri": "https://op.example.org/keys",
    });
    let claims = json!({"iss": "https://op.example.org", "sub": "anna-1"});
    let token = json!({"access_token": "an access token", "id_token": claims, "only_by_body": true});
    Case {
        id: "silent",
        provider: json!({"provider": "generic", "issuer_url": "https://op.example.org"}),
        answers: vec![
            ("op.example.org/.well-known/openid-configuration", discovery),
            ("op.example.org/token", token),
            ("op.example.org/keys", json!("keys")),
        ],
    }
}

on_both! {
    async fn a_provider_that_takes_secrets_in_the_body_alone_and_does_not_say_so(dsn: String) {
        let (world, internet) = world(&dsn, &[silent()]).await;
        let told = pass(&world, &internet, "silent").await;
        let asked: Vec<&Value> =
            told["service"].as_array().unwrap().iter().filter(|one| one["ask"] == "POST https://op.example.org/token").collect();
        assert_eq!(asked.len(), 2, "{told}");
        assert!(asked[0]["body"].get("client_secret").is_none() && asked[0]["authorization"].is_string());
        assert!(asked[1]["body"]["client_secret"].is_string() && asked[1].get("authorization").is_none());
        world.stop().await;
    }
}

on_both! {
    async fn apples_secret_is_a_token_of_our_own_for_some_minutes(dsn: String) {
        let (world, internet) = world(&dsn, &[openid::apple()]).await;
        signed_in(&world, &internet, "apple").await;
        let asked = internet.asked();
        let exchange = asked.iter().find(|one| one["ask"] == "POST https://appleid.apple.com/auth/token").unwrap();
        let secret = exchange["body"]["client_secret"].as_str().unwrap();
        let parts: Vec<&str> = secret.split('.').collect();
        let read = |part: &str| serde_json::from_slice::<Value>(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap();
        let now = world.clock.now().timestamp();
        assert_eq!(read(parts[0]), json!({"alg": "ES256", "kid": "KEY"}));
        assert_eq!(
            read(parts[1]),
            json!({"iss": "TEAM", "iat": now, "exp": now + 300, "aud": "https://appleid.apple.com", "sub": "portico"})
        );
        assert_eq!(URL_SAFE_NO_PAD.decode(parts[2]).unwrap().len(), 64);
        world.stop().await;
    }
}

/// Goes to a provider and comes back to the login form; its messages.
async fn refused(world: &World, id: &str) -> Value {
    let browser = world.browser();
    let flow = browser.begin("/self-service/login/browser").await;
    let (_, body) = parts(browser.submit(&flow, json!({"provider": id})).await).await;
    let asked = question(&Url::parse(body["redirect_browser_to"].as_str().unwrap()).unwrap());
    let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
    back.query_pairs_mut().extend_pairs(returned(id, &asked["state"]));
    let to = location(&browser.visit(back.as_str()).await);
    let flow = to.split_once("/login?flow=").unwrap_or_else(|| panic!("{to}")).1.to_owned();
    assert_eq!(whoami(&browser).await.0, 401);
    browser.begin(&format!("/self-service/login/flows?id={flow}")).await
}

on_both! {
    async fn whoever_grants_less_than_was_asked_for_is_told_so(dsn: String) {
        let (world, _internet) = world(&dsn, &[oauth::github("github", "read:user")]).await;
        let flow = refused(&world, "github").await;
        assert_eq!(messages(&flow), vec![4_000_001]);
        assert!(flow["ui"]["messages"][0]["text"].as_str().unwrap().contains("Not everything was granted"), "{flow}");
        world.stop().await;
    }
}

on_both! {
    async fn an_answer_that_is_an_error_with_a_good_status(dsn: String) {
        let cases: Vec<Case> =
            oauth::cases().into_iter().filter(|case| ["github", "vk", "slack"].contains(&case.id)).collect();
        let (world, internet) = world(&dsn, &cases).await;
        let no = json!({"error": "bad_verification_code", "error_description": "The code passed is incorrect or expired."});
        internet.answers("github.com/login/oauth/access_token", no);
        internet.answers("api.vk.com/method/users.get", json!({"error": {"error_code": 5, "error_msg": "User authorization failed"}}));
        internet.answers("slack.com/api/users.identity", json!({"ok": false, "error": "invalid_auth"}));
        for id in ["github", "vk", "slack"] {
            assert_eq!(messages(&refused(&world, id).await), vec![4_000_001], "{id}");
        }
        world.stop().await;
    }
}

on_both! {
    async fn whoever_confirms_that_it_is_he_is_asked_anew(dsn: String) {
        let mut cases = vec![openid::google()];
        cases.extend(oauth::cases().into_iter().filter(|case| ["discord", "facebook", "patreon"].contains(&case.id)));
        let (world, internet) = world(&dsn, &cases).await;
        let anew = [
            ("google", "prompt", "login"), ("discord", "prompt", "consent"), ("patreon", "prompt", "consent"),
            ("facebook", "auth_type", "reauthenticate"),
        ];
        for (id, name, value) in anew {
            let browser = signed_in(&world, &internet, id).await;
            let flow = browser.begin("/self-service/login/browser?refresh=true").await;
            let wish = json!({"provider": id, "upstream_parameters": {name: "none"}});
            let (_, body) = parts(browser.submit(&flow, wish).await).await;
            let to = Url::parse(body["redirect_browser_to"].as_str().unwrap()).unwrap();
            let said: Vec<_> = to.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value.into_owned()).collect();
            assert_eq!(said, vec![value], "{id}");
        }
        world.stop().await;
    }
}

async fn signed_in(world: &World, internet: &Internet, id: &str) -> crate::self_service::world::Browser {
    let browser = world.browser();
    let flow = browser.begin("/self-service/login/browser").await;
    let (_, body) = parts(browser.submit(&flow, json!({"provider": id})).await).await;
    let asked = question(&Url::parse(body["redirect_browser_to"].as_str().unwrap()).unwrap());
    internet.signs(asked.get("nonce").map(String::as_str), world.clock.now().timestamp());
    let mut back = Url::parse(&asked["redirect_uri"]).unwrap();
    back.query_pairs_mut().extend_pairs(returned(id, &asked["state"]));
    browser.visit(back.as_str()).await;
    assert_eq!(whoami(&browser).await.0, 200, "{id}");
    browser
}
