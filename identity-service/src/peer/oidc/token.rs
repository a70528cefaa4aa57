//! The token endpoint: a code becomes tokens (RFC 6749, 4.1.3).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Map, Value, json};
use shared_types::http::client::{HttpReply, HttpRequest};

use super::{
    Answer, ProviderError, TIMEOUT, Tokens, apple, ask,
    directory::{Place, SecretIn},
    object, preset,
};
use crate::{
    app::Cx,
    config::{Provider, ProviderKind},
};

/// Exchanges the code of an answer.
pub(super) async fn exchange(
    cx: &Cx,
    provider: &Provider,
    place: &Place,
    answer: Answer<'_>,
) -> Result<Tokens, ProviderError> {
    let ask = async |secret_in| {
        let mut request = match provider.kind {
            ProviderKind::DingTalk => dingtalk(provider, place, answer),
            _ => standard(cx, provider, (place, secret_in), answer)?,
        };
        request.timeout = Some(TIMEOUT);
        Ok::<_, ProviderError>(cx.http.send(request.header("accept", "application/json")).await?)
    };
    let mut reply = ask(place.secret_in).await?;
    if place.secret_in == SecretIn::Either && is_unknown_client(&reply) {
        reply = ask(SecretIn::Body).await?;
    }
    let body = object(&reply).ok_or_else(|| {
        ProviderError::Failed(format!("the token endpoint answered with status {} and no object", reply.status))
    })?;
    // Some say no with a status of 200.
    if let Some(error) = body.get("error").and_then(Value::as_str) {
        return Err(ProviderError::Refused(bounded(error)));
    }
    if !(200..300).contains(&reply.status) {
        return Err(ProviderError::Failed(format!("the token endpoint answered with status {}", reply.status)));
    }
    let tokens = read(body).ok_or_else(|| ProviderError::Failed("the token endpoint gave no token".to_owned()))?;
    check_scopes(provider, &tokens)?;
    Ok(tokens)
}

/// Whether the server did not see who asks.
fn is_unknown_client(reply: &HttpReply) -> bool {
    let says = || object(reply).is_some_and(|body| body.get("error").and_then(Value::as_str) == Some("invalid_client"));
    reply.status == 401 || says()
}

/// Without a scope that was asked for, claims are missing that the mapper counts on. An answer that names no scope grants
/// what was asked for (RFC 6749, 5.1).
fn check_scopes(provider: &Provider, tokens: &Tokens) -> Result<(), ProviderError> {
    let Some(granted) = tokens.extra("scope").filter(|_| preset::tells_scopes(provider.kind)) else { return Ok(()) };
    let granted: Vec<&str> = granted.split([',', ' ']).collect();
    if provider.scope.iter().all(|wanted| granted.contains(&wanted.as_str())) {
        return Ok(());
    }
    Err(ProviderError::Unfit(
        "Not everything was granted that is needed here. Please try again, and allow all that is asked for.",
    ))
}

fn standard(
    cx: &Cx,
    provider: &Provider,
    (place, secret_in): (&Place, SecretIn),
    answer: Answer<'_>,
) -> Result<HttpRequest, ProviderError> {
    let redirect_uri = ask::callback(cx, provider).to_string();
    let mut form = vec![
        ("grant_type", "authorization_code".to_owned()),
        ("code", answer.code.to_owned()),
        ("redirect_uri", redirect_uri),
    ];
    if let Some(verifier) = answer.verifier {
        form.push(("code_verifier", verifier.to_owned()));
    }
    if provider.kind == ProviderKind::Line {
        // Otherwise its ID tokens are signed with our own secret.
        form.push(("id_token_key_type", "JWK".to_owned()));
    }
    let mut request = HttpRequest::new("POST", place.token.clone());
    let secret = match &provider.apple {
        Some(key) => Some(apple::client_secret(cx, provider, key)?),
        None => provider.client_secret.as_ref().map(|secret| secret.expose().clone()),
    };
    match secret {
        Some(secret) if secret_in != SecretIn::Body && provider.apple.is_none() => {
            // RFC 6749, 2.3.1: both are encoded like the values of a form.
            let encoded =
                |text: &str| serde_urlencoded::to_string([("", text)]).unwrap_or_default().replacen('=', "", 1);
            let pair = STANDARD.encode(format!("{}:{}", encoded(&provider.client_id), encoded(&secret)));
            request = request.header("authorization", format!("Basic {pair}"));
        }
        secret => {
            form.push(("client_id", provider.client_id.clone()));
            form.extend(secret.map(|secret| ("client_secret", secret)));
        }
    }
    request.body = serde_urlencoded::to_string(form).unwrap_or_default().into_bytes();
    Ok(request.header("content-type", "application/x-www-form-urlencoded"))
}

/// DingTalk takes JSON, and has names of its own.
fn dingtalk(provider: &Provider, place: &Place, answer: Answer<'_>) -> HttpRequest {
    let secret = provider.client_secret.as_ref().map(|secret| secret.expose().as_str()).unwrap_or_default();
    HttpRequest::new("POST", place.token.clone()).json(&json!({
        "clientId": provider.client_id, "clientSecret": secret, "code": answer.code, "grantType": "authorization_code",
    }))
}

/// NetID: what a browser got is exchanged for an ID token, in the name of the site it was made for.
pub(super) async fn swapped(cx: &Cx, provider: &Provider, place: &Place, token: &str) -> Result<String, ProviderError> {
    let mut request =
        HttpRequest::new("POST", place.token.clone()).header("content-type", "application/x-www-form-urlencoded");
    if let Some(origin) = &provider.net_id_origin {
        request = request.header("origin", origin.clone());
    }
    let form = [("grant_type", "netid_fedcm"), ("fedcm_token", token)];
    request.body = serde_urlencoded::to_string(form).unwrap_or_default().into_bytes();
    let said = super::json(cx, request).await?;
    let id_token = said.get("id_token").and_then(Value::as_str);
    id_token.map(str::to_owned).ok_or(ProviderError::Untrusted("there is no ID token"))
}

fn read(body: Map<String, Value>) -> Option<Tokens> {
    let text = |names: &[&str]| {
        names.iter().find_map(|name| body.get(*name).and_then(Value::as_str)).unwrap_or_default().to_owned()
    };
    let (access, id) = (text(&["access_token", "accessToken"]), text(&["id_token"]));
    if access.is_empty() && id.is_empty() {
        return None;
    }
    Some(Tokens { access, refresh: text(&["refresh_token", "refreshToken"]), id, extra: body })
}

/// What a provider says for its client's developer, in a length fit for a log.
pub(super) fn bounded(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(200).collect()
}

impl Tokens {
    /// Another member of the provider's answer.
    pub(super) fn extra(&self, name: &str) -> Option<&str> {
        self.extra.get(name).and_then(Value::as_str)
    }
}
