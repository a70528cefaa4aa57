//! `selfservice.methods.webauthn` and `.passkey`: the relying party authenticators make keys for, and which ones may.

use std::time::Duration;

use url::{Host, Url};

use super::read::Reader;
use crate::model::word::words;

words! {
    /// Whether the authenticator shall know who uses it, by a gesture or a PIN.
    Verification {
        /// Without it nothing is taken.
        Required = "required",
        /// Where the authenticator can.
        Preferred = "preferred",
        /// Only where it cannot do without.
        Discouraged = "discouraged",
    }
}

words! {
    /// Whether the authenticator shall find the key by itself, without being told whose.
    ResidentKey {
        /// Without it the key is of no use.
        Required = "required",
        /// Where the authenticator can.
        Preferred = "preferred",
        /// Only where it cannot do without.
        Discouraged = "discouraged",
    }
}

words! {
    /// Which authenticators may register.
    Attachment {
        /// Part of the device.
        Platform = "platform",
        /// Carried from device to device.
        CrossPlatform = "cross-platform",
    }
}

words! {
    /// What the authenticator shall say of its maker.
    Attestation {
        /// Nothing.
        None = "none",
        /// What the browser sees fit.
        Indirect = "indirect",
        /// All.
        Direct = "direct",
        /// All, and which device it is.
        Enterprise = "enterprise",
    }
}

/// Whom authenticators make keys for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RelyingParty {
    /// The domain the keys are good for.
    pub(crate) id: String,
    /// What authenticators show.
    pub(crate) name: String,
    /// Where keys may be used: pages, and applications by their signatures.
    pub(crate) origins: Vec<Url>,
}

/// `selfservice.methods.webauthn` (contract §4.6).
#[derive(Debug, Clone)]
pub(crate) struct WebAuthnMethod {
    pub(crate) enabled: bool,
    /// Keys sign in by themselves; otherwise they are second factors.
    pub(crate) passwordless: bool,
    pub(crate) rp: RelyingParty,
}

/// `selfservice.methods.passkey` (contract §4.6).
#[derive(Debug, Clone)]
pub(crate) struct PasskeyMethod {
    pub(crate) enabled: bool,
    pub(crate) rp: RelyingParty,
    pub(crate) attachment: Option<Attachment>,
    pub(crate) resident_key: ResidentKey,
    pub(crate) verification: Verification,
    pub(crate) attestation: Attestation,
    pub(crate) registration_timeout: Duration,
    pub(crate) login_timeout: Duration,
}

/// For how long passkeys wait for their owner.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);
/// For how long security keys do, which need not find out who he is (Web Authentication Level 2, 15.1).
pub(crate) const SHORT_PATIENCE: Duration = Duration::from_mins(2);
/// The longest they may be told to.
const LONGEST: Duration = Duration::from_hours(24);

/// Reads `selfservice.methods.webauthn`.
pub(super) fn webauthn(r: &Reader<'_>, public: &Url) -> WebAuthnMethod {
    let base = "selfservice.methods.webauthn";
    let enabled = r.flag(&format!("{base}.enabled"), false);
    WebAuthnMethod {
        enabled,
        passwordless: r.flag(&format!("{base}.config.passwordless"), false),
        rp: relying_party(r, &format!("{base}.config.rp"), public, enabled),
    }
}

/// Reads `selfservice.methods.passkey`.
pub(super) fn passkey(r: &Reader<'_>, public: &Url) -> PasskeyMethod {
    let base = "selfservice.methods.passkey";
    let enabled = r.flag(&format!("{base}.enabled"), false);
    let path = |name: &str| format!("{base}.config.{name}");
    PasskeyMethod {
        enabled,
        rp: relying_party(r, &path("rp"), public, enabled),
        attachment: r.parsed(&path("authenticator_selection.attachment")),
        resident_key: r.parsed(&path("authenticator_selection.resident_key")).unwrap_or(ResidentKey::Required),
        verification: r.parsed(&path("authenticator_selection.user_verification")).unwrap_or(Verification::Preferred),
        attestation: r.parsed(&path("attestation.preference")).unwrap_or(Attestation::None),
        registration_timeout: timeout(r, &path("timeouts.registration")),
        login_timeout: timeout(r, &path("timeouts.login")),
    }
}

fn timeout(r: &Reader<'_>, path: &str) -> Duration {
    let timeout = r.duration(path, PATIENCE);
    if timeout.is_zero() || timeout > LONGEST {
        r.problem(path, "must be longer than nothing, and at most 24h");
        return PATIENCE;
    }
    timeout
}

fn relying_party(r: &Reader<'_>, path: &str, public: &Url, enabled: bool) -> RelyingParty {
    let of = |name: &str| format!("{path}.{name}");
    let (id, name) = (r.text(&of("id")), r.text(&of("display_name")));
    if enabled {
        for (given, name) in [(&id, "id"), (&name, "display_name")] {
            if given.is_none() {
                r.problem(&of(name), "must be set where the method is enabled");
            }
        }
    }
    let id = id.unwrap_or_default();
    if !id.is_empty() && !is_domain(&id) {
        r.problem(&of("id"), format_args!("{id:?} is not a domain; it has neither scheme nor port"));
        return RelyingParty::default();
    }
    if r.has(&of("origin")) && r.has(&of("origins")) {
        r.problem(&of("origin"), "cannot be set beside origins");
    }
    let mut given = r.list(&of("origins"));
    given.extend(r.text(&of("origin")));
    let mut origins: Vec<Url> = given.iter().filter_map(|text| origin(r, &of("origins"), &id, text)).collect();
    if origins.is_empty() && !id.is_empty() {
        origins = usual_origins(&id, public);
    }
    RelyingParty { id, name: name.unwrap_or_default(), origins }
}

fn is_domain(id: &str) -> bool {
    let parsed = Url::parse(&format!("https://{id}/")).ok();
    parsed.is_some_and(|url| matches!(url.host(), Some(Host::Domain(domain)) if domain == id) && url.port().is_none())
}

/// The domain itself by the scheme we are reached by, and the very address of this service where that belongs to it.
fn usual_origins(id: &str, public: &Url) -> Vec<Url> {
    let mut origins: Vec<Url> = Url::parse(&format!("{}://{id}", public.scheme())).into_iter().collect();
    if public.host_str().is_some_and(|host| is_below(host, id)) {
        origins.extend(Url::parse(&public.origin().ascii_serialization()));
    }
    origins.dedup();
    origins
}

fn origin(r: &Reader<'_>, path: &str, id: &str, text: &str) -> Option<Url> {
    let Ok(url) = Url::parse(text) else {
        r.problem(path, format_args!("{text:?} is not an origin"));
        return None;
    };
    if !matches!(url.scheme(), "http" | "https") {
        // Applications are named by what they are signed with.
        return Some(url);
    }
    if url.path() != "/" || url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() {
        r.problem(path, format_args!("{text:?} is more than an origin"));
        return None;
    }
    let host = url.host_str().unwrap_or_default();
    if !is_below(host, id) {
        r.warn(format!(
            "{path}: browsers at {text} use keys for {id} only where that domain's own list of related origins names it"
        ));
    }
    if url.scheme() == "http" && !is_below(host, "localhost") {
        r.warn(format!("{path}: browsers use no keys at {text}, which is not https"));
    }
    Some(url)
}

fn is_below(host: &str, id: &str) -> bool {
    host.strip_suffix(id).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests;
