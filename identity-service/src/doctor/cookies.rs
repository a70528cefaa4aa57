//! Cookies: the session's and the others.

use shared_types::doctor::{
    Finding,
    cookie::{self, Cookie},
    or_fine,
};

use super::Patient;
use crate::config::{CookieAttributes, SameSite};

fn facts<'a>(section: &'a str, same_site_key: &'a str, attributes: &'a CookieAttributes) -> Cookie<'a> {
    Cookie {
        section,
        same_site_key,
        domain: attributes.domain.as_deref(),
        secure: attributes.secure,
        same_site: match attributes.same_site {
            SameSite::Lax => cookie::SameSite::Lax,
            SameSite::Strict => cookie::SameSite::Strict,
            SameSite::None => cookie::SameSite::None,
        },
    }
}

pub(super) fn check(patient: &Patient) -> Vec<Finding> {
    let (config, pages) = (&patient.config, patient.pages());
    let mut found = cookie::check(facts("cookies", "cookies.same_site", &config.cookies), patient.home(), &pages);
    let sessions = cookie::check(
        facts("session.cookie", "session.cookie.same_site", &config.session.cookie),
        patient.home(),
        &pages,
    );
    // What both have in common is told once.
    let is_new = |finding: &Finding| !found.iter().any(|known| known.what == finding.what);
    let more: Vec<Finding> = sessions.into_iter().filter(is_new).collect();
    found.extend(more);
    or_fine(found, format!("browsers keep them for {} and bring them to its pages", patient.home().origin()))
}
