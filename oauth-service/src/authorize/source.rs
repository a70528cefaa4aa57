//! Where the parameters of a request come from: the request itself, a request object in it or behind an address of the client's
//! (RFC 9101; OpenID Connect Core 6), or a request this server keeps (RFC 9126).
//!
//! What comes out has neither `request` nor `request_uri`. A fault is carried along, because who is told of it depends on whether the
//! parameters beside the object prove a redirect URI.

use std::net::IpAddr;

use super::object;
use crate::{
    app::Cx,
    challenge::{fingerprint::VERIFIERS, kept},
    model::{challenge::Came, client::Client},
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
        scope,
    },
};

/// What fetches for a stranger are counted under (`rate_limit.rules`).
const ACTION: &str = "authorization";

/// A request's parameters and how they came.
pub(super) struct Source {
    pub(super) params: Params,
    pub(super) came: Came,
    /// The `request_uri` of this server that stands for them.
    pub(super) carried: Option<String>,
    /// They were in a request object, and nothing stands for them yet.
    pub(super) is_object: bool,
    pub(super) fault: Option<OAuthError>,
}

impl Source {
    /// Parameters as they were sent.
    pub(super) fn plain(params: Params) -> Self {
        Self { params, came: Came::default(), carried: None, is_object: false, fault: None }
    }
}

/// Finds the parameters of a request to the authorization endpoint.
pub(super) async fn of(cx: &Cx, sent: &Params, client: Option<&Client>, address: IpAddr) -> Source {
    let result = match (client, sent.get("request"), sent.get("request_uri")) {
        (None, ..) | (_, None, None) => return Source::plain(sent.clone()),
        _ if sent.repeats("request") || sent.repeats("request_uri") => {
            Err(invalid("The parameters 'request' and 'request_uri' may come once."))
        }
        (_, Some(_), Some(_)) => Err(invalid("The parameters 'request' and 'request_uri' exclude each other.")),
        (Some(client), Some(object), None) => by_object(cx, sent, client, object).await,
        (Some(client), None, Some(uri)) if uri.starts_with(kept::URN) => by_kept(cx, sent, client, uri).await,
        (Some(client), None, Some(uri)) => by_address(cx, sent, client, (uri, address)).await,
    };
    result.unwrap_or_else(|fault| Source { fault: Some(fault), ..Source::plain(sent.clone()) })
}

/// Finds the parameters of a pushed request (RFC 9126 2.1, 3).
pub(super) async fn of_push(cx: &Cx, sent: &Params, client: &Client) -> Result<Source, OAuthError> {
    if sent.has("request_uri") {
        return Err(invalid("A pushed request must not have a request_uri."));
    }
    let sent = sent.without(&["client_secret", "client_assertion", "client_assertion_type", "client_id"]);
    let sent = sent.without(&VERIFIERS).with("client_id", client.id.as_str());
    let mut source = match sent.get("request") {
        // RFC 9126 3: the parameters beside the object are the client's authentication, and nothing else counts.
        Some(object) => {
            let read = object::read(cx, client, object).await?;
            let came = Came { signed: read.signed, pushed: true };
            let mut params = object::alone(client, &read.params);
            // What the proof of the push says is no parameter, and counts beside the object.
            if let (Some(jkt), None) = (sent.get("dpop_jkt"), params.get("dpop_jkt")) {
                params = params.with("dpop_jkt", jkt);
            }
            Source { params, came, ..Source::plain(Params::default()) }
        }
        None => Source::plain(sent),
    };
    source.came.pushed = true;
    Ok(source)
}

fn invalid(why: &'static str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidRequest).because(why)
}

/// Nobody need have logged in to have this server fetch something, so it is counted.
async fn by_address(
    cx: &Cx,
    sent: &Params,
    client: &Client,
    (uri, address): (&str, IpAddr),
) -> Result<Source, OAuthError> {
    let busy = |error| OAuthError::new(OAuthCode::TemporarilyUnavailable).caused_by(error);
    cx.limits.check(ACTION, &address.to_string()).map_err(busy)?;
    let object = object::fetch(cx, client, uri).await?;
    by_object(cx, sent, client, &object).await
}

async fn by_object(cx: &Cx, sent: &Params, client: &Client, text: &str) -> Result<Source, OAuthError> {
    let read = object::read(cx, client, text).await?;
    if let (Some(said), Some(beside)) = (read.params.get("response_type"), sent.get("response_type"))
        && said != beside
    {
        return Err(invalid("The response_type beside the request object is another than inside."));
    }
    // OpenID Connect Core 6.1 lets the parameters beside the object add to it; RFC 9101 6.3 does not. A request that says by its
    // 'openid' beside the object that it is the former is taken as such, unless the client has registered for more.
    let openid = scope::is_openid(&scope::split(sent.get("scope").unwrap_or_default()));
    let alone = object::alone(client, &read.params);
    let params = if openid && !client.require_signed_request_object {
        let beside = |name: &str| !matches!(name, "request" | "request_uri") && !alone.has(name);
        let added: Vec<(&str, &str)> = sent.iter().filter(|(name, _)| beside(name)).collect();
        added.into_iter().fold(alone.clone(), |params, (name, value)| params.with(name, value))
    } else {
        with_verifiers(alone, sent)
    };
    let came = Came { signed: read.signed, pushed: false };
    Ok(Source { came, is_object: true, ..Source::plain(params) })
}

async fn by_kept(cx: &Cx, sent: &Params, client: &Client, uri: &str) -> Result<Source, OAuthError> {
    let refused = |why: &'static str| OAuthError::new(OAuthCode::InvalidRequestUri).because(why);
    let kept = kept::open(cx, uri).await?.ok_or_else(|| refused("It is not one of this server, or it has expired."))?;
    // RFC 9126 4: "bound to the client that posted".
    if kept.client != client.id {
        return Err(refused("It was made for another client."));
    }
    // Who began in time may finish: what comes back from a page is as old as its verifier says.
    if !VERIFIERS.iter().any(|name| sent.has(name)) {
        if kept.until <= cx.now {
            return Err(refused("It has expired."));
        }
        if kept::is_answered(cx, kept.came, uri).await? {
            return Err(refused("It has been used."));
        }
    }
    let params = with_verifiers(Params::parse(&kept.query), sent);
    Ok(Source { came: kept.came, carried: Some(uri.to_owned()), ..Source::plain(params) })
}

/// The parameters with what the browser brings back from a page.
fn with_verifiers(params: Params, sent: &Params) -> Params {
    let brought = sent.iter().filter(|(name, _)| VERIFIERS.contains(name));
    brought.fold(params, |params, (name, value)| params.with(name, value))
}
