//! How requests and answers are written (sections 2.3, 3, 5 and 10).

use integration_tests::{
    login::{Authorization, CALLBACK},
    person::{Answer, plain_client},
    settings::Engine,
    world::World,
};
use serde_json::json;

use super::super::{SCOPE, assert_error, assert_told, basic, location, scene, sent, text};
use crate::support::on_sqlite;

on_sqlite!(
    parameters_without_a_value_are_none,
    unknown_parameters_are_ignored,
    no_parameter_counts_twice,
    credentials_stand_where_they_may,
    a_query_of_the_client_is_kept,
    errors_are_written_as_specified,
    scopes_that_differ_are_told,
    tokens_are_not_guessed,
    grants_are_for_who_registered_them,
);

/// 3.1 and 3.2: "Parameters sent without a value MUST be treated as if they were omitted from the request."
async fn parameters_without_a_value_are_none(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let empty = [
        "prompt",
        "max_age",
        "claims",
        "acr_values",
        "login_hint",
        "response_mode",
        "resource",
        "audience",
        "request",
        "id_token_hint",
    ];
    let request = empty.iter().fold(scene.authorization()?, |request, name| request.with(name, ""));
    let code = scene.code(&request).await?;
    let tokens = scene.exchange(&request, &code, &[], &[("scope", ""), ("resource", "")]).await?.expect(200)?;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&tokens, "refresh_token")?),
        ("client_id", scene.client_id.as_str()),
        ("scope", ""),
    ];
    assert_eq!(text(&scene.post("/oauth2/token", &[], &form).await?.expect(200)?, "scope")?, SCOPE);
    let nothing = scene.post("/oauth2/token", &[], &[("grant_type", ""), ("client_id", &scene.client_id)]).await?;
    assert_error(&nothing, 400, "invalid_request");
    Ok(())
}

/// 3.1 and 3.2: "The authorization server MUST ignore unrecognized request parameters."
async fn unknown_parameters_are_ignored(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let mut request = scene.authorization()?.with("shoe_size", "46").with("__proto__", "x");
    request.url.query_pairs_mut().append_pair("shoe_size", "47");
    let code = scene.code(&request).await?;
    scene.exchange(&request, &code, &[], &[("shoe_size", "46"), ("username", "x")]).await?.expect(200)?;
    Ok(())
}

/// 3.1 and 3.2: "Request and response parameters MUST NOT be included more than once."
async fn no_parameter_counts_twice(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let twice = [
        "client_id",
        "response_type",
        "redirect_uri",
        "scope",
        "state",
        "nonce",
        "code_challenge",
        "prompt",
        "response_mode",
    ];
    for name in twice {
        let mut request = scene.authorization()?;
        let value = request
            .url
            .query_pairs()
            .find(|(known, _)| known == name)
            .map_or("login".to_owned(), |(_, value)| value.into_owned());
        request.url.query_pairs_mut().append_pair(name, &value);
        if matches!(name, "prompt" | "response_mode") {
            request.url.query_pairs_mut().append_pair(name, &value);
        }
        let answer = scene.look(request.url.as_str(), &[]).await?;
        assert!(sent(&answer, "error").is_some() && sent(&answer, "code").is_none(), "{name}: {:?}", answer.headers);
    }
    let request = scene.authorization()?;
    let code = scene.code(&request).await?;
    let good = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
        ("code_verifier", request.verifier.as_str()),
        ("client_id", scene.client_id.as_str()),
    ];
    for again in good {
        let answer = scene.post("/oauth2/token", &[], &[&good[..], &[again]].concat()).await?;
        assert_error(&answer, 400, "invalid_request");
    }
    scene.post("/oauth2/token", &[], &good).await?.expect(200)?;
    Ok(())
}

/// 2.3.1: "The authorization server MUST support the HTTP Basic authentication scheme [...] encoded using the
/// application/x-www-form-urlencoded encoding algorithm"; "The parameters can only be transmitted in the request-body and MUST NOT be
/// included in the request URI"; 3.2: a body that is a form.
async fn credentials_stand_where_they_may(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let strange = "se cret+%&:\u{fc}/=";
    let fields = json!({
        "client_id": "client with:colon%", "client_secret": strange, "token_endpoint_auth_method": "client_secret_basic",
        "grant_types": ["client_credentials"],
    });
    scene.world.client(fields).await?;
    let encode = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let header = basic(&encode("client with:colon%"), &encode(strange));
    let grant = [("grant_type", "client_credentials")];
    scene.post("/oauth2/token", &[("authorization", &header)], &grant).await?.expect(200)?;

    let (id, secret) = scene.confidential_with(json!({ "token_endpoint_auth_method": "client_secret_post" })).await?;
    let query = format!("/oauth2/token?client_id={id}&client_secret={}", encode(&secret));
    assert_error(&scene.post(&query, &[], &grant).await?, 400, "invalid_request");
    let whole = format!("{query}&grant_type=client_credentials");
    assert_error(&scene.post(&whole, &[], &[]).await?, 400, "invalid_request");
    scene.post("/oauth2/token", &[], &[grant[0], ("client_id", &id), ("client_secret", &secret)]).await?.expect(200)?;
    let request = plain_client()?.post(scene.at("/oauth2/token")).json(&json!({ "grant_type": "client_credentials" }));
    assert_error(&Answer::read(request.send().await?).await?, 400, "invalid_request");
    for header in ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Basic Og==", "Basic //8="] {
        let answer = scene.post("/oauth2/token", &[("authorization", header)], &grant).await?;
        assert!((400..=401).contains(&answer.status), "{header}: {}", answer.body);
    }
    Ok(())
}

/// 3.1.2: "The endpoint URI MAY include an application/x-www-form-urlencoded formatted query component, which MUST be retained when adding
/// additional query parameters."
async fn a_query_of_the_client_is_kept(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let uri = "http://127.0.0.1:5555/callback?tenant=7&q=a%20b";
    let client = scene.register(json!({ "redirect_uris": [uri] })).await?;
    let request = scene.request_of(&client)?.with("redirect_uri", uri);
    for end in [
        scene.sign_in(&request).await?.url,
        location(&scene.look(request.clone().with("prompt", "none").url.as_str(), &[]).await?),
    ] {
        let value = |name: &str| {
            end.query_pairs()
                .filter(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!((value("tenant"), value("q")), (vec!["7".to_owned()], vec!["a b".to_owned()]), "{end}");
        assert_eq!(value("state"), std::slice::from_ref(&request.state), "{end}");
    }
    Ok(())
}

/// 5.2 and 4.1.2.1: "Values for the error_description parameter MUST NOT include characters outside the set %x20-21 / %x23-5B / %x5D-7E", the
/// error in ASCII; application/json, 400 unless said otherwise.
async fn errors_are_written_as_specified(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let hostile = "x\"\\\u{7f}\u{fc}\u{1F600}\r\n<b>";
    let written = |text: &str| text.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e));
    let client = scene.client_id.as_str();
    for form in [
        vec![("grant_type", hostile), ("client_id", client)],
        vec![("grant_type", "authorization_code"), ("code", hostile), ("client_id", client)],
        vec![("grant_type", "refresh_token"), ("refresh_token", hostile), ("client_id", client)],
        vec![("grant_type", "refresh_token"), ("client_id", hostile)],
        vec![(hostile, hostile)],
    ] {
        let answer = scene.post("/oauth2/token", &[], &form).await?;
        assert!((400..=401).contains(&answer.status), "{form:?}: {}", answer.body);
        assert!(
            answer.header("content-type").is_some_and(|value| value.starts_with("application/json")),
            "{:?}",
            answer.headers
        );
        let body = answer.json()?;
        assert!(written(text(&body, "error")?) && written(text(&body, "error_description")?), "{body}");
    }
    for (name, value) in [
        ("scope", hostile),
        ("response_type", hostile),
        ("prompt", hostile),
        ("max_age", hostile),
        ("resource", hostile),
    ] {
        let answer = scene.look(scene.authorization()?.with(name, value).url.as_str(), &[]).await?;
        let (error, description) =
            (sent(&answer, "error").expect("an error"), sent(&answer, "error_description").expect("a text"));
        assert!(written(&error) && written(&description), "{name}: {error} {description}");
    }
    Ok(())
}

/// 3.3: "If the issued access token scope is different from the one requested by the client, the authorization server MUST include the
/// scope response parameter"; "If the client omits the scope parameter [...] the authorization server MUST either process the request using
/// a pre-defined default value or fail".
async fn scopes_that_differ_are_told(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = integration_tests::login::person()?;
    let request = scene.authorization()?;
    let login = person.open(request.url.as_str()).await?;
    let fields = [("identifier", super::super::EMAIL), ("password", super::super::PASSWORD)];
    let consent = person.press(&login, ("method", "password"), &fields).await?;
    // The person takes one of the boxes away.
    let mut form = integration_tests::form::Form::with_button(&consent.html, "action", "accept")?;
    form.fields.retain(|(name, value)| name != "grant_scope" || value != "email");
    let sending = form.clone().press("action", "accept");
    let end = person.send(&consent, &form, sending).await?;
    let code = end.parameter("code").unwrap_or_else(|| panic!("no code at {}", end.url));
    let tokens = scene.exchange(&request, &code, &[], &[]).await?.expect(200)?;
    assert!(!text(&tokens, "scope")?.contains("email"), "{tokens}");
    assert!(scene.world.userinfo(text(&tokens, "access_token")?).await?.expect(200)?.get("email").is_none());
    let silent = Authorization::new(&scene.world, &scene.client_id, "x")?.without("scope");
    let end = scene.sign_in(&silent).await?;
    if let Some(code) = end.parameter("code") {
        let tokens = scene.exchange(&silent, &code, &[], &[]).await?.expect(200)?;
        assert_eq!(text(&tokens, "scope")?, "", "nothing was asked for: {tokens}");
    }
    assert_told(
        &scene.look(scene.authorization()?.with("scope", "openid \u{fc}").url.as_str(), &[]).await?,
        "invalid_scope",
    );
    Ok(())
}

/// 10.10: "The probability of an attacker guessing generated tokens [...] MUST be less than or equal to 2^(-128) and SHOULD be less than or
/// equal to 2^(-160)."
async fn tokens_are_not_guessed(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential().await?;
    let header = basic(&id, &secret);
    let mut seen = std::collections::HashSet::new();
    for _ in 0..30 {
        let form = [("grant_type", "client_credentials")];
        let tokens = scene.post("/oauth2/token", &[("authorization", &header)], &form).await?.expect(200)?;
        let token = text(&tokens, "access_token")?.to_owned();
        let random = token.strip_prefix("ory_at_").unwrap_or(&token).split('.').next().unwrap_or_default().to_owned();
        assert!(random.len() >= 27, "160 bits in base64: {token}");
        assert!(seen.insert(random), "a token twice");
    }
    for _ in 0..3 {
        let code = scene.code(&scene.authorization()?).await?;
        let random = code.strip_prefix("ory_ac_").unwrap_or(&code).split('.').next().unwrap_or_default().to_owned();
        assert!(random.len() >= 27 && seen.insert(random), "{code}");
    }
    assert!(secret.len() >= 22, "128 bits: {secret}");
    Ok(())
}

/// 5.2: "unauthorized_client: The authenticated client is not authorized to use this authorization grant type."
async fn grants_are_for_who_registered_them(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (id, secret) = scene.confidential_with(json!({ "grant_types": ["authorization_code"] })).await?;
    let header = basic(&id, &secret);
    for form in [
        vec![("grant_type", "client_credentials")],
        vec![("grant_type", "refresh_token"), ("refresh_token", "ory_rt_x.y")],
        vec![("grant_type", "urn:ietf:params:oauth:grant-type:device_code"), ("device_code", "ory_dc_x.y")],
        vec![("grant_type", "urn:ietf:params:oauth:grant-type:jwt-bearer"), ("assertion", "a.b.c")],
    ] {
        let answer = scene.post("/oauth2/token", &[("authorization", &header)], &form).await?;
        assert_error(&answer, 400, "unauthorized_client");
    }
    // Without the refresh grant no refresh token is handed out, whatever the scope.
    let request = scene.request_of(&id)?;
    let code = scene.code(&request).await?;
    let tokens = scene.exchange(&request, &code, &[("authorization", &header)], &[]).await?.expect(200)?;
    assert!(tokens.get("refresh_token").is_none(), "{tokens}");
    Ok(())
}
