//! `oauth2.introspection`: how new the claims are that introspection reports.

use std::time::Duration;

use super::read::Reader;

/// What introspection says of an opaque token beyond its row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Introspection {
    /// Claims come from the token hooks, where there are some; otherwise those the token was issued with.
    pub(crate) fresh: bool,
    /// So old may they be; zero asks the hook every time.
    pub(crate) max_age: Duration,
}

/// Reads the section.
pub(super) fn read(r: &Reader<'_>) -> Introspection {
    let fresh = match r.text("oauth2.introspection.claims").as_deref() {
        None | Some("fresh") => true,
        Some("stored") => false,
        Some(_) => {
            r.problem("oauth2.introspection.claims", "must be fresh or stored");
            true
        }
    };
    let max_age = r.duration("oauth2.introspection.claims_max_age", Duration::from_secs(1));
    if max_age > Duration::from_hours(1) {
        r.problem("oauth2.introspection.claims_max_age", "must be at most 1h");
    }
    Introspection { fresh, max_age }
}
