//! Request objects (RFC 9101; OpenID Connect Core 6): a JWT of the client's that holds the parameters.

use chrono::Duration;
use serde_json::{Map, Value};
use shared_types::{http::client::HttpRequest, time::from_numeric_date};
use url::Url;

use crate::{
    app::Cx,
    challenge::fingerprint::VERIFIERS,
    client::keys::{self, ClientKeyError},
    key::compact::Compact,
    model::client::Client,
    protocol::{
        alg::Alg,
        error::{OAuthCode, OAuthError},
        params::Params,
    },
};

/// How long a client may take to hand out a request object, and how large one may be.
const TIMEOUT: std::time::Duration = std::time::Duration::from_secs(5);
const LARGEST: usize = 64 << 10;
/// Clocks differ by so much.
const LEEWAY: Duration = Duration::seconds(10);
/// Claims of the JWT itself; they are no parameters.
const CLAIMS: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];

/// What a request object says.
pub(super) struct Object {
    pub(super) params: Params,
    pub(super) signed: bool,
}

/// Reads the object behind an address of the client's (RFC 9101 5.2; contract 3.1).
pub(super) async fn fetch(cx: &Cx, client: &Client, uri: &str) -> Result<String, OAuthError> {
    let refused = |why: &'static str| OAuthError::new(OAuthCode::InvalidRequestUri).because(why);
    if !client.request_uris.iter().any(|known| known == uri) {
        return Err(refused("It is not one of those the client has registered."));
    }
    let mut url = Url::parse(uri).map_err(|_| refused("It is not a URL."))?;
    // OpenID Connect Core 6.2: the fragment only tells one version from the next.
    url.set_fragment(None);
    let mut request = HttpRequest::new("GET", url).header("accept", "application/oauth-authz-req+jwt, application/jwt");
    request.timeout = Some(TIMEOUT);
    let reply = cx.http.send(request).await.map_err(|error| refused("It cannot be read.").caused_by(error))?;
    if reply.status != 200 || reply.body.len() > LARGEST {
        return Err(refused("It does not answer 200 with a request object."));
    }
    let text = String::from_utf8(reply.body).map_err(|_| refused("It does not answer with a request object."))?;
    Ok(text.trim().to_owned())
}

/// Reads and checks an object.
pub(super) async fn read(cx: &Cx, client: &Client, text: &str) -> Result<Object, OAuthError> {
    let compact = Compact::parse(text).map_err(|_| invalid("It is not a JWT."))?;
    typed(compact.header("typ"))?;
    let registered = client.request_object_signing_alg.as_str();
    let unsigned = compact.header("alg") == Some("none");
    let claims = if unsigned {
        // Only who has said so beforehand may do without (OpenID Connect Registration 2, RFC 9101 10.5).
        let allowed = registered == "none"
            && !client.require_signed_request_object
            && cx.config.oauth2.profile.allows_alg("none")
            && text.ends_with('.');
        if !allowed {
            return Err(invalid("It is not signed, and the client has not registered for that."));
        }
        compact.into_claims()
    } else {
        if registered == "none" {
            return Err(invalid("The client has registered for objects that are not signed."));
        }
        if !compact.header("alg").is_some_and(|alg| cx.config.oauth2.profile.allows_alg(alg)) {
            return Err(invalid("Its algorithm is not one the security profile allows."));
        }
        keys::verify(cx, client, text, Alg::parse(registered)).await.map_err(unbelieved)?
    };
    times(cx, client, &claims)?;
    names(cx, client, &claims)?;
    Ok(Object { params: params(&claims)?, signed: !unsigned })
}

/// The object's parameters and nothing else (RFC 9101 6.3: "MUST only use the parameters in the Request Object").
pub(super) fn alone(client: &Client, object: &Params) -> Params {
    if object.has("client_id") { object.clone() } else { object.clone().with("client_id", client.id.as_str()) }
}

fn invalid(why: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidRequestObject).because(why)
}

fn unbelieved(error: ClientKeyError) -> OAuthError {
    let refused = invalid(format!("It cannot be accepted: {error}."));
    match error {
        ClientKeyError::Unreachable(_) => refused.caused_by(error),
        _ => refused,
    }
}

/// RFC 9101 10.8: a JWT that says it is something else is not taken for a request.
fn typed(typ: Option<&str>) -> Result<(), OAuthError> {
    let known = ["jwt", "oauth-authz-req+jwt", "application/oauth-authz-req+jwt"];
    match typ {
        Some(typ) if !known.iter().any(|known| typ.eq_ignore_ascii_case(known)) => {
            Err(invalid("Its typ says that it is something else."))
        }
        _ => Ok(()),
    }
}

/// `exp`, `nbf` and `iat` count where they stand; who demands signed objects demands `exp`.
fn times(cx: &Cx, client: &Client, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let at = |name: &str| match claims.get(name) {
        None => Ok(None),
        Some(value) => {
            let time = value.as_f64().and_then(from_numeric_date);
            time.map(Some).ok_or_else(|| invalid(format!("Its {name} is not a time.")))
        }
    };
    match at("exp")? {
        Some(exp) if exp <= cx.now - LEEWAY => return Err(invalid("It has expired.")),
        None if client.require_signed_request_object => return Err(invalid("It has no exp.")),
        _ => {}
    }
    for name in ["nbf", "iat"] {
        if at(name)?.is_some_and(|time| time > cx.now + LEEWAY) {
            return Err(invalid(format!("Its {name} is in the future.")));
        }
    }
    Ok(())
}

/// Whose it is and for whom (RFC 9101 4; OpenID Connect Core 6.1).
fn names(cx: &Cx, client: &Client, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    let own = |name: &str| claims.get(name).map(|value| value.as_str() == Some(client.id.as_str()));
    for name in ["iss", "client_id"] {
        if own(name) == Some(false) {
            return Err(invalid(format!("Its {name} is not the client_id.")));
        }
    }
    // RFC 9101 10.8: an assertion that authenticates the client is no request.
    if own("sub") == Some(true) {
        return Err(invalid("Its sub must not be the client_id."));
    }
    let meant = |value: &Value| value.as_str() == Some(cx.config.urls.issuer.as_str());
    match claims.get("aud") {
        Some(Value::Array(several)) if several.iter().any(meant) => {}
        Some(one) if meant(one) => {}
        Some(_) => return Err(invalid("Its aud is not the issuer.")),
        None if client.require_signed_request_object => return Err(invalid("It has no aud.")),
        None => {}
    }
    if client.require_signed_request_object && own("iss").is_none() {
        return Err(invalid("It has no iss."));
    }
    // RFC 9101 4: "request and request_uri parameters MUST NOT be included".
    if claims.contains_key("request") || claims.contains_key("request_uri") {
        return Err(invalid("It holds another request."));
    }
    Ok(())
}

/// The claims as parameters: numbers and truth values as text, lists of words one by one, objects as JSON.
pub(super) fn params(claims: &Map<String, Value>) -> Result<Params, OAuthError> {
    let mut params = Params::default();
    for (name, value) in claims {
        if CLAIMS.contains(&name.as_str()) || VERIFIERS.contains(&name.as_str()) || value.is_null() {
            continue;
        }
        let several = matches!(name.as_str(), "audience" | "resource");
        match value {
            Value::Array(items) if several => {
                for item in items {
                    let word = item.as_str().ok_or_else(|| invalid(format!("Its {name} holds what is no text.")))?;
                    params = params.with(name, word);
                }
            }
            Value::String(text) => params = params.with(name, text),
            other => params = params.with(name, &other.to_string()),
        }
    }
    Ok(params)
}
