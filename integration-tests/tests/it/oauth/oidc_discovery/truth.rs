//! Every value the metadata lists really works, or is accepted where it is named.

use integration_tests::{login, person::Page, settings::Engine, world::World};
use serde_json::{Value, json};

use super::super::{
    ASSERTION, as_claims, basic,
    keys::{ClientKey, encoded, lay, now, part, random, verified},
    scene, sent, text,
};
use crate::support::on_sqlite;

on_sqlite!(
    response_types_and_modes_are_answered,
    grants_are_known,
    clients_authenticate_by_each_method,
    answers_are_signed_by_each_algorithm,
    answers_are_encrypted_by_each_algorithm,
    requests_are_taken_by_each_algorithm,
    scopes_and_subjects_are_taken,
);

fn list(document: &Value, name: &str) -> Vec<String> {
    let list = document[name].as_array().unwrap_or_else(|| panic!("no {name} in {document}"));
    list.iter().map(|value| value.as_str().unwrap_or_else(|| panic!("{name}: {value}")).to_owned()).collect()
}

/// Where the answer is, whichever way it was delivered.
fn delivered(page: &Page, name: &str) -> Option<String> {
    let by_form = || {
        let form = integration_tests::form::Form::all(&page.html).into_iter().next()?;
        form.fields.into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
    };
    page.parameter(name).or_else(by_form)
}

/// response_types_supported and response_modes_supported, each with each.
async fn response_types_and_modes_are_answered(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let document = scene.metadata().await?;
    let types = list(&document, "response_types_supported");
    let modes = list(&document, "response_modes_supported");
    assert!(types.len() >= 5 && modes.len() >= 3, "{types:?} {modes:?}");
    let client =
        scene.register(json!({ "grant_types": ["authorization_code", "implicit"], "response_types": types })).await?;
    let person = login::person()?;
    scene.sign_in_as(&person, &scene.request_of(&client)?).await?;
    for kind in &types {
        for mode in &modes {
            let request = scene.request_of(&client)?.with("response_type", kind).with("response_mode", mode);
            let query = mode.starts_with("query");
            let page = person.open(request.url.as_str()).await?;
            if query && kind != "code" {
                assert!(
                    delivered(&page, "error").is_some() || delivered(&page, "response").is_some(),
                    "{kind} by {mode}: {}",
                    page.url
                );
                continue;
            }
            let end = if page.html.contains("consent_challenge") {
                login::consent_to_all(&person, &page).await?
            } else {
                page
            };
            let answer = match delivered(&end, "response") {
                Some(response) => verified(&response, &scene.jwks().await?).1,
                None => json!({
                    "code": delivered(&end, "code"), "id_token": delivered(&end, "id_token"), "access_token": delivered(&end, "access_token"),
                }),
            };
            for (word, member) in [("code", "code"), ("id_token", "id_token"), ("token", "access_token")] {
                let wanted = kind.split(' ').any(|part| part == word);
                assert_eq!(answer[member].is_string(), wanted, "{kind} by {mode}: {answer} {} {}", end.url, end.html);
            }
        }
    }
    Ok(())
}

/// grant_types_supported: none is answered as one nobody knows, and one nobody knows is.
async fn grants_are_known(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let grants = list(&scene.metadata().await?, "grant_types_supported");
    let (id, secret) = scene.confidential_with(json!({ "grant_types": grants })).await?;
    let header = basic(&id, &secret);
    let unknown =
        scene.post("/oauth2/token", &[("authorization", &header)], &[("grant_type", "made-up")]).await?.json()?;
    for grant in grants.iter().filter(|grant| *grant != "implicit") {
        let answer = scene.post("/oauth2/token", &[("authorization", &header)], &[("grant_type", grant)]).await?;
        let body = answer.json()?;
        assert_ne!(body["error_description"], unknown["error_description"], "{grant}");
        assert!(!matches!(body["error"].as_str(), Some("unauthorized_client")), "{grant}: {body}");
    }
    Ok(())
}

/// token_endpoint_auth_methods_supported and its algorithms, at the endpoints for which they are listed.
async fn clients_authenticate_by_each_method(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let document = scene.metadata().await?;
    let methods = list(&document, "token_endpoint_auth_methods_supported");
    assert!(
        ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]
            .iter()
            .all(|name| methods.contains(&(*name).to_owned())),
        "{methods:?}"
    );
    assert!(!methods.iter().any(|name| name.contains("tls")), "no certificate can be shown here");
    let issuer = scene.world.places.issuer();
    for alg in
        list(&document, "token_endpoint_auth_signing_alg_values_supported").iter().filter(|alg| !alg.starts_with("HS"))
    {
        let key = ClientKey::of(alg, "k");
        let fields = json!({
            "grant_types": ["client_credentials"], "token_endpoint_auth_method": "private_key_jwt", "jwks": key.jwks(),
            "token_endpoint_auth_signing_alg": alg,
        });
        let client = scene.register(fields).await?;
        for (path, extra) in
            [("/oauth2/token", ("grant_type", "client_credentials")), ("/oauth2/revoke", ("token", "nothing"))]
        {
            let assertion = key.assertion(&client, &issuer, &json!({}));
            let form = [extra, ("client_assertion_type", ASSERTION), ("client_assertion", assertion.as_str())];
            let answer = scene.post(path, &[], &form).await?;
            assert_eq!(answer.status, 200, "{alg} at {path}: {}", answer.body);
        }
    }
    Ok(())
}

/// id_token_, userinfo_, authorization_ and introspection_signing_alg_values_supported.
async fn answers_are_signed_by_each_algorithm(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let document = scene.metadata().await?;
    for alg in list(&document, "id_token_signing_alg_values_supported") {
        for listed in ["userinfo_signing_alg_values_supported", "authorization_signing_alg_values_supported"] {
            assert!(list(&document, listed).contains(&alg), "{alg} in {listed}");
        }
        let fields = json!({
            "id_token_signed_response_alg": alg, "userinfo_signed_response_alg": alg, "authorization_signed_response_alg": alg,
        });
        let client = scene.register(fields).await?;
        let request = scene.request_of(&client)?.with("response_mode", "jwt");
        let end = scene.sign_in(&request).await?;
        let response = end.parameter("response").unwrap_or_else(|| panic!("{}", end.url));
        let (header, answer) = verified(&response, &scene.jwks().await?);
        assert_eq!(header["alg"], alg.as_str(), "JARM");
        let tokens = scene.exchange(&request, text(&answer, "code")?, &[], &[]).await?.expect(200)?;
        let jwks = scene.jwks().await?;
        assert_eq!(verified(text(&tokens, "id_token")?, &jwks).0["alg"], alg.as_str());
        let userinfo = scene.world.userinfo(text(&tokens, "access_token")?).await?;
        assert_eq!(verified(&userinfo.body, &jwks).0["alg"], alg.as_str(), "userinfo");
    }
    Ok(())
}

/// id_token_encryption_alg_values_supported with id_token_encryption_enc_values_supported; the others list the same.
async fn answers_are_encrypted_by_each_algorithm(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let document = scene.metadata().await?;
    let (algs, encs) = (
        list(&document, "id_token_encryption_alg_values_supported"),
        list(&document, "id_token_encryption_enc_values_supported"),
    );
    for name in ["userinfo", "authorization", "introspection"] {
        assert_eq!(list(&document, &format!("{name}_encryption_alg_values_supported")), algs);
        assert_eq!(list(&document, &format!("{name}_encryption_enc_values_supported")), encs);
    }
    for (index, alg) in algs.iter().enumerate() {
        let (key, enc) = (ClientKey::of(alg, "e"), &encs[index % encs.len()]);
        let fields = json!({
            "jwks": key.jwks(), "id_token_encrypted_response_alg": alg, "id_token_encrypted_response_enc": enc,
            "userinfo_encrypted_response_alg": alg, "userinfo_encrypted_response_enc": enc,
            "authorization_signed_response_alg": "RS256", "authorization_encrypted_response_alg": alg,
            "authorization_encrypted_response_enc": enc,
        });
        let client = scene.register(fields).await?;
        let request = scene.request_of(&client)?.with("response_mode", "jwt");
        let response = scene.sign_in(&request).await?.parameter("response").expect("a response");
        let (header, inner) = key.open(&response);
        assert_eq!((text(&header, "alg")?, text(&header, "enc")?), (alg.as_str(), enc.as_str()));
        let answer = verified(&inner, &scene.jwks().await?).1;
        let tokens = scene.exchange(&request, text(&answer, "code")?, &[], &[]).await?.expect(200)?;
        verified(&key.open(text(&tokens, "id_token")?).1, &scene.jwks().await?);
        let userinfo = scene.world.userinfo(text(&tokens, "access_token")?).await?;
        assert!(key.open(&userinfo.body).1.contains(&scene.subject), "{alg} {enc}");
    }
    Ok(())
}

/// request_object_signing_alg_values_supported, request_parameter_supported, request_uri_parameter_supported, and none where registered.
async fn requests_are_taken_by_each_algorithm(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let document = scene.metadata().await?;
    for flag in [
        "request_parameter_supported",
        "request_uri_parameter_supported",
        "require_request_uri_registration",
        "claims_parameter_supported",
    ] {
        assert_eq!(document[flag], true, "{flag}");
    }
    for alg in list(&document, "request_object_signing_alg_values_supported") {
        let key = ClientKey::of(if alg == "none" { "ES256" } else { &alg }, "k");
        let client = scene.register(json!({ "jwks": key.jwks(), "request_object_signing_alg": alg })).await?;
        let request = scene.request_of(&client)?;
        let envelope = json!({ "iss": client, "aud": scene.world.places.issuer(), "exp": now() + 60, "jti": random() });
        let claims = lay(as_claims(&request), &envelope);
        let object = if alg == "none" {
            format!("{}.{}.", encoded(&json!({ "alg": "none" })), encoded(&claims))
        } else {
            key.sign(&json!({}), &claims)
        };
        let answer = scene.look(request.with("request", &object).url.as_str(), &[]).await?;
        assert!(sent(&answer, "login_challenge").is_some(), "{alg}: {:?}", answer.headers);
    }
    Ok(())
}

/// scopes_supported, subject_types_supported, code_challenge_methods_supported and claims_supported.
async fn scopes_and_subjects_are_taken(engine: Engine) -> anyhow::Result<()> {
    let extra = json!({ "webfinger": { "oidc_discovery": { "supported_scope": ["orders"], "supported_claims": ["email", "role"] } } });
    let scene = scene!(World::on(engine).oauth(extra));
    let document = scene.metadata().await?;
    let scopes = list(&document, "scopes_supported");
    assert!(scopes.contains(&"orders".to_owned()) && scopes.contains(&"openid".to_owned()), "{scopes:?}");
    let client = scene.register(json!({ "scope": format!("{} profile email", scopes.join(" ")) })).await?;
    let request = login::Authorization::new(&scene.world, &client, &format!("{} profile email", scopes.join(" ")))?;
    let code = scene.code(&request).await?;
    let tokens = scene.exchange(&request, &code, &[], &[]).await?.expect(200)?;
    for scope in scopes {
        assert!(text(&tokens, "scope")?.split(' ').any(|granted| granted == scope), "{scope}: {tokens}");
    }
    let claims = part(text(&tokens, "id_token")?, 1);
    for claim in list(&document, "claims_supported") {
        assert!(claims.get(&claim).is_some(), "{claim}: {claims}");
    }
    assert_eq!(list(&document, "code_challenge_methods_supported"), ["S256"]);
    assert_eq!(list(&document, "subject_types_supported"), ["public"]);
    Ok(())
}
