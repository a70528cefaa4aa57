//! Nonces of the server (sections 8 and 9).

use integration_tests::{settings::Engine, world::World};
use serde_json::json;

use super::super::{
    assert_error, basic, clock,
    keys::{ClientKey, hash},
    scene, text,
};
use crate::support::on_sqlite;

on_sqlite!(a_nonce_is_asked_for_and_given, a_nonce_is_good_for_a_while, a_protected_resource_asks_for_one);

fn demanding() -> serde_json::Value {
    json!({ "oauth2": { "dpop": { "require_nonce": true } } })
}

/// 8: "the authorization server [...] responds with [...] 400, error use_dpop_nonce, and a DPoP-Nonce HTTP header"; "the authorization
/// server MUST NOT accept any DPoP proofs without the nonce claim when a DPoP nonce has been provided to the client".
async fn a_nonce_is_asked_for_and_given(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(demanding()));
    let (id, secret) = scene.confidential().await?;
    let (header, key, url) = (basic(&id, &secret), ClientKey::es256(), scene.at("/oauth2/token"));
    let ask = async |changes: serde_json::Value| {
        let proof = key.proof("POST", &url, &changes);
        let headers = [("authorization", header.as_str()), ("dpop", proof.as_str())];
        scene.post("/oauth2/token", &headers, &[("grant_type", "client_credentials")]).await
    };
    let first = ask(json!({})).await?;
    assert_error(&first, 400, "use_dpop_nonce");
    let nonce = first.header("dpop-nonce").expect("a nonce").to_owned();
    // 8: nonces are opaque, unpredictable and of the syntax of the header: NQCHAR.
    assert!(nonce.len() >= 22 && nonce.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\'), "{nonce}");
    for wrong in ["", "guessed", &nonce[1..]] {
        assert_error(&ask(json!({ "nonce": wrong })).await?, 400, "use_dpop_nonce");
    }
    let answer = ask(json!({ "nonce": nonce })).await?;
    assert_eq!(answer.status, 200, "{}", answer.body);
    // 8.2: "the server can also supply the new DPoP-Nonce header in the HTTP response" of what succeeds.
    assert!(answer.header("dpop-nonce").is_some(), "{:?}", answer.headers);
    // 8: "exposed" to scripts and not cached.
    assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")));
    Ok(())
}

/// 8: "nonce values [...] time-limited": old ones are asked to be replaced.
async fn a_nonce_is_good_for_a_while(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock).oauth(demanding()));
    let (id, secret) = scene.confidential().await?;
    let (header, key, url) = (basic(&id, &secret), ClientKey::es256(), scene.at("/oauth2/token"));
    let now = || shared_types::time::Clock::now(&clock).timestamp();
    let ask = async |nonce: Option<&str>| {
        let proof = key.proof("POST", &url, &json!({ "iat": now(), "nonce": nonce }));
        let headers = [("authorization", header.as_str()), ("dpop", proof.as_str())];
        scene.post("/oauth2/token", &headers, &[("grant_type", "client_credentials")]).await
    };
    let nonce = ask(None).await?.header("dpop-nonce").expect("a nonce").to_owned();
    clock.advance(chrono::Duration::seconds(60));
    assert_eq!(ask(Some(&nonce)).await?.status, 200);
    clock.advance(chrono::Duration::seconds(600));
    let late = ask(Some(&nonce)).await?;
    assert_error(&late, 400, "use_dpop_nonce");
    assert_ne!(late.header("dpop-nonce"), Some(nonce.as_str()));
    Ok(())
}

/// 9: a resource server answers "401 [...] WWW-Authenticate: DPoP error="use_dpop_nonce"" with the header DPoP-Nonce.
async fn a_protected_resource_asks_for_one(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(demanding()));
    let (key, url) = (ClientKey::es256(), scene.at("/oauth2/token"));
    let authorization = scene.authorization()?;
    let code = scene.code(&authorization).await?;
    let exchange = async |changes: serde_json::Value| {
        let proof = key.proof("POST", &url, &changes);
        scene.exchange(&authorization, &code, &[("dpop", &proof)], &[]).await
    };
    let refused = exchange(json!({})).await?;
    assert_error(&refused, 400, "use_dpop_nonce");
    // The code is not spent by the attempt.
    let nonce = refused.header("dpop-nonce").expect("a nonce").to_owned();
    let tokens = exchange(json!({ "nonce": nonce })).await?.expect(200)?;
    let token = text(&tokens, "access_token")?;
    let ask = async |nonce: Option<&str>| {
        let proof = key.proof("GET", &scene.at("/userinfo"), &json!({ "ath": hash(token), "nonce": nonce }));
        let scheme = format!("DPoP {token}");
        scene.get("/userinfo", &[("authorization", &scheme), ("dpop", &proof)]).await
    };
    let refused = ask(None).await?;
    assert_eq!(refused.status, 401, "{}", refused.body);
    let challenge = refused.header("www-authenticate").unwrap_or_default();
    assert!(challenge.starts_with("DPoP") && challenge.contains("error=\"use_dpop_nonce\""), "{challenge}");
    let nonce = refused.header("dpop-nonce").expect("a nonce").to_owned();
    assert_eq!(ask(Some(&nonce)).await?.status, 200);
    Ok(())
}
