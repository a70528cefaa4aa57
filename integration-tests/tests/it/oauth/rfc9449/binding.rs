//! What tokens and codes are bound to, and that the binding cannot be taken off.

use integration_tests::{settings::Engine, world::World};
use serde_json::json;

use super::{
    super::{
        assert_error, assert_told, basic,
        keys::{ClientKey, hash, part},
        scene, text,
    },
    proofs::bound_token,
};
use crate::support::{on_both, on_sqlite};

on_both!(a_bound_token_says_what_it_is_bound_to, a_public_client_refreshes_with_its_key);
on_sqlite!(
    a_bound_token_is_no_bearer_token,
    a_code_is_bound_to_the_key_the_request_named,
    a_pushed_request_is_bound_by_its_proof,
    a_client_that_registered_for_it_gets_bound_tokens_alone,
    metadata_lists_algorithms_that_work,
);

/// 5: "token_type [...] MUST be DPoP"; 6.1: the thumbprint in cnf.jkt of a JWT, 6.2: and of an introspection answer.
async fn a_bound_token_says_what_it_is_bound_to(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential_with(json!({ "access_token_strategy": "jwt" })).await?;
    let (header, key) = (basic(&id, &secret), ClientKey::es256());
    let proof = key.proof("POST", &scene.at("/oauth2/token"), &json!({}));
    let headers = [("authorization", header.as_str()), ("dpop", proof.as_str())];
    let tokens = scene.post("/oauth2/token", &headers, &[("grant_type", "client_credentials")]).await?.expect(200)?;
    assert_eq!(text(&tokens, "token_type")?, "DPoP");
    let token = text(&tokens, "access_token")?;
    assert_eq!(part(token, 1)["cnf"], json!({ "jkt": key.thumbprint() }));
    let found = scene.world.introspect(token).await?;
    assert_eq!((&found["cnf"]["jkt"], &found["token_type"]), (&json!(key.thumbprint()), &json!("DPoP")));
    // Without a proof the token is an ordinary one.
    let tokens =
        scene.post("/oauth2/token", &headers[..1], &[("grant_type", "client_credentials")]).await?.expect(200)?;
    assert_eq!((text(&tokens, "token_type")?, part(text(&tokens, "access_token")?, 1).get("cnf")), ("bearer", None));
    Ok(())
}

/// 5: "Refresh tokens issued to public clients MUST be bound to the DPoP key"; "the authorization server MUST require proof of the same
/// key at refresh". 5: those of confidential clients are not, so that keys may change.
async fn a_public_client_refreshes_with_its_key(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (key, other, url) = (ClientKey::es256(), ClientKey::es256(), scene.at("/oauth2/token"));
    let authorization = scene.authorization()?;
    let code = scene.code(&authorization).await?;
    let proof = key.proof("POST", &url, &json!({}));
    let tokens = scene.exchange(&authorization, &code, &[("dpop", &proof)], &[]).await?.expect(200)?;
    let refresh = text(&tokens, "refresh_token")?;
    let ask = async |proof: Option<String>, token: &str| {
        let form = [("grant_type", "refresh_token"), ("refresh_token", token), ("client_id", scene.client_id.as_str())];
        let headers: Vec<(&str, &str)> = proof.iter().map(|proof| ("dpop", proof.as_str())).collect();
        scene.post("/oauth2/token", &headers, &form).await
    };
    assert_error(&ask(None, refresh).await?, 400, "invalid_grant");
    assert_error(&ask(Some(other.proof("POST", &url, &json!({}))), refresh).await?, 400, "invalid_grant");
    let next = ask(Some(key.proof("POST", &url, &json!({}))), refresh).await?.expect(200)?;
    assert_eq!(text(&next, "token_type")?, "DPoP");
    assert_error(&ask(None, text(&next, "refresh_token")?).await?, 400, "invalid_grant");

    let (id, secret) = scene.confidential().await?;
    let header = basic(&id, &secret);
    let authorization = scene.request_of(&id)?;
    let code = scene.code(&authorization).await?;
    let proof = key.proof("POST", &url, &json!({}));
    let headers = [("authorization", header.as_str()), ("dpop", proof.as_str())];
    let tokens = scene.exchange(&authorization, &code, &headers, &[]).await?.expect(200)?;
    let proof = other.proof("POST", &url, &json!({}));
    let headers = [("authorization", header.as_str()), ("dpop", proof.as_str())];
    let form = [("grant_type", "refresh_token"), ("refresh_token", text(&tokens, "refresh_token")?)];
    let next = scene.post("/oauth2/token", &headers, &form).await?.expect(200)?;
    let found = scene.world.introspect(text(&next, "access_token")?).await?;
    assert_eq!(found["cnf"]["jkt"], other.thumbprint().as_str());
    Ok(())
}

/// 7.2: "a DPoP-bound access token [...] MUST NOT be accepted" as a bearer token; 7.1: nor an ordinary one by the scheme DPoP.
async fn a_bound_token_is_no_bearer_token(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (key, url) = (ClientKey::es256(), scene.at("/userinfo"));
    let token = bound_token(&scene, &key).await?;
    let proof = || key.proof("GET", &url, &json!({ "ath": hash(&token) }));
    let bearer = format!("Bearer {token}");
    for headers in [vec![("authorization", bearer.clone())], vec![("authorization", bearer.clone()), ("dpop", proof())]]
    {
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = scene.get("/userinfo", &headers).await?;
        assert_eq!(answer.status, 401, "{}", answer.body);
        assert!(
            answer.header("www-authenticate").is_some_and(|text| text.contains("invalid_token")),
            "{:?}",
            answer.headers
        );
    }
    assert_eq!(scene.get(&format!("/userinfo?access_token={token}"), &[]).await?.status, 401);
    assert_eq!(scene.post("/userinfo", &[], &[("access_token", &token)]).await?.status, 401);

    let plain = scene.tokens().await?;
    let plain = text(&plain, "access_token")?;
    let (scheme, proof) = (format!("DPoP {plain}"), key.proof("GET", &url, &json!({ "ath": hash(plain) })));
    assert_eq!(scene.get("/userinfo", &[("authorization", &scheme), ("dpop", &proof)]).await?.status, 401);
    Ok(())
}

/// 10: "the authorization server computes the JWK Thumbprint of the proof-of-possession public key in the DPoP proof and verifies that
/// it matches the dpop_jkt parameter value in the authorization request. If they do not match, it MUST reject the request."
async fn a_code_is_bound_to_the_key_the_request_named(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (key, other, url) = (ClientKey::es256(), ClientKey::es256(), scene.at("/oauth2/token"));
    let authorization = scene.authorization()?.with("dpop_jkt", &key.thumbprint());
    let code = scene.code(&authorization).await?;
    assert_error(&scene.exchange(&authorization, &code, &[], &[]).await?, 400, "invalid_grant");
    let proof = other.proof("POST", &url, &json!({}));
    assert_error(&scene.exchange(&authorization, &code, &[("dpop", &proof)], &[]).await?, 400, "invalid_grant");
    let proof = key.proof("POST", &url, &json!({}));
    scene.exchange(&authorization, &code, &[("dpop", &proof)], &[]).await?.expect(200)?;
    for malformed in ["short", &"x".repeat(44)] {
        let request = scene.authorization()?.with("dpop_jkt", malformed);
        assert_told(&scene.look(request.url.as_str(), &[]).await?, "invalid_request");
    }
    Ok(())
}

/// 10.1: "a client can send a DPoP proof with the pushed request [...] the authorization server MUST [...] reject the request if the
/// thumbprint of dpop_jkt is another."
async fn a_pushed_request_is_bound_by_its_proof(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (key, other) = (ClientKey::es256(), ClientKey::es256());
    let (par, url) = (scene.at("/oauth2/par"), scene.at("/oauth2/token"));
    let authorization = scene.authorization()?;
    let parameters: Vec<(String, String)> =
        authorization.url.query_pairs().map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    let mut form: Vec<(&str, &str)> = parameters.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let proof = key.proof("POST", &par, &json!({}));
    let pushed = scene.post("/oauth2/par", &[("dpop", &proof)], &form).await?.expect(201)?;
    let mut by_reference = authorization.clone();
    by_reference
        .url
        .query_pairs_mut()
        .clear()
        .extend_pairs([("client_id", scene.client_id.as_str()), ("request_uri", text(&pushed, "request_uri")?)]);
    let code = scene.code(&by_reference).await?;
    assert_error(&scene.exchange(&authorization, &code, &[], &[]).await?, 400, "invalid_grant");
    let proof = other.proof("POST", &url, &json!({}));
    assert_error(&scene.exchange(&authorization, &code, &[("dpop", &proof)], &[]).await?, 400, "invalid_grant");
    let proof = key.proof("POST", &url, &json!({}));
    scene.exchange(&authorization, &code, &[("dpop", &proof)], &[]).await?.expect(200)?;

    let named = other.thumbprint();
    form.push(("dpop_jkt", &named));
    let proof = key.proof("POST", &par, &json!({}));
    assert_error(&scene.post("/oauth2/par", &[("dpop", &proof)], &form).await?, 400, "invalid_dpop_proof");
    // A proof for another endpoint binds nothing.
    let proof = key.proof("POST", &url, &json!({}));
    assert_error(&scene.post("/oauth2/par", &[("dpop", &proof)], &form).await?, 400, "invalid_dpop_proof");
    Ok(())
}

/// 5.2: dpop_bound_access_tokens: "If true, the authorization server MUST reject token requests from the client that do not contain the
/// DPoP header."
async fn a_client_that_registered_for_it_gets_bound_tokens_alone(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential_with(json!({ "dpop_bound_access_tokens": true })).await?;
    let (header, key) = (basic(&id, &secret), ClientKey::es256());
    let form = [("grant_type", "client_credentials")];
    let answer = scene.post("/oauth2/token", &[("authorization", &header)], &form).await?;
    assert_error(&answer, 400, "invalid_dpop_proof");
    let proof = key.proof("POST", &scene.at("/oauth2/token"), &json!({}));
    scene.post("/oauth2/token", &[("authorization", &header), ("dpop", &proof)], &form).await?.expect(200)?;
    Ok(())
}

/// 5.1: dpop_signing_alg_values_supported, "a JSON array containing a list of the JWS alg values [...] supported by the authorization
/// server for DPoP proof JWTs".
async fn metadata_lists_algorithms_that_work(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential().await?;
    let header = basic(&id, &secret);
    let listed = scene.metadata().await?["dpop_signing_alg_values_supported"].clone();
    let listed = listed.as_array().expect("a list");
    assert!(listed.contains(&json!("ES256")) && !listed.contains(&json!("none")), "{listed:?}");
    for alg in listed {
        let key = ClientKey::of(alg.as_str().expect("a name"), "k");
        let proof = key.proof("POST", &scene.at("/oauth2/token"), &json!({}));
        let headers = [("authorization", header.as_str()), ("dpop", proof.as_str())];
        let answer = scene.post("/oauth2/token", &headers, &[("grant_type", "client_credentials")]).await?;
        assert_eq!(answer.status, 200, "{alg}: {}", answer.body);
    }
    Ok(())
}
