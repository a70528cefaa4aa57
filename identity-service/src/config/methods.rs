//! `selfservice.methods`: the ways to sign in, to register and to prove an address.

use std::{path::PathBuf, time::Duration};

use url::Url;

use super::{
    authenticators::{self, PasskeyMethod, WebAuthnMethod},
    oidc::{self, OidcMethod},
    read::Reader,
    request::{self, Request},
};
use crate::source::breach_list;

const HOUR: Duration = Duration::from_hours(1);

/// Everything below `selfservice.methods`.
#[derive(Debug, Clone)]
pub(crate) struct Methods {
    pub(crate) profile: bool,
    pub(crate) password: PasswordMethod,
    pub(crate) oidc: OidcMethod,
    pub(crate) code: CodeMethod,
    pub(crate) link: LinkMethod,
    pub(crate) totp: TotpMethod,
    pub(crate) lookup_secret: bool,
    pub(crate) webauthn: WebAuthnMethod,
    pub(crate) passkey: PasskeyMethod,
}

/// `selfservice.methods.password` (contract §4.3).
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "one per switch of the configuration")]
pub(crate) struct PasswordMethod {
    pub(crate) enabled: bool,
    pub(crate) min_length: usize,
    pub(crate) similarity_check: bool,
    /// Whether new passwords are looked up in the list of breached ones that others keep.
    pub(crate) breach_check: bool,
    /// Where that list is.
    pub(crate) breach_url: Url,
    /// A list of our own, in a file.
    pub(crate) breach_file: Option<PathBuf>,
    pub(crate) max_breaches: u32,
    pub(crate) ignore_network_errors: bool,
    /// Who knows the passwords of accounts that come from elsewhere.
    pub(crate) migrate_hook: Option<Request>,
}

/// `selfservice.methods.code` (contract §4.8).
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "one per switch of the configuration")]
pub(crate) struct CodeMethod {
    /// For recovery and verification.
    pub(crate) enabled: bool,
    /// As a first factor, and to register.
    pub(crate) passwordless: bool,
    /// As a second factor.
    pub(crate) mfa: bool,
    /// Identities without a code credential may use their verifiable addresses.
    pub(crate) missing_credential_fallback: bool,
    pub(crate) lifespan: Duration,
    pub(crate) max_submissions: i64,
}

/// `selfservice.methods.link`.
#[derive(Debug, Clone)]
pub(crate) struct LinkMethod {
    pub(crate) enabled: bool,
    pub(crate) lifespan: Duration,
    /// In place of the public URL in links.
    pub(crate) base_url: Option<Url>,
}

/// `selfservice.methods.totp`.
#[derive(Debug, Clone)]
pub(crate) struct TotpMethod {
    pub(crate) enabled: bool,
    /// What authenticator apps show; the public host when absent.
    pub(crate) issuer: String,
}

/// Reads the section. `public` is the public base URL.
pub(super) fn read(r: &Reader<'_>, public: &Url) -> Methods {
    let flag = |path: &str, default: bool| r.flag(&format!("selfservice.methods.{path}"), default);
    Methods {
        profile: flag("profile.enabled", true),
        password: password(r),
        oidc: oidc::read(r),
        code: code(r),
        link: LinkMethod {
            enabled: flag("link.enabled", false),
            lifespan: r.duration("selfservice.methods.link.config.lifespan", HOUR),
            base_url: r.url("selfservice.methods.link.config.base_url"),
        },
        totp: TotpMethod {
            enabled: flag("totp.enabled", false),
            issuer: r
                .text("selfservice.methods.totp.config.issuer")
                .unwrap_or_else(|| public.host_str().unwrap_or("Portico").to_owned()),
        },
        lookup_secret: flag("lookup_secret.enabled", false),
        webauthn: authenticators::webauthn(r, public),
        passkey: authenticators::passkey(r, public),
    }
}

fn code(r: &Reader<'_>) -> CodeMethod {
    let path = |name: &str| format!("selfservice.methods.code.{name}");
    CodeMethod {
        enabled: r.flag(&path("enabled"), true),
        passwordless: r.flag(&path("passwordless_enabled"), false),
        mfa: r.flag(&path("mfa_enabled"), false),
        missing_credential_fallback: r.flag(&path("config.missing_credential_fallback_enabled"), false),
        lifespan: r.duration(&path("config.lifespan"), HOUR),
        max_submissions: r.number(&path("config.max_submissions"), 5, 1..=255),
    }
}

fn password(r: &Reader<'_>) -> PasswordMethod {
    let path = |name: &str| format!("selfservice.methods.password.config.{name}");
    let breach_file = r.text(&path("breached_passwords_file")).map(PathBuf::from);
    if let Some(Err(error)) = breach_file.as_deref().map(breach_list::check) {
        r.problem(&path("breached_passwords_file"), error);
    }
    PasswordMethod {
        enabled: r.flag("selfservice.methods.password.enabled", true),
        min_length: r.number(&path("min_password_length"), 8_i64, 6..=72).try_into().unwrap_or(8),
        similarity_check: r.flag(&path("identifier_similarity_check_enabled"), true),
        // Who has a list of his own asks nobody else, unless he says so.
        breach_check: r.flag(&path("haveibeenpwned_enabled"), breach_file.is_none()),
        breach_url: breach_url(r, &path("haveibeenpwned_host")),
        breach_file,
        max_breaches: r.number(&path("max_breaches"), 0, 0..=i64::from(u32::MAX)).try_into().unwrap_or(0),
        ignore_network_errors: r.flag(&path("ignore_network_errors"), true),
        migrate_hook: migrate_hook(r, &path("migrate_hook")),
    }
}

/// A host by its name, or by a URL when a copy of the list is not behind TLS.
fn breach_url(r: &Reader<'_>, path: &str) -> Url {
    let host = r.text(path).unwrap_or_else(|| "api.pwnedpasswords.com".to_owned());
    let text = if host.contains("://") { host } else { format!("https://{host}") };
    let url = Url::parse(&format!("{}/", text.trim_end_matches('/'))).ok();
    url.filter(|url| url.has_host() && matches!(url.scheme(), "http" | "https")).unwrap_or_else(|| {
        r.problem(path, "must be the name of a host, or a URL");
        super::loopback()
    })
}

fn migrate_hook(r: &Reader<'_>, at: &str) -> Option<Request> {
    if !r.flag(&format!("{at}.enabled"), false) {
        return None;
    }
    let hook = request::read(r, &format!("{at}.config"))?;
    if hook.method != "POST" {
        r.problem(&format!("{at}.config.method"), "must be POST");
    }
    Some(hook)
}
