//! Logout (contract §1.5). A logout token is derived from its session, so that it need not be stored and ends with it.

use shared_types::{id::SessionId, secret::constant_time_eq};
use url::Url;

use super::{Refusal, begin, form};
use crate::app::Cx;

const PURPOSE: &str = "logout";
const PREFIX: &str = "ory_lo_";
/// Letters behind the prefix.
const LETTERS: usize = 32;

/// What a browser needs to sign out: a token, and the address that takes it.
pub(crate) struct Offer {
    /// Belongs to one session.
    pub(crate) token: String,
    /// Where to send the browser.
    pub(crate) url: Url,
}

/// The way out of a session.
pub(crate) fn offer(cx: &Cx, session: SessionId, return_to: Option<&str>) -> Result<Offer, Refusal> {
    let return_to = begin::return_to(&cx.config, return_to)?;
    let token = shown(&cx.secrets.digester.digest(PURPOSE, &session.text()).hex());
    let mut url = form::public_url(&cx.config, "self-service/logout");
    url.query_pairs_mut().append_pair("token", &token);
    if let Some(return_to) = return_to {
        url.query_pairs_mut().append_pair("return_to", return_to.as_str());
    }
    Ok(Offer { token, url })
}

/// Whether a token is the session's.
pub(crate) fn check(cx: &Cx, session: SessionId, token: &str) -> Result<(), Refusal> {
    let candidates = cx.secrets.digester.candidates(PURPOSE, &session.text());
    if candidates.iter().any(|digest| constant_time_eq(shown(&digest.hex()).as_bytes(), token.as_bytes())) {
        Ok(())
    } else {
        Err(Refusal::WrongLogoutToken)
    }
}

/// Where a browser goes after it.
pub(crate) fn destination(cx: &Cx, return_to: Option<&str>) -> Result<Url, Refusal> {
    let pages = &cx.config.selfservice;
    let fallback = || pages.logout.default_browser_return_url.as_ref().unwrap_or(&pages.default_browser_return_url);
    Ok(begin::return_to(&cx.config, return_to)?.unwrap_or_else(|| fallback().clone()))
}

fn shown(hex: &str) -> String {
    format!("{PREFIX}{}", hex.get(..LETTERS).unwrap_or_default())
}
