//! OpenID Connect Core 1.0, and the required metadata of Discovery 1.0.

mod clients;
mod front;
mod prompts;
mod renewal;
mod requests;
mod sealed;
mod subjects;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Duration;
use integration_tests::{
    login::{self, CALLBACK, claims, person},
    settings::Engine,
    world::World,
};
use serde_json::json;
use sha2::{Digest as _, Sha256};

use super::{EMAIL, PASSWORD, assert_redirected_error, clock, scene, text};
use crate::support::{on_both, on_sqlite};

on_both!(the_id_token_says_who_logged_in, a_remembered_login_is_not_asked_again);
on_sqlite!(
    prompt_none_never_shows_a_page,
    prompt_login_asks_again,
    max_age_asks_again_when_it_has_passed,
    a_hint_at_someone_else_is_not_followed,
    userinfo_answers_the_bearer_of_an_access_token,
    discovery_names_what_is_required,
    form_post_delivers_by_post,
    logout_ends_the_session_and_returns,
);

/// 2 and 3.1.3.6: the claims of an ID token, "nonce" passed through unmodified, "at_hash" over the access token.
async fn the_id_token_says_who_logged_in(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let authorization = scene.authorization()?.with("max_age", "3600");
    let code = scene.code(&authorization).await?;
    let tokens = authorization.exchange(&scene.world, &code).await?.expect(200)?;
    let id_token = claims(text(&tokens, "id_token")?)?;
    assert_eq!(id_token["iss"], scene.world.places.issuer());
    assert_eq!(id_token["sub"], scene.subject.as_str());
    assert_eq!(id_token["aud"], json!([scene.client_id]));
    assert_eq!(id_token["nonce"], authorization.nonce.as_str());
    let hash = Sha256::digest(text(&tokens, "access_token")?);
    assert_eq!(id_token["at_hash"], URL_SAFE_NO_PAD.encode(&hash[..16]));
    for name in ["exp", "iat", "auth_time", "rat"] {
        assert!(id_token[name].is_i64(), "{name}: {id_token}");
    }
    for name in ["jti", "sid"] {
        assert!(id_token[name].is_string(), "{name}: {id_token}");
    }
    // Roles arrive without a consent app of one's own.
    assert_eq!(id_token["role"], "buyer");
    assert_eq!(id_token["company_id"], "c-1");
    assert_eq!(id_token["permissions"], json!(["orders:read"]));
    assert_eq!((id_token["email"].as_str(), id_token["email_verified"].as_bool()), (Some(EMAIL), Some(true)));
    scene.world.stop().await;
    Ok(())
}

/// 3.1.2.3: a person whose session is remembered is authenticated already.
async fn a_remembered_login_is_not_asked_again(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = person()?;
    let first = scene.authorization()?;
    scene.sign_in_as(&person, &first).await?;
    let second = scene.authorization()?;
    let page = person.open(second.url.as_str()).await?;
    assert!(!page.html.contains("name=\"password\""), "asked for a password again at {}", page.url);
    let end =
        if page.url.as_str().starts_with(CALLBACK) { page } else { login::consent_to_all(&person, &page).await? };
    let code = end.parameter("code").expect("a code");
    second.exchange(&scene.world, &code).await?.expect(200)?;
    scene.world.stop().await;
    Ok(())
}

/// 3.1.2.1: "none: The Authorization Server MUST NOT display any authentication or consent user interface pages. An error is
/// returned if an End-User is not already authenticated or the Client does not have pre-configured consent."
async fn prompt_none_never_shows_a_page(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = person()?;
    let silent = person.open(scene.authorization()?.with("prompt", "none").url.as_str()).await?;
    assert_redirected_error(&silent, "login_required");
    Ok(())
}

/// 3.1.2.1: "login: The Authorization Server SHOULD prompt the End-User for reauthentication."
async fn prompt_login_asks_again(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = person()?;
    scene.sign_in_as(&person, &scene.authorization()?).await?;
    let again = scene.authorization()?.with("prompt", "login");
    let page = person.open(again.url.as_str()).await?;
    assert!(page.html.contains("name=\"password\""), "no password asked for at {}\n{}", page.url, page.html);
    Ok(())
}

/// 3.1.2.1, max_age: "If the elapsed time is greater than this value, the OP MUST attempt to actively re-authenticate the
/// End-User." 2: "when a max_age request is made [...] auth_time is REQUIRED."
async fn max_age_asks_again_when_it_has_passed(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let person = person()?;
    scene.sign_in_as(&person, &scene.authorization()?).await?;
    let fresh = person.open(scene.authorization()?.with("max_age", "300").url.as_str()).await?;
    assert!(!fresh.html.contains("name=\"password\""), "asked too early at {}", fresh.url);
    clock.advance(Duration::seconds(301));
    let stale = person.open(scene.authorization()?.with("max_age", "300").url.as_str()).await?;
    assert!(stale.html.contains("name=\"password\""), "not asked at {}\n{}", stale.url, stale.html);
    let silent = person.open(scene.authorization()?.with("max_age", "300").with("prompt", "none").url.as_str()).await?;
    assert_redirected_error(&silent, "login_required");
    Ok(())
}

/// 3.1.2.1, id_token_hint: "If the End-User identified by the ID Token is logged in [...] positive response; otherwise, the
/// Authorization Server SHOULD return an error, such as login_required."
async fn a_hint_at_someone_else_is_not_followed(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    scene.world.identity("grace@example.org", PASSWORD, json!({ "name": "Grace Hopper" })).await?;
    let theirs = login::tokens(&scene.world, &scene.client_id, "grace@example.org", PASSWORD).await?;
    let person = person()?;
    scene.sign_in_as(&person, &scene.authorization()?).await?;
    let hinted = scene.authorization()?.with("id_token_hint", text(&theirs, "id_token")?).with("prompt", "none");
    assert_redirected_error(&person.open(hinted.url.as_str()).await?, "login_required");
    Ok(())
}

/// 5.3.2: "The sub (subject) Claim MUST always be returned"; 5.3.3: errors as in RFC 6750.
async fn userinfo_answers_the_bearer_of_an_access_token(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let tokens = scene.tokens().await?;
    let userinfo = scene.world.userinfo(text(&tokens, "access_token")?).await?.expect(200)?;
    assert_eq!(userinfo["sub"], scene.subject.as_str());
    assert_eq!((userinfo["name"].as_str(), userinfo["role"].as_str()), (Some("Ada Lovelace"), Some("buyer")));
    assert!(userinfo.get("nonce").is_none() && userinfo.get("at_hash").is_none(), "{userinfo}");
    for token in ["nothing", text(&tokens, "refresh_token")?] {
        let answer = scene.world.userinfo(token).await?;
        assert_eq!(answer.status, 401, "{}", answer.body);
        assert!(
            answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer error=")),
            "{:?}",
            answer.headers
        );
    }
    Ok(())
}

/// Discovery 3: the metadata that is REQUIRED, and what certified clients look for.
async fn discovery_names_what_is_required(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = person()?;
    let url = scene.world.oauth_url("/.well-known/openid-configuration");
    let metadata = person.call("GET", &url, None).await?.expect(200)?;
    for name in [
        "authorization_endpoint",
        "token_endpoint",
        "jwks_uri",
        "userinfo_endpoint",
        "revocation_endpoint",
        "end_session_endpoint",
    ] {
        assert!(text(&metadata, name)?.starts_with(&scene.world.places.oauth()), "{name}: {metadata}");
    }
    let lists = [
        ("response_types_supported", "code"),
        ("subject_types_supported", "public"),
        ("id_token_signing_alg_values_supported", "RS256"),
        ("code_challenge_methods_supported", "S256"),
        ("grant_types_supported", "refresh_token"),
        ("scopes_supported", "openid"),
        ("token_endpoint_auth_methods_supported", "client_secret_basic"),
    ];
    for (name, value) in lists {
        assert!(metadata[name].as_array().is_some_and(|list| list.contains(&json!(value))), "{name}: {metadata}");
    }
    let keys = person.call("GET", text(&metadata, "jwks_uri")?, None).await?.expect(200)?;
    let keys = keys["keys"].as_array().expect("keys");
    assert!(keys.len() >= 2, "one key for ID tokens, one for access tokens");
    assert!(
        keys.iter().all(|key| key.get("d").is_none() && key.get("p").is_none() && key["kid"].is_string()),
        "{keys:?}"
    );
    Ok(())
}

/// OAuth 2.0 Form Post Response Mode, 2: the response is an HTML form that posts itself to the client.
async fn form_post_delivers_by_post(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let authorization = scene.authorization()?.with("response_mode", "form_post");
    let person = person()?;
    let login = person.open(authorization.url.as_str()).await?;
    let consent =
        person.press(&login, ("method", "password"), &[("identifier", EMAIL), ("password", PASSWORD)]).await?;
    let page = login::consent_to_all(&person, &consent).await?;
    let form = integration_tests::form::Form::with_field(&page.html, "code")?;
    assert_eq!((form.method.as_str(), form.action.as_str()), ("post", CALLBACK));
    let value = |name: &str| form.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str());
    assert_eq!(value("state"), Some(authorization.state.as_str()));
    let code = value("code").expect("a code");
    authorization.exchange(&scene.world, code).await?.expect(200)?;
    Ok(())
}

/// RP-Initiated Logout 1.0, 2 and 3: after logout, back to a registered address with the state.
async fn logout_ends_the_session_and_returns(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let home = "http://127.0.0.1:5555/goodbye";
    let client = scene.world.client(json!({ "post_logout_redirect_uris": [home] })).await?;
    let authorization = login::Authorization::new(&scene.world, text(&client, "client_id")?, super::SCOPE)?;
    let person = person()?.ending_at(home);
    let end = scene.sign_in_as(&person, &authorization).await?;
    let code = end.parameter("code").expect("a code");
    let tokens = authorization.exchange(&scene.world, &code).await?.expect(200)?;
    let logout = url::Url::parse_with_params(
        &scene.world.oauth_url("/oauth2/sessions/logout"),
        [
            ("id_token_hint", text(&tokens, "id_token")?),
            ("post_logout_redirect_uri", home),
            ("state", "bye-and-thanks"),
        ],
    )?;
    let question = person.open(logout.as_str()).await?;
    let end = person.press(&question, ("action", "accept"), &[]).await?;
    assert_eq!(end.url.as_str(), format!("{home}?state=bye-and-thanks"));
    let silent = person.open(authorization.with("prompt", "none").url.as_str()).await?;
    assert_redirected_error(&silent, "login_required");
    let whoami = person.call("GET", &scene.world.identity_url("/sessions/whoami"), None).await?;
    assert_eq!(whoami.status, 401, "{}", whoami.body);
    Ok(())
}
