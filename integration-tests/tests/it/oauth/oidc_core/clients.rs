//! How clients prove who they are (section 9), each by the method it has registered.

use integration_tests::{person::Answer, settings::Engine, world::World};
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};
use serde_json::{Value, json};

use super::super::{
    ASSERTION, Scene, assert_error, basic,
    keys::{ClientKey, assertion_claims, encoded, lay, now},
    scene, text,
};
use crate::support::on_sqlite;

on_sqlite!(
    each_method_is_for_who_registered_it,
    assertions_by_secret_are_checked,
    a_code_is_exchanged_by_its_confidential_client
);

const METHODS: [&str; 4] = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt"];

/// A JWT under a client's secret.
fn by_secret(secret: &str, alg: &str, claims: &Value) -> String {
    use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
    let message = format!("{}.{}", encoded(&json!({ "alg": alg })), encoded(claims));
    let digest = if alg == "HS512" { MessageDigest::sha512() } else { MessageDigest::sha256() };
    let mut signer = Signer::new(digest, &PKey::hmac(secret.as_bytes()).unwrap()).unwrap();
    signer.update(message.as_bytes()).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signer.sign_to_vec().unwrap()))
}

struct Registered {
    id: String,
    secret: String,
    key: ClientKey,
}

async fn register(scene: &Scene, method: &str) -> anyhow::Result<Registered> {
    let key = ClientKey::es256();
    let client = scene
        .world
        .client(
            json!({ "token_endpoint_auth_method": method, "grant_types": ["client_credentials"], "jwks": key.jwks() }),
        )
        .await?;
    let secret = client["client_secret"].as_str().unwrap_or("a-secret-it-does-not-have").to_owned();
    // Without a registered algorithm that of private_key_jwt would be RS256.
    let patch = json!([{ "op": "add", "path": "/token_endpoint_auth_signing_alg", "value": "ES256" }]);
    let id = text(&client, "client_id")?.to_owned();
    if method == "private_key_jwt" {
        scene.world.oauth_admin("PATCH", &format!("/admin/clients/{id}"), Some(&patch)).await?.expect(200)?;
    }
    Ok(Registered { id, secret, key })
}

/// Asks for a token, proving oneself by a method.
async fn ask(scene: &Scene, client: &Registered, method: &str) -> anyhow::Result<Answer> {
    let grant = ("grant_type", "client_credentials");
    let claims = assertion_claims(&client.id, &scene.world.places.issuer(), now());
    match method {
        "client_secret_basic" => {
            let header = basic(&client.id, &client.secret);
            scene.post("/oauth2/token", &[("authorization", &header)], &[grant]).await
        }
        "client_secret_post" => {
            let form = [grant, ("client_id", &client.id), ("client_secret", &client.secret)];
            scene.post("/oauth2/token", &[], &form).await
        }
        _ => {
            let assertion = if method == "private_key_jwt" {
                client.key.sign(&json!({}), &claims)
            } else {
                by_secret(&client.secret, "HS256", &claims)
            };
            let form = [grant, ("client_assertion_type", ASSERTION), ("client_assertion", &assertion)];
            scene.post("/oauth2/token", &[], &form).await
        }
    }
}

/// 9: "client_secret_basic [...] client_secret_post [...] client_secret_jwt [...] private_key_jwt [...] none"; Registration 2: a client
/// that has registered one method uses that one.
async fn each_method_is_for_who_registered_it(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for registered in METHODS {
        let client = register(&scene, registered).await?;
        for used in METHODS {
            let answer = ask(&scene, &client, used).await?;
            if used == registered {
                assert_eq!(answer.status, 200, "{used}: {}", answer.body);
            } else {
                assert_eq!(answer.status, 401, "{registered} by {used}: {}", answer.body);
                assert_error(&answer, 401, "invalid_client");
            }
        }
        let form = [("grant_type", "client_credentials"), ("client_id", client.id.as_str())];
        assert_error(&scene.post("/oauth2/token", &[], &form).await?, 401, "invalid_client");
    }
    Ok(())
}

/// 9: "iss REQUIRED [...] MUST contain the client_id [...] sub REQUIRED [...] aud REQUIRED [...] The Authorization Server MUST verify that it
/// is an intended audience [...] jti REQUIRED [...] exp REQUIRED"; 10.1: the secret is the key, and long enough for the algorithm.
async fn assertions_by_secret_are_checked(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = register(&scene, "client_secret_jwt").await?;
    assert!(client.secret.len() >= 32, "HS256 wants 256 bits");
    let issuer = scene.world.places.issuer();
    let send = async |alg: &str, secret: &str, changes: Value| {
        let claims = lay(assertion_claims(&client.id, &issuer, now()), &changes);
        let assertion = by_secret(secret, alg, &claims);
        let form = [
            ("grant_type", "client_credentials"),
            ("client_assertion_type", ASSERTION),
            ("client_assertion", &assertion),
        ];
        scene.post("/oauth2/token", &[], &form).await
    };
    for changes in [
        json!({ "iss": null }),
        json!({ "iss": scene.client_id }),
        json!({ "sub": scene.client_id }),
        json!({ "aud": null }),
        json!({ "aud": "https://elsewhere.example" }),
        json!({ "aud": [] }),
        json!({ "exp": null }),
        json!({ "exp": now() - 60 }),
        json!({ "exp": now() + 2 * 86_400 }),
        json!({ "nbf": now() + 600 }),
        json!({ "iat": now() + 600 }),
        json!({ "jti": null }),
    ] {
        let answer = send("HS256", &client.secret, changes.clone()).await?;
        assert_eq!(answer.status, 401, "{changes}: {}", answer.body);
    }
    assert_eq!(send("HS256", "another-secret-that-is-long-enough", json!({})).await?.status, 401);
    assert_eq!(send("HS512", &client.secret, json!({})).await?.status, 200, "no algorithm is registered");
    let once = json!({ "jti": "the-same" });
    send("HS256", &client.secret, once.clone()).await?.expect(200)?;
    assert_error(&send("HS256", &client.secret, once).await?, 400, "jti_known");
    Ok(())
}

/// 3.1.3.2: "Authenticate the Client if it was issued Client Credentials [...] Ensure the Authorization Code was issued to the
/// authenticated Client."
async fn a_code_is_exchanged_by_its_confidential_client(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let key = ClientKey::es256();
    let client = scene
        .register(json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(), "token_endpoint_auth_signing_alg": "ES256" }))
        .await?;
    let authorization = scene.request_of(&client)?;
    let code = scene.code(&authorization).await?;
    // As a public client, and by somebody else's key.
    assert_error(&scene.exchange(&authorization, &code, &[], &[]).await?, 401, "invalid_client");
    let foreign = ClientKey::es256().assertion(&client, &scene.world.places.issuer(), &json!({}));
    let more = [("client_assertion_type", ASSERTION), ("client_assertion", foreign.as_str())];
    assert_error(&scene.exchange(&authorization, &code, &[], &more).await?, 401, "invalid_client");
    let assertion = key.assertion(&client, &scene.world.places.issuer(), &json!({}));
    let more = [("client_assertion_type", ASSERTION), ("client_assertion", assertion.as_str())];
    scene.exchange(&authorization, &code, &[], &more).await?.expect(200)?;
    Ok(())
}
