//! What the browser gets: a page, the client's redirect URI with parameters, or a form that posts them
//! (contract 1.5.2, 4.1; RFC 6749 4.1.2, RFC 9207, Form Post Response Mode).

use url::{Url, form_urlencoded};

use super::{
    draft::Authorized,
    failure::{Failure, Refusal},
    jarm,
};
use crate::{
    app::Cx,
    authorize::check::redirect_uri::ProvenRedirect,
    challenge::{jar::CookieChange, url as urls},
    protocol::{
        error::{OAuthCode, OAuthError},
        response_mode::ResponseMode,
    },
};

/// A reply and the cookies it changes.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) reply: Reply,
    pub(crate) cookies: Vec<CookieChange>,
}

/// Where the browser goes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Reply {
    /// To a page of the login provider or of this server: 302.
    Page(Url),
    /// To where a logout leads: 302.
    Away(String),
    /// To the client: 303, so that a POST does not follow.
    Client(String),
    /// Nowhere: the person is told, as JSON.
    Told {
        /// Gives the status.
        code: OAuthCode,
        error: String,
        description: String,
    },
    /// To where a logout leads, once clients have been opened in frames: 200.
    Frames(Frames),
    /// To the client by a form that submits itself: 200.
    FormPost(FormPost),
}

impl Reply {
    /// The same for a person who looks at a page: the error page tells.
    pub(crate) fn shown(self, cx: &Cx) -> Self {
        match self {
            Self::Told { error, description, .. } => {
                let params = [("error", error.as_str()), ("error_description", description.as_str())];
                Self::Page(urls::with_params(&cx.config.urls.error, &params))
            }
            other => other,
        }
    }
}

/// Addresses of clients that want to hear of a logout in the browser.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Frames {
    pub(crate) frames: Vec<Url>,
    pub(crate) after: String,
}

/// A form for the client.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct FormPost {
    pub(crate) action: String,
    pub(crate) fields: Vec<(&'static str, String)>,
}

/// The client gets what it asked for.
pub(super) async fn granted(cx: &Cx, authorized: &Authorized, fields: Vec<(&'static str, String)>) -> Reply {
    answer(cx, authorized.redirect(), fields).await
}

/// The person is told.
pub(super) fn refused(cx: &Cx, error: &OAuthError) -> Reply {
    log(error);
    error_page(cx, error)
}

/// Nobody gets anything.
pub(super) async fn failed(cx: &Cx, failure: Failure) -> Reply {
    match failure {
        Failure::Page(error) => refused(cx, &error),
        Failure::Redirect(redirect, Refusal { error, description, cause }) => {
            if let Some(cause) = &cause {
                log(cause);
            }
            answer(cx, &redirect, vec![("error", error.into_owned()), ("error_description", description)]).await
        }
    }
}

/// The error page, told what went wrong.
fn error_page(cx: &Cx, error: &OAuthError) -> Reply {
    let params = [("error", error.code.as_str()), ("error_description", &*error.description())];
    Reply::Page(urls::with_params(&cx.config.urls.error, &params))
}

fn log(error: &OAuthError) {
    use std::error::Error as _;
    let code = error.code.as_str();
    match error.code {
        OAuthCode::ServerError | OAuthCode::TemporarilyUnavailable => {
            tracing::error!(code, cause = ?error.source(), "the authorization endpoint failed");
        }
        _ => tracing::info!(code, reason = %error.public, "authorization request refused"),
    }
}

/// Adds what every answer carries and packs it as the request's mode wants.
async fn answer(cx: &Cx, redirect: &ProvenRedirect, mut fields: Vec<(&'static str, String)>) -> Reply {
    if let Some(state) = redirect.state() {
        fields.push(("state", state.to_owned()));
    }
    if redirect.is_signed() {
        match jarm::response(cx, redirect.client(), &fields).await {
            Ok(response) => fields = vec![("response", response)],
            Err(error) => return refused(cx, &error),
        }
    } else {
        // RFC 9207: who answers, so that an answer of one server cannot pass for another's. A signed answer says so inside.
        fields.push(("iss", cx.config.urls.issuer.clone()));
    }
    match redirect.mode() {
        ResponseMode::Query => Reply::Client(in_query(redirect.uri(), &fields)),
        ResponseMode::Fragment => Reply::Client(in_fragment(redirect.uri(), &fields)),
        ResponseMode::FormPost => Reply::FormPost(FormPost { action: redirect.uri().to_owned(), fields }),
    }
}

/// The redirect URI with the fields set in its query, all in alphabetical order. What stands before the query stays byte for byte.
fn in_query(uri: &str, fields: &[(&'static str, String)]) -> String {
    let (base, query) = uri.split_once('?').unwrap_or((uri, ""));
    let kept = form_urlencoded::parse(query.as_bytes())
        .into_owned()
        .filter(|(name, _)| !fields.iter().any(|(set, _)| set == name));
    let mut pairs: Vec<(String, String)> = kept.collect();
    pairs.extend(fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    format!("{base}?{}", encoded(pairs))
}

fn in_fragment(uri: &str, fields: &[(&'static str, String)]) -> String {
    let mut pairs: Vec<(String, String)> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    pairs.sort_by(|a, b| a.0.cmp(&b.0));
    format!("{uri}#{}", encoded(pairs))
}

fn encoded(pairs: Vec<(String, String)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

#[cfg(test)]
mod tests;
