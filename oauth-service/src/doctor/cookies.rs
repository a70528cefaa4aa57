//! Cookies: browsers must keep them, and bring them when they come back from the pages.

use shared_types::doctor::{
    Finding, Place,
    cookie::{self, Cookie},
    or_fine,
    place::same_site,
};

use super::Patient;
use crate::config::{Cookies, SameSite};

fn facts(cookies: &Cookies) -> Cookie<'_> {
    Cookie {
        section: "serve.cookies",
        same_site_key: "serve.cookies.same_site_mode",
        domain: cookies.domain.as_deref(),
        secure: cookies.secure,
        same_site: match cookies.same_site {
            SameSite::Lax => cookie::SameSite::Lax,
            SameSite::Strict => cookie::SameSite::Strict,
            SameSite::None => cookie::SameSite::None,
        },
    }
}

pub(super) fn check(patient: &Patient) -> Vec<Finding> {
    let (home, urls) = (patient.home(), &patient.config.urls);
    // The pages do not read these cookies: the browser brings them back by a link.
    let mut found = cookie::check(facts(&patient.config.cookies), home, &[]);
    let pages = [Place { key: "urls.login", url: &urls.login }, Place { key: "urls.consent", url: &urls.consent }];
    let far = pages.iter().find(|page| !same_site(page.url, home.url));
    if let Some(page) = far.filter(|_| patient.config.cookies.same_site == SameSite::Strict) {
        let what = format!("Strict, and {} ({}) is another site than {}", page.key, page.origin(), home.origin());
        let why = "browsers do not bring the cookies when they come back from there: no sign-in ends (CSRF)";
        let fix = "set Lax, or None; or serve both below one domain";
        found.push(Finding::wrong("serve.cookies.same_site_mode", what).because(why, fix));
    }
    or_fine(found, format!("browsers keep them for {}, and bring them back from the pages", home.origin()))
}
