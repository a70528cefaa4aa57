//! The checks of section 4.3, one by one, at both kinds of endpoint.

use integration_tests::{person::Answer, settings::Engine, world::World};
use serde_json::{Value, json};

use super::super::{
    Scene, assert_error, basic,
    keys::{ClientKey, encoded, hash, lay, now, random},
    scene, text,
};
use crate::support::{on_both, on_sqlite};

on_both!(what_is_wrong_with_a_proof_refuses_the_request);
on_sqlite!(the_address_of_a_proof_is_compared_as_addresses_are, a_protected_resource_checks_the_same);

fn wrong(key: &ClientKey, method: &str, url: &str) -> Vec<(&'static str, Vec<String>)> {
    let proof = |changes: Value| vec![key.proof(method, url, &changes)];
    let headed = |header: Value| {
        let claims = json!({ "htm": method, "htu": url, "iat": now(), "jti": random() });
        vec![key.sign(&lay(json!({ "typ": "dpop+jwt", "jwk": key.jwk(), "kid": null }), &header), &claims)]
    };
    let other = ClientKey::es256();
    let unsigned = {
        let none = json!({ "typ": "dpop+jwt", "alg": "none", "jwk": key.jwk() });
        let claims = json!({ "htm": method, "htu": url, "iat": now(), "jti": random() });
        vec![format!("{}.{}.", encoded(&none), encoded(&claims))]
    };
    vec![
        ("1. more than one header", vec![key.proof(method, url, &json!({})), key.proof(method, url, &json!({}))]),
        ("2. no JWT", vec!["x.y.z".to_owned()]),
        (
            "2. two proofs in one",
            vec![format!("{}, {}", key.proof(method, url, &json!({})), key.proof(method, url, &json!({})))],
        ),
        ("3. no jti", proof(json!({ "jti": null }))),
        ("3. an empty jti", proof(json!({ "jti": "" }))),
        ("3. a jti that is no text", proof(json!({ "jti": 7 }))),
        ("3. no htm", proof(json!({ "htm": null }))),
        ("3. no htu", proof(json!({ "htu": null }))),
        ("3. no iat", proof(json!({ "iat": null }))),
        ("3. an iat that is no time", proof(json!({ "iat": "now" }))),
        ("4. no typ", headed(json!({ "typ": null }))),
        ("4. another typ", headed(json!({ "typ": "JWT" }))),
        ("5. no algorithm", unsigned),
        ("5. a symmetric algorithm", headed(json!({ "alg": "HS256" }))),
        ("5. an unknown algorithm", headed(json!({ "alg": "XX256" }))),
        ("6. no key", headed(json!({ "jwk": null }))),
        ("6. another key", headed(json!({ "jwk": other.jwk() }))),
        ("6. a key that is no key", headed(json!({ "jwk": { "kty": "EC" } }))),
        ("6. a symmetric key", headed(json!({ "jwk": { "kty": "oct", "k": "AAAA" } }))),
        ("7. a private key", headed(json!({ "jwk": key.private_jwk() }))),
        ("8. another method", proof(json!({ "htm": "PUT" }))),
        ("8. the method in small letters", proof(json!({ "htm": method.to_lowercase() }))),
        ("9. another address", proof(json!({ "htu": "https://elsewhere.example/oauth2/token" }))),
        ("9. another path", proof(json!({ "htu": format!("{url}/more") }))),
        ("11. too old", proof(json!({ "iat": now() - 120 }))),
        ("11. not made yet", proof(json!({ "iat": now() + 120 }))),
    ]
}

/// 4.3: "To validate a DPoP proof, the receiving server MUST ensure the following" (eleven points, of which the nonce has tests of its
/// own); 5: "the authorization server [...] error code invalid_dpop_proof".
async fn what_is_wrong_with_a_proof_refuses_the_request(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential().await?;
    let (header, key) = (basic(&id, &secret), ClientKey::es256());
    let ask = async |proofs: &[String]| {
        let mut headers = vec![("authorization", header.as_str())];
        headers.extend(proofs.iter().map(|proof| ("dpop", proof.as_str())));
        scene.post("/oauth2/token", &headers, &[("grant_type", "client_credentials")]).await
    };
    let url = scene.at("/oauth2/token");
    for (name, proofs) in wrong(&key, "POST", &url) {
        let answer = ask(&proofs).await?;
        assert_eq!(answer.status, 400, "{name}: {}", answer.body);
        assert_error(&answer, 400, "invalid_dpop_proof");
    }
    // 11.1: the same proof comes once.
    let proof = [key.proof("POST", &url, &json!({}))];
    ask(&proof).await?.expect(200)?;
    assert_error(&ask(&proof).await?, 400, "invalid_dpop_proof");
    Ok(())
}

/// 4.3, 9: "The htu claim matches the HTTP URI value for the HTTP request in which the JWT was received, ignoring any query and fragment
/// parts"; servers SHOULD normalise by syntax and scheme.
async fn the_address_of_a_proof_is_compared_as_addresses_are(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential().await?;
    let (header, key) = (basic(&id, &secret), ClientKey::es256());
    let url = scene.at("/oauth2/token");
    let spelled = [
        format!("{url}?a=b"),
        format!("{url}#fragment"),
        url.replacen("http", "HTTP", 1),
        url.replace("/oauth2/token", "/oauth2/./token"),
        url.replace("/oauth2/token", "/oauth2/x/../token"),
    ];
    for htu in spelled {
        let proof = key.proof("POST", &htu, &json!({}));
        let headers = [("authorization", header.as_str()), ("dpop", proof.as_str())];
        let answer = scene.post("/oauth2/token", &headers, &[("grant_type", "client_credentials")]).await?;
        assert_eq!(answer.status, 200, "{htu}: {}", answer.body);
    }
    Ok(())
}

/// 7.1: "the protected resource [...] MUST check that the DPoP proof JWT is valid according to the rules" of 4.3, the hash of the access
/// token included; 7.1: errors come in a challenge of the scheme DPoP with the algorithms.
async fn a_protected_resource_checks_the_same(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (key, other, url) = (ClientKey::es256(), ClientKey::es256(), scene.at("/userinfo"));
    let token = bound_token(&scene, &key).await?;
    let ath = json!({ "ath": hash(&token) });
    let ask = async |proofs: &[String]| {
        let scheme = format!("DPoP {token}");
        let mut headers = vec![("authorization", scheme.as_str())];
        headers.extend(proofs.iter().map(|proof| ("dpop", proof.as_str())));
        scene.get("/userinfo", &headers).await
    };
    ask(&[key.proof("GET", &url, &ath)]).await?.expect(200)?;
    let challenged = |name: &str, answer: &Answer| {
        assert_eq!(answer.status, 401, "{name}: {}", answer.body);
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.starts_with("DPoP ") || challenge.starts_with("Bearer "), "{name}: {challenge}");
        challenge.to_owned()
    };
    let mut cases = wrong(&key, "GET", &url);
    cases.retain(|(name, _)| !name.starts_with("1.") && !name.starts_with("2."));
    for (name, proofs) in cases {
        let challenge = challenged(name, &ask(&proofs).await?);
        assert!(
            challenge.contains("error=\"invalid_dpop_proof\"") && challenge.contains("algs=\""),
            "{name}: {challenge}"
        );
    }
    // 4.3, 12: the hash of the token presented, and the key it is bound to.
    for (name, proof) in [
        ("no ath", key.proof("GET", &url, &json!({}))),
        ("the ath of another token", key.proof("GET", &url, &json!({ "ath": hash("another") }))),
        ("another key", other.proof("GET", &url, &ath)),
    ] {
        challenged(name, &ask(&[proof]).await?);
    }
    challenged("no proof", &ask(&[]).await?);
    challenged("two proofs", &ask(&[key.proof("GET", &url, &ath), key.proof("GET", &url, &ath)]).await?);
    let proof = [key.proof("GET", &url, &ath)];
    ask(&proof).await?.expect(200)?;
    challenged("the same proof", &ask(&proof).await?);
    Ok(())
}

/// An access token of the scene's client that is bound to this key.
pub(super) async fn bound_token(scene: &Scene, key: &ClientKey) -> anyhow::Result<String> {
    let authorization = scene.authorization()?;
    let code = scene.code(&authorization).await?;
    let proof = key.proof("POST", &scene.at("/oauth2/token"), &json!({}));
    let tokens = scene.exchange(&authorization, &code, &[("dpop", &proof)], &[]).await?.expect(200)?;
    assert_eq!(text(&tokens, "token_type")?, "DPoP");
    Ok(text(&tokens, "access_token")?.to_owned())
}
