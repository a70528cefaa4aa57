//! Tokens of the forms that are not part of a flow: consent and logout. A token is sealed and holds what it is good
//! for: this browser (by its CSRF cookie), this session, this challenge, for an hour.

use serde::{Deserialize, Serialize};
use shared_types::{
    id::SessionId,
    secret::{Digester, constant_time_eq},
    time::Time,
};

use super::super::visit::Visit;
use crate::http::error::ApiError;

const PURPOSE: &str = "page form";

/// What a form is about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct About<'a> {
    /// The page.
    pub(crate) page: &'static str,
    /// The challenge it answers, or nothing.
    pub(crate) challenge: &'a str,
}

#[derive(Serialize, Deserialize)]
struct Token {
    /// Of the browser's CSRF secret.
    browser: String,
    session: Option<SessionId>,
    page: String,
    /// The challenge's digest: challenges are long.
    challenge: String,
    until: Time,
}

/// A token for a form that is about to be shown.
pub(crate) fn issue(visit: &Visit, about: About<'_>) -> Result<String, ApiError> {
    let digester = &visit.cx.secrets.digester;
    let token = Token {
        browser: visit.visitor.csrf.mark(digester),
        session: session(visit),
        page: about.page.to_owned(),
        challenge: digester.digest(PURPOSE, about.challenge).hex(),
        until: visit.cx.now + chrono::Duration::hours(1),
    };
    let sealed = visit.cx.secrets.cookies.seal_packed(PURPOSE, &*visit.cx.entropy, &token);
    sealed.map_err(|error| ApiError::internal(&error))
}

/// Whether a form that came in is one of ours, shown to this browser in this session for this challenge.
#[must_use]
pub(crate) fn check(visit: &Visit, about: About<'_>, token: &str) -> bool {
    let Ok(token) = visit.cx.secrets.cookies.open_packed::<Token>(PURPOSE, token) else { return false };
    let digester = &visit.cx.secrets.digester;
    visit.presented_csrf().is_some_and(|secret| secret.began(&token.browser, digester))
        && token.session == session(visit)
        && token.page == about.page
        && is_of(digester, about.challenge, &token.challenge)
        && visit.cx.now < token.until
}

fn session(visit: &Visit) -> Option<SessionId> {
    visit.visitor.session.as_ref().map(|signed_in| signed_in.session.id)
}

fn is_of(digester: &Digester, challenge: &str, digest: &str) -> bool {
    let candidates = digester.candidates(PURPOSE, challenge);
    candidates.iter().any(|candidate| constant_time_eq(candidate.hex().as_bytes(), digest.as_bytes()))
}
