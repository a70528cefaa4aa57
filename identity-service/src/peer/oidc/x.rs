//! X, which still speaks OAuth 1.0a: a temporary credential before the browser goes, a token when it is back, and one signed
//! question that says who it is (RFC 5849).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use shared_types::{
    entropy::random_alnum,
    http::client::{HttpReply, HttpRequest},
    secret::constant_time_eq,
};
use url::Url;

use super::{
    Answer, Found, ProviderError, Stage, TIMEOUT, Tokens,
    api::X,
    ask::{self, Asked, Question},
    claims,
    oauth1::{self, Credentials, Moment},
    profile,
};
use crate::{app::Cx, config::Provider};

/// Where X is; the configuration may name another place as `issuer_url`.
const HOME: &str = "https://api.twitter.com";

/// What X calls a request token. It is kept sealed while the browser is away: its secret signs what comes next.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Temporary {
    token: String,
    secret: String,
}

/// Asks for a temporary credential, and says where the browser takes it (RFC 5849, 2.1 and 2.2).
pub(super) async fn asked(cx: &Cx, provider: &Provider, question: Question<'_>) -> Result<Asked, ProviderError> {
    let mut callback = ask::callback(cx, provider);
    callback.query_pairs_mut().append_pair("state", question.state);
    let request = HttpRequest::new("POST", place(provider, "/oauth/request_token")?);
    let reply = sent(cx, provider, request, None, &[("oauth_callback", callback.as_str())]).await?;
    if reply.status != 200 {
        return Err(ProviderError::Failed(format!(
            "X gives no request token (status {}); are client_id and client_secret those of the app, and is {} among the \
             app's callback URLs?",
            reply.status,
            ask::callback(cx, provider)
        )));
    }
    let form = form(&reply);
    // "MUST be set to 'true'": a server that knows no callbacks speaks the version with the session fixation.
    if form.get("oauth_callback_confirmed").map(String::as_str) != Some("true") {
        return Err(ProviderError::Untrusted("it does not confirm where the browser comes back to"));
    }
    let temporary = temporary(form)?;
    let mut url = match &provider.auth_url {
        Some(url) => url.clone(),
        None => place(provider, "/oauth/authenticate")?,
    };
    url.query_pairs_mut().append_pair("oauth_token", &temporary.token);
    if question.anew {
        url.query_pairs_mut().append_pair("force_login", "true");
    }
    Ok(Asked { url, temporary: Some(temporary) })
}

/// Exchanges what the browser brought back, and asks who it is.
pub(super) async fn identify(
    cx: &Cx,
    provider: &Provider,
    answer: Answer<'_>,
) -> Result<Found, (Stage, ProviderError)> {
    let granted = exchange(cx, provider, answer).await.map_err(|error| (Stage::Exchange, error))?;
    let raw = described(cx, provider, &granted).await.map_err(|error| (Stage::Claims, error))?;
    let claims = claims::normal(&raw).ok_or((Stage::Claims, ProviderError::Untrusted("it names no subject")))?;
    let tokens = Tokens { access: granted.token, ..Tokens::default() };
    Ok(Found { claims, userinfo: None, tokens })
}

/// RFC 5849, 2.3.
async fn exchange(cx: &Cx, provider: &Provider, answer: Answer<'_>) -> Result<Temporary, ProviderError> {
    let temporary = answer.temporary.ok_or(ProviderError::Untrusted("nothing was asked of it"))?;
    let shown = answer.token.unwrap_or_default();
    if !constant_time_eq(shown.as_bytes(), temporary.token.as_bytes()) {
        return Err(ProviderError::Untrusted("it answers another question"));
    }
    let url = match &provider.token_url {
        Some(url) => url.clone(),
        None => place(provider, "/oauth/access_token")?,
    };
    let request = HttpRequest::new("POST", url);
    let reply = sent(cx, provider, request, Some(temporary), &[("oauth_verifier", answer.code)]).await?;
    match reply.status {
        200 => self::temporary(form(&reply)),
        status @ 400..=499 => Err(ProviderError::Refused(format!("status {status} for the verifier"))),
        status => Err(ProviderError::Failed(format!("X gives no access token (status {status})"))),
    }
}

/// Who it is, in OpenID's names. The address is told to apps that may see it, and asked for where `scope` has `email`.
async fn described(cx: &Cx, provider: &Provider, granted: &Temporary) -> Result<Map<String, Value>, ProviderError> {
    let mut url = place(provider, X.url)?;
    if provider.scope.iter().any(|scope| scope == "email") {
        url.query_pairs_mut().append_pair("include_email", "true");
    }
    let issuer = url.to_string();
    let reply = sent(cx, provider, HttpRequest::new("GET", url), Some(granted), &[]).await?;
    if reply.status != 200 {
        return Err(ProviderError::Failed(format!("X does not say who it is (status {})", reply.status)));
    }
    let said = super::object(&reply);
    let said = said.ok_or_else(|| ProviderError::Failed("X did not answer with an object".to_owned()))?;
    let mut claims = profile::translated(&X, &Value::Object(said.clone()));
    claims.insert("iss".to_owned(), json!(issuer));
    claims.extend(said.into_iter().filter(|(name, _)| !claims::is_name(name)));
    Ok(claims)
}

fn place(provider: &Provider, path: &str) -> Result<Url, ProviderError> {
    let home = provider.issuer.as_deref().unwrap_or(HOME).trim_end_matches('/');
    Url::parse(&format!("{home}{path}")).map_err(|_| ProviderError::Unfit("an address of the provider is no URL"))
}

async fn sent(
    cx: &Cx,
    provider: &Provider,
    request: HttpRequest,
    token: Option<&Temporary>,
    more: &[(&str, &str)],
) -> Result<HttpReply, ProviderError> {
    let secret = provider.client_secret.as_ref().map(|secret| secret.expose().as_str()).unwrap_or_default();
    let token = token.map(|token| (token.token.as_str(), token.secret.as_str()));
    let by = Credentials { key: &provider.client_id, secret, token };
    let at = Moment { nonce: random_alnum(&*cx.entropy, 32), timestamp: cx.now.timestamp() };
    let signed = oauth1::signed(request, by, &at, more);
    let mut request = signed.ok_or(ProviderError::Unfit("the request cannot be signed"))?;
    request.timeout = Some(TIMEOUT);
    Ok(cx.http.send(request).await?)
}

fn form(reply: &HttpReply) -> std::collections::HashMap<String, String> {
    serde_urlencoded::from_bytes(&reply.body).unwrap_or_default()
}

fn temporary(mut form: std::collections::HashMap<String, String>) -> Result<Temporary, ProviderError> {
    let mut field = |name: &str| form.remove(name).filter(|text| (1..=MOST).contains(&text.len()));
    match (field("oauth_token"), field("oauth_token_secret")) {
        (Some(token), Some(secret)) => Ok(Temporary { token, secret }),
        _ => Err(ProviderError::Failed("X answered without a token".to_owned())),
    }
}

/// No token of X's is longer.
const MOST: usize = 512;
