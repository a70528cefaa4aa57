//! Flow errors as answers (contract §0.3).

use serde_json::json;
use shared_types::problem::Problem;

use super::ApiError;
use crate::{
    flow::{FlowError, Refusal, Replaced},
    model::flow::{FlowKind, FlowType},
    peer::oauth::PeerError,
};

/// The answer to a flow error, for clients that read JSON.
pub(super) fn answer(error: FlowError) -> ApiError {
    match error {
        FlowError::Refused(refusal) => ApiError::new(refused(refusal)),
        FlowError::Replaced(replaced) => ApiError::new(replacement(&replaced)),
        FlowError::Moved(url) => ApiError::new(
            Problem::new(422)
                .id("browser_location_change_required")
                .message("browser location change required")
                .reason("The browser has to go on at another address.")
                .sibling("redirect_browser_to", url.as_str()),
        ),
        FlowError::Limited(wait) => ApiError::too_many(wait),
        FlowError::Busy => ApiError::busy(),
        FlowError::Provider(error) => provider(&error),
        FlowError::Upstream(what) => {
            tracing::warn!(reason = what, "upstream failed");
            ApiError::new(Problem::new(502).id("upstream_error").reason("Another service this depends on failed."))
        }
        FlowError::UpstreamTimeout(what) => {
            tracing::warn!(reason = what, "upstream failed");
            let told = "Another service this depends on did not answer in time.";
            ApiError::new(Problem::new(504).id("upstream_timeout").reason(told))
        }
        FlowError::Store(error) => error.into(),
    }
}

fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::SessionAvailable(_) => Problem::new(400)
            .id("session_already_available")
            .reason("Somebody is signed in already; this needs nobody to be."),
        Refusal::FirstFactorMissing => Problem::new(401)
            .id("session_aal1_required")
            .reason("A second factor can be asked for only after the first: please sign in."),
        Refusal::SignInFirst(url) => Problem::new(401)
            .id("session_inactive")
            .reason("Nobody is signed in; this is for somebody who is.")
            .sibling("redirect_browser_to", url.as_str()),
        Refusal::SignedOut => {
            Problem::new(401).id("session_inactive").reason("Nobody is signed in: send a session token.")
        }
        Refusal::SecondFactorFirst(url) => Problem::new(403)
            .id("session_aal2_required")
            .reason("A second factor is needed first.")
            .detail("redirect_browser_to", url.as_str())
            .sibling("redirect_browser_to", url.as_str()),
        Refusal::FreshSignInFirst(url) => Problem::new(403)
            .id("session_refresh_required")
            .reason("This needs a fresh sign-in: please confirm that it is you.")
            .sibling("redirect_browser_to", url.as_str()),
        Refusal::SomebodyElse => Problem::new(403)
            .id("security_identity_mismatch")
            .reason("This flow was begun by somebody else than who is signed in."),
        Refusal::Disabled(kind) => {
            Problem::new(400).id("self_service_flow_disabled").reason(format!("The {kind} flow is switched off."))
        }
        Refusal::ReturnTo => Problem::new(400)
            .id("self_service_flow_return_to_forbidden")
            .reason("The return_to address is not among the allowed ones."),
        Refusal::Csrf(failure) => csrf(failure),
        Refusal::Unknown(what) => Problem::new(404).reason(what),
        Refusal::UnknownFlow => Problem::new(404).reason("There is no such flow."),
        Refusal::Expired(ended) => expired(&ended),
        Refusal::Malformed(reason) => Problem::new(400).reason(reason),
        Refusal::UnverifiedAddress(continue_with) => Problem::new(403)
            .id("session_verified_address_required")
            .reason("The account has no verified address yet.")
            .detail("continue_with", json!(continue_with)),
        Refusal::NoLogoutToken => Problem::new(400).reason("The logout token is missing."),
        Refusal::WrongLogoutToken => Problem::new(403).reason("The logout token does not belong to this session."),
        Refusal::NoSession => Problem::new(401).reason("Nobody is signed in here."),
        Refusal::UnknownToken => Problem::new(403).reason("The session token is not known or its session has ended."),
    }
}

fn csrf(failure: crate::flow::CsrfFailure) -> Problem {
    use crate::flow::{
        CsrfFailure::{Mismatch, NoCookie, NoCookies, NoToken},
        Suspect,
    };
    let (hint, reject_reason) = match failure {
        NoCookie => (
            "The CSRF cookie did not come along: the browser must send the cookies it was given when the flow began.",
            "the cookie with the CSRF secret is missing",
        ),
        NoCookies(suspect) => (
            match suspect {
                Suspect::Nothing => {
                    "The browser sent no cookies at all: it blocks them, or the page is of another site than the public \
                     address and SameSite keeps them back. Operator: see cookies.domain and cookies.same_site."
                }
                Suspect::Host => {
                    "The browser sent no cookies at all: the request was made to another host than the public address \
                     has. Operator: see serve.public.base_url and cookies.domain."
                }
                Suspect::Http => {
                    "The browser sent no cookies at all: they are Secure, and the public address is plain http. \
                     Operator: see serve.public.base_url and cookies.secure."
                }
            },
            "no cookie came with the request",
        ),
        NoToken => ("The form was sent without its csrf_token.", "the body holds no csrf_token"),
        Mismatch => (
            "The csrf_token does not belong to the browser's cookie: the flow was begun in another browser or tab.",
            "cookie and csrf_token do not match",
        ),
    };
    Problem::new(403)
        .id("security_csrf_violation")
        .reason("The request might have been forged by another site and was not followed.")
        .detail("docs", "https://owasp.org/www-community/attacks/csrf")
        .detail("hint", hint)
        .detail("reject_reason", reject_reason)
}

/// An expired flow that is read. Not every kind answers with an id (contract §1.3, §1.4).
fn expired(ended: &crate::flow::Ended) -> Problem {
    let mut problem = Problem::new(410).reason("The flow has expired. Please begin a new one.");
    let named = match ended.kind {
        FlowKind::Login | FlowKind::Registration => true,
        FlowKind::Verification | FlowKind::Recovery => ended.flow_type == FlowType::Api,
        FlowKind::Settings => false,
    };
    if named {
        problem = problem.id("self_service_flow_expired").message("self-service flow expired");
    }
    match ended.flow_type {
        FlowType::Browser => {
            problem = problem.detail("redirect_to", ended.begin.as_str());
            match &ended.return_to {
                Some(return_to) => problem.detail("return_to", return_to.as_str()),
                None => problem,
            }
        }
        FlowType::Api => problem.detail("api", ended.begin.as_str()),
    }
}

/// A flow that is over when it is submitted.
fn replacement(replaced: &Replaced) -> Problem {
    let problem = Problem::new(410).sibling("use_flow_id", json!(replaced.flow));
    match replaced.expired_at {
        Some(at) => problem
            .id("self_service_flow_expired")
            .message("self-service flow expired")
            .reason("The flow has expired; another one was begun in its place.")
            .sibling("expired_at", json!(at))
            .sibling("since", u64::try_from(replaced.since.as_nanos()).unwrap_or(u64::MAX)),
        None => problem
            .id("self_service_flow_replaced")
            .message("self-service flow replaced")
            .reason("The flow has done its work; another one was begun in its place."),
    }
}

fn provider(error: &PeerError) -> ApiError {
    match error {
        PeerError::NotConfigured => {
            tracing::error!("an OAuth2 challenge came, but oauth2_provider.url is not set");
            ApiError::new(
                Problem::new(500)
                    .id("invalid_configuration")
                    .reason("This service is not connected to an OAuth2 provider."),
            )
        }
        PeerError::Answered(url) => answer(FlowError::Moved(url.clone())),
        PeerError::Unknown => ApiError::bad_request("The OAuth2 provider does not know this challenge."),
        PeerError::Refused { status, hint } => {
            tracing::error!(status, hint, "the OAuth2 provider refused");
            let problem = Problem::new(500).reason("The OAuth2 provider did not accept the request.");
            ApiError::new(problem.detail("status_code", *status).detail("oauth2_error_hint", hint.as_str()))
        }
        PeerError::Unreadable | PeerError::Unreachable(_) => {
            tracing::error!(error = error as &dyn std::error::Error, "the OAuth2 provider failed");
            ApiError::new(Problem::new(502).id("upstream_error").reason("The OAuth2 provider cannot be reached."))
        }
    }
}
