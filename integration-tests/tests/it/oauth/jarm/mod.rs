//! JWT Secured Authorization Response Mode for OAuth 2.0 (JARM).

use integration_tests::{form::Form, login, settings::Engine, world::World};
use serde_json::json;

use super::{
    keys::{ClientKey, now, part, verified},
    location, scene, text,
};
use crate::support::on_sqlite;

on_sqlite!(
    an_answer_is_one_signed_parameter,
    errors_are_answered_alike,
    an_answer_is_signed_and_then_encrypted,
    an_answer_with_tokens_is_not_in_the_query
);

/// 2.1: "iss [...] aud [...] exp [...] A maximum JWT lifetime of 10 minutes is RECOMMENDED"; 2.3: "response" is the one parameter of the query
/// (2.3.1), of the fragment (2.3.2) or of a form (2.3.3); 2.3.4: "jwt" is the default of the response type.
async fn an_answer_is_one_signed_parameter(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let fields = json!({ "authorization_signed_response_alg": "ES256", "grant_types": ["authorization_code", "implicit"],
        "response_types": ["code", "code id_token"] });
    let client = scene.register(fields).await?;
    for (mode, kind, in_fragment) in [
        ("jwt", "code", false),
        ("query.jwt", "code", false),
        ("fragment.jwt", "code", true),
        ("jwt", "code id_token", true),
        ("form_post.jwt", "code", false),
    ] {
        let request = scene.request_of(&client)?.with("response_mode", mode).with("response_type", kind);
        let end = scene.sign_in(&request).await?;
        let response = if mode == "form_post.jwt" {
            let form = Form::with_field(&end.html, "response")?;
            assert_eq!((form.method.as_str(), form.action.as_str(), form.names.len()), ("post", login::CALLBACK, 1));
            form.fields[0].1.clone()
        } else {
            assert_eq!(end.url.fragment().is_some(), in_fragment, "{mode} {kind}: {}", end.url);
            let all = if in_fragment { end.url.fragment() } else { end.url.query() }.unwrap_or_default().to_owned();
            assert!(all.starts_with("response=") && !all.contains('&'), "{mode}: {all}");
            end.parameter("response").expect("a response")
        };
        let (header, claims) = verified(&response, &scene.jwks().await?);
        assert_eq!(header["alg"], "ES256");
        assert_eq!(
            (text(&claims, "iss")?, text(&claims, "aud")?),
            (scene.world.places.issuer().as_str(), client.as_str())
        );
        assert_eq!(text(&claims, "state")?, request.state);
        let left = claims["exp"].as_i64().map(|exp| exp - now());
        assert!(left.is_some_and(|seconds| (1..=600).contains(&seconds)), "{claims}");
        assert_eq!(claims["id_token"].is_string(), kind == "code id_token");
        scene.exchange(&request, text(&claims, "code")?, &[], &[]).await?.expect(200)?;
    }
    Ok(())
}

/// 2.2: "the JWT contains the error response parameters"; 2.4: a client that names no algorithm gets RS256, and "none is not allowed".
async fn errors_are_answered_alike(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for mode in ["jwt", "query.jwt", "fragment.jwt"] {
        let request = scene.authorization()?.with("response_mode", mode).with("prompt", "none");
        let answer = scene.look(request.url.as_str(), &[]).await?;
        let to = location(&answer);
        assert!(!to.as_str().contains("error="), "{to}");
        let response = super::sent(&answer, "response").expect("a response");
        let (header, claims) = verified(&response, &scene.jwks().await?);
        assert_eq!((text(&header, "alg")?, text(&claims, "error")?), ("RS256", "login_required"));
        assert_eq!(
            (text(&claims, "state")?, text(&claims, "aud")?),
            (request.state.as_str(), scene.client_id.as_str())
        );
    }
    for alg in ["none", "HS256"] {
        let body = json!({ "authorization_signed_response_alg": alg });
        let answer = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
        super::assert_error(&answer, 400, "invalid_client_metadata");
    }
    Ok(())
}

/// 2.2: "signed, or signed and encrypted. If the JWT is both signed and encrypted, the JWT will be signed first and then encrypted".
async fn an_answer_is_signed_and_then_encrypted(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let key = ClientKey::of("ECDH-ES", "e-1");
    let fields = json!({
        "jwks": key.jwks(), "authorization_signed_response_alg": "PS256", "authorization_encrypted_response_alg": "ECDH-ES",
        "authorization_encrypted_response_enc": "A128GCM",
    });
    let client = scene.register(fields).await?;
    let end = scene.sign_in(&scene.request_of(&client)?.with("response_mode", "jwt")).await?;
    let (header, inner) = key.open(&end.parameter("response").expect("a response"));
    assert_eq!((text(&header, "enc")?, text(&header, "cty")?), ("A128GCM", "JWT"));
    assert!(verified(&inner, &scene.jwks().await?).1["code"].is_string());
    Ok(())
}

/// 2.3.1: "query.jwt MUST NOT be used in conjunction with response types that contain token or id_token unless the response JWT is
/// encrypted".
async fn an_answer_with_tokens_is_not_in_the_query(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let fields =
        json!({ "grant_types": ["authorization_code", "implicit"], "response_types": ["id_token", "code id_token"] });
    let client = scene.register(fields).await?;
    for kind in ["id_token", "code id_token"] {
        let request = scene.request_of(&client)?.with("response_type", kind).with("response_mode", "query.jwt");
        let answer = scene.look(request.url.as_str(), &[]).await?;
        assert!(location(&answer).query().is_none(), "{:?}", answer.headers);
        let response = super::sent(&answer, "response").expect("a response");
        assert_eq!(part(&response, 1)["error"], "unsupported_response_mode");
    }
    Ok(())
}
