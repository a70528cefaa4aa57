//! `session` and `cookies`: how long sessions live and what their cookies look like (contract §3.1).

use std::time::Duration;

use url::Url;

use super::{
    read::Reader,
    tokenizer::{self, TokenizerTemplate},
};
use crate::model::{session::Aal, word::words};

words! {
    /// The SameSite attribute of a cookie.
    SameSite {
        /// Sent on top-level navigation too.
        Lax = "Lax",
        /// Sent from our own site alone.
        Strict = "Strict",
        /// Sent always; needs Secure.
        None = "None",
    }
}

/// Everything below `session`.
#[derive(Debug, Clone)]
pub(crate) struct SessionConfig {
    pub(crate) lifespan: Duration,
    /// Extending before this much of the lifespan is left changes nothing.
    pub(crate) earliest_possible_extend: Duration,
    /// What whoami asks for.
    pub(crate) whoami_aal: RequiredAal,
    /// How whoami makes tokens.
    pub(crate) tokenizers: Vec<TokenizerTemplate>,
    pub(crate) cookie_name: String,
    /// Whether the cookie outlives the browser.
    pub(crate) persistent: bool,
    pub(crate) cookie: CookieAttributes,
    /// `Ory-Session-Cache-For`, when switched on.
    pub(crate) cacheable_for: Option<Duration>,
    /// The extend endpoint answers 204 without a body.
    pub(crate) faster_extend: bool,
}

/// An assurance level that must be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequiredAal {
    /// One factor is enough.
    Aal1,
    /// As high as the identity can reach.
    HighestAvailable,
}

impl RequiredAal {
    /// Is a session of this level enough for an identity that could reach `available`?
    pub(crate) fn is_met(self, session: Aal, available: Aal) -> bool {
        match self {
            Self::Aal1 => session >= Aal::Aal1,
            Self::HighestAvailable => session >= available.max(Aal::Aal1),
        }
    }
}

/// Attributes of a cookie.
#[derive(Debug, Clone)]
pub(crate) struct CookieAttributes {
    pub(crate) domain: Option<String>,
    pub(crate) path: String,
    pub(crate) same_site: SameSite,
    pub(crate) secure: bool,
}

/// Reads `session`.
pub(super) fn read(r: &Reader<'_>, cookies: &CookieAttributes) -> SessionConfig {
    let lifespan = r.duration("session.lifespan", Duration::from_hours(24));
    let cacheable = r.flag("feature_flags.cacheable_sessions", false);
    let max_age = r.maybe_duration("feature_flags.cacheable_sessions_max_age");
    SessionConfig {
        lifespan,
        earliest_possible_extend: r.duration("session.earliest_possible_extend", lifespan),
        whoami_aal: required_aal(r, "session.whoami.required_aal"),
        tokenizers: tokenizer::read(r),
        cookie_name: r.text("session.cookie.name").unwrap_or_else(|| "ory_kratos_session".to_owned()),
        persistent: r.flag("session.cookie.persistent", true),
        cookie: CookieAttributes {
            domain: r.text("session.cookie.domain").or_else(|| cookies.domain.clone()),
            path: r.text("session.cookie.path").unwrap_or_else(|| cookies.path.clone()),
            same_site: same_site(r, "session.cookie.same_site").unwrap_or(cookies.same_site),
            secure: r.maybe_flag("session.cookie.secure").unwrap_or(cookies.secure),
        },
        cacheable_for: cacheable.then(|| max_age.unwrap_or(lifespan)),
        faster_extend: r.flag("feature_flags.faster_session_extend", false),
    }
}

/// Reads `cookies`. Cookies are Secure whenever the public URL is https.
pub(super) fn cookies(r: &Reader<'_>, public: &Url) -> CookieAttributes {
    CookieAttributes {
        domain: r.text("cookies.domain"),
        path: r.text("cookies.path").unwrap_or_else(|| "/".to_owned()),
        same_site: same_site(r, "cookies.same_site").unwrap_or(SameSite::Lax),
        secure: r.maybe_flag("cookies.secure").unwrap_or(public.scheme() == "https"),
    }
}

fn same_site(r: &Reader<'_>, path: &str) -> Option<SameSite> {
    let text = r.text(path)?;
    let found = SameSite::ALL.iter().copied().find(|word| word.as_str().eq_ignore_ascii_case(&text));
    if found.is_none() {
        r.problem(path, "must be Lax, Strict or None");
    }
    found
}

/// An assurance level that must be reached; as high as possible when nothing is said.
pub(super) fn required_aal(r: &Reader<'_>, path: &str) -> RequiredAal {
    match r.text(path).as_deref() {
        None | Some("highest_available") => RequiredAal::HighestAvailable,
        Some("aal1") => RequiredAal::Aal1,
        Some(_) => {
            r.problem(path, "must be \"aal1\" or \"highest_available\"");
            RequiredAal::HighestAvailable
        }
    }
}
