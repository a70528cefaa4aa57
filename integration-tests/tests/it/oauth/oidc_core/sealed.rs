//! Signed and encrypted answers (sections 5.3.2 and 10.2).

use integration_tests::{settings::Engine, world::World};
use serde_json::{Value, json};

use super::super::{
    Scene, assert_error,
    keys::{ClientKey, part, verified},
    scene, text,
};
use crate::support::on_sqlite;

on_sqlite!(
    id_tokens_are_signed_as_registered,
    id_tokens_are_signed_and_then_encrypted,
    userinfo_is_signed_and_encrypted_as_registered,
    encryption_needs_a_key,
);

async fn id_token(scene: &Scene, fields: Value) -> anyhow::Result<(String, Value)> {
    let client = scene.register(fields).await?;
    let tokens = scene.tokens_of(&client).await?;
    Ok((client, tokens))
}

/// Registration 2: "id_token_signed_response_alg [...] The value none MUST NOT be used [...] unless"; 2: "ID Tokens MUST be signed"; 10.1:
/// the kid is in the header where there are several keys. 3.1.3.6: the hash of at_hash is that of the algorithm.
async fn id_tokens_are_signed_as_registered(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for alg in ["ES256", "PS384", "EdDSA"] {
        let (_, tokens) = id_token(&scene, json!({ "id_token_signed_response_alg": alg })).await?;
        let (header, claims) = verified(text(&tokens, "id_token")?, &scene.jwks().await?);
        assert_eq!(header["alg"], alg);
        let length = claims["at_hash"].as_str().map(str::len);
        assert_eq!(
            length,
            Some(match alg {
                "ES256" => 22,
                "PS384" => 32,
                _ => 43,
            }),
            "{claims}"
        );
    }
    for alg in ["none", "HS256", "RS1"] {
        let body = json!({ "id_token_signed_response_alg": alg, "redirect_uris": ["https://app.example/cb"] });
        let answer = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
        assert_error(&answer, 400, "invalid_client_metadata");
    }
    Ok(())
}

/// 10.2: "If the JWT is both signed and encrypted, the JWT MUST be signed first and then encrypted [...] cty SHOULD be JWT"; an encrypted
/// ID token is a hint only once the client has decrypted it (3.1.2.1).
async fn id_tokens_are_signed_and_then_encrypted(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for (alg, enc) in [("RSA-OAEP-256", "A256GCM"), ("ECDH-ES", ""), ("ECDH-ES+A128KW", "A256CBC-HS512")] {
        let key = ClientKey::of(alg, "enc-1");
        let mut jwk = key.jwk();
        jwk["use"] = json!("enc");
        let mut signing = ClientKey::es256().jwk();
        signing["use"] = json!("sig");
        let (client, tokens) = id_token(
            &scene,
            json!({ "jwks": { "keys": [signing, jwk] }, "id_token_encrypted_response_alg": alg, "id_token_encrypted_response_enc": enc }),
        )
        .await?;
        let sealed = text(&tokens, "id_token")?;
        assert_eq!(sealed.split('.').count(), 5, "{alg}");
        let (header, inner) = key.open(sealed);
        let expected = if enc.is_empty() { "A128CBC-HS256" } else { enc };
        assert_eq!((text(&header, "alg")?, text(&header, "enc")?, text(&header, "cty")?), (alg, expected, "JWT"));
        assert_eq!(header["kid"], "enc-1", "the key by its id");
        let claims = verified(&inner, &scene.jwks().await?).1;
        assert_eq!((text(&claims, "sub")?, &claims["aud"]), (scene.subject.as_str(), &json!([client])));
    }
    Ok(())
}

/// 5.3.2: "The UserInfo Response MAY be signed or encrypted, or both"; "If signed, the UserInfo Response MUST contain the Claims iss and
/// aud as members"; "If the UserInfo Response is signed and/or encrypted, then the Claims are returned in a JWT and the content-type MUST
/// be application/jwt".
async fn userinfo_is_signed_and_encrypted_as_registered(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let key = ClientKey::of("ECDH-ES+A256KW", "enc-1");
    let encryption = json!({ "jwks": key.jwks(), "userinfo_encrypted_response_alg": "ECDH-ES+A256KW" });
    let mut both = encryption.clone();
    both["userinfo_signed_response_alg"] = json!("PS256");
    let cases = [
        (json!({}), false, false),
        (json!({ "userinfo_signed_response_alg": "ES256" }), true, false),
        (encryption, false, true),
        (both, true, true),
    ];
    for (fields, signed, encrypted) in cases {
        let (client, tokens) = id_token(&scene, fields).await?;
        let answer = scene.world.userinfo(text(&tokens, "access_token")?).await?;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let kind = answer.header("content-type").unwrap_or_default().to_owned();
        assert_eq!(kind.starts_with("application/jwt"), signed || encrypted, "{kind}");
        let inner = if encrypted { key.open(&answer.body).1 } else { answer.body.clone() };
        let claims: Value = if signed {
            let (_, claims) = verified(&inner, &scene.jwks().await?);
            let aud = &claims["aud"];
            assert!(aud == &json!(client) || aud == &json!([client]), "{claims}");
            assert_eq!(claims["iss"], scene.world.places.issuer());
            claims
        } else {
            serde_json::from_str(&inner)?
        };
        assert_eq!(claims["sub"], part(&scene_id_token(&tokens)?, 1)["sub"]);
        assert_eq!(claims["email"], super::super::EMAIL);
    }
    Ok(())
}

fn scene_id_token(tokens: &Value) -> anyhow::Result<String> {
    Ok(text(tokens, "id_token")?.to_owned())
}

/// 10.2: what is to be encrypted is never sent in clear because a key is missing.
async fn encryption_needs_a_key(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for name in ["id_token", "userinfo", "authorization", "introspection"] {
        let alg = format!("{name}_encrypted_response_alg");
        let enc = format!("{name}_encrypted_response_enc");
        let key = ClientKey::es256();
        for body in [
            json!({ alg.as_str(): "RSA-OAEP" }),
            json!({ enc.as_str(): "A128GCM", "jwks": key.jwks() }),
            json!({ alg.as_str(): "RSA1_5", "jwks": key.jwks() }),
            json!({ alg.as_str(): "dir", "jwks": key.jwks() }),
            json!({ alg.as_str(): "RSA-OAEP", enc.as_str(): "A1", "jwks": key.jwks() }),
        ] {
            let answer = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
            assert_eq!(answer.status, 400, "{body}: {}", answer.body);
            assert_error(&answer, 400, "invalid_client_metadata");
        }
    }
    // A key set that has none for the algorithm.
    let fields = json!({ "jwks": ClientKey::es256().jwks(), "id_token_encrypted_response_alg": "RSA-OAEP" });
    let client = scene.register(fields).await?;
    let authorization = scene.request_of(&client)?;
    let code = scene.code(&authorization).await?;
    let answer = scene.exchange(&authorization, &code, &[], &[]).await?;
    assert_eq!(answer.status, 400, "{}", answer.body);
    assert!(answer.json()?.get("id_token").is_none());
    Ok(())
}
