//! `selfservice`: flows, methods and where browsers may be sent.

use std::time::Duration;

use url::Url;

use super::{
    hooks::{self, After, Hook},
    read::Reader,
};

const HOUR: Duration = Duration::from_hours(1);

/// Everything below `selfservice`.
#[derive(Debug, Clone)]
pub(crate) struct SelfService {
    pub(crate) default_browser_return_url: Url,
    /// What `return_to` may name beside the default and our own pages (contract §3.6).
    pub(crate) allowed_return_urls: Vec<Url>,
    pub(crate) login: Login,
    pub(crate) registration: Registration,
    pub(crate) verification: Verification,
    pub(crate) logout: Logout,
    pub(crate) error_ui_url: Url,
    /// Verification alone tells the client where to go on, without the hook that shows it.
    pub(crate) legacy_continue_with_verification_ui: bool,
    /// An unproved address is answered inside the login flow instead of as an error.
    pub(crate) legacy_require_verified_login_error: bool,
    pub(crate) password: PasswordMethod,
    pub(crate) code: CodeMethod,
    pub(crate) link: LinkMethod,
}

/// `selfservice.flows.login`.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) ui_url: Url,
    pub(crate) lifespan: Duration,
    pub(crate) after: After,
}

/// `selfservice.flows.registration`.
#[derive(Debug, Clone)]
pub(crate) struct Registration {
    pub(crate) enabled: bool,
    /// Traits first, the credential on a second screen (contract §6.6).
    pub(crate) two_step: bool,
    pub(crate) ui_url: Url,
    pub(crate) lifespan: Duration,
    pub(crate) after: After,
}

/// `selfservice.flows.verification`.
#[derive(Debug, Clone)]
pub(crate) struct Verification {
    pub(crate) enabled: bool,
    pub(crate) ui_url: Url,
    pub(crate) lifespan: Duration,
    pub(crate) strategy: VerificationUse,
    pub(crate) notify_unknown_recipients: bool,
    pub(crate) after: After,
}

/// How addresses are verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum VerificationUse {
    /// Six digits.
    Code,
    /// A link.
    Link,
}

/// `selfservice.flows.logout`.
#[derive(Debug, Clone)]
pub(crate) struct Logout {
    pub(crate) clear_browser_data: bool,
    pub(crate) default_browser_return_url: Option<Url>,
}

/// `selfservice.methods.password` (contract §4.3).
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "one per switch of the configuration")]
pub(crate) struct PasswordMethod {
    pub(crate) enabled: bool,
    pub(crate) min_length: usize,
    pub(crate) similarity_check: bool,
    /// Whether new passwords are looked up among breached ones.
    pub(crate) breach_check: bool,
    pub(crate) breach_host: String,
    pub(crate) max_breaches: u32,
    pub(crate) ignore_network_errors: bool,
}

/// `selfservice.methods.code`.
#[derive(Debug, Clone)]
pub(crate) struct CodeMethod {
    pub(crate) enabled: bool,
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

/// Reads the section. `public` is the public base URL, where our own pages live.
pub(super) fn read(r: &Reader<'_>, public: &Url) -> SelfService {
    let page = |name: &str| super::below(public, name);
    let ui = |flow: &str, name: &str| r.url(&format!("selfservice.flows.{flow}.ui_url")).unwrap_or_else(|| page(name));
    SelfService {
        default_browser_return_url: r.url("selfservice.default_browser_return_url").unwrap_or_else(|| page("welcome")),
        allowed_return_urls: allowed(r),
        login: Login {
            ui_url: ui("login", "login"),
            lifespan: r.duration("selfservice.flows.login.lifespan", HOUR),
            after: hooks::after(
                r,
                "login",
                &[
                    Hook::RequireVerifiedAddress,
                    Hook::RevokeActiveSessions,
                    Hook::Verification,
                    Hook::ShowVerificationUi,
                ],
            ),
        },
        registration: Registration {
            enabled: r.flag("selfservice.flows.registration.enabled", true),
            two_step: two_step(r),
            ui_url: ui("registration", "registration"),
            lifespan: r.duration("selfservice.flows.registration.lifespan", HOUR),
            after: hooks::after(r, "registration", &[Hook::Session, Hook::ShowVerificationUi, Hook::Verification]),
        },
        verification: verification(r, ui("verification", "verification")),
        logout: Logout {
            clear_browser_data: r.flag("selfservice.flows.logout.clear_browser_data", false),
            default_browser_return_url: r.url("selfservice.flows.logout.after.default_browser_return_url"),
        },
        error_ui_url: ui("error", "error"),
        legacy_continue_with_verification_ui: r.flag("feature_flags.legacy_continue_with_verification_ui", false),
        legacy_require_verified_login_error: r.flag("feature_flags.legacy_require_verified_login_error", false),
        password: password(r),
        code: CodeMethod {
            enabled: r.flag("selfservice.methods.code.enabled", true),
            lifespan: r.duration("selfservice.methods.code.config.lifespan", HOUR),
            max_submissions: r.number("selfservice.methods.code.config.max_submissions", 5, 1..=255),
        },
        link: LinkMethod {
            enabled: r.flag("selfservice.methods.link.enabled", false),
            lifespan: r.duration("selfservice.methods.link.config.lifespan", HOUR),
            base_url: r.url("selfservice.methods.link.config.base_url"),
        },
    }
}

fn two_step(r: &Reader<'_>) -> bool {
    let path = "selfservice.flows.registration.style";
    let unified = match r.text(path).as_deref() {
        None | Some("profile_first") => false,
        Some("unified") => true,
        Some(_) => {
            r.problem(path, "must be \"profile_first\" or \"unified\"");
            false
        }
    };
    !unified && !r.flag("selfservice.flows.registration.enable_legacy_one_step", false)
}

fn verification(r: &Reader<'_>, ui_url: Url) -> Verification {
    let path = "selfservice.flows.verification.use";
    let strategy = match r.text(path).as_deref() {
        None | Some("code") => VerificationUse::Code,
        Some("link") => VerificationUse::Link,
        Some(_) => {
            r.problem(path, "must be \"code\" or \"link\"");
            VerificationUse::Code
        }
    };
    Verification {
        enabled: r.flag("selfservice.flows.verification.enabled", false),
        ui_url,
        lifespan: r.duration("selfservice.flows.verification.lifespan", HOUR),
        strategy,
        notify_unknown_recipients: r.flag("selfservice.flows.verification.notify_unknown_recipients", false),
        after: hooks::after(r, "verification", &[]),
    }
}

fn password(r: &Reader<'_>) -> PasswordMethod {
    let path = |name: &str| format!("selfservice.methods.password.config.{name}");
    PasswordMethod {
        enabled: r.flag("selfservice.methods.password.enabled", true),
        min_length: r.number(&path("min_password_length"), 8_i64, 6..=72).try_into().unwrap_or(8),
        similarity_check: r.flag(&path("identifier_similarity_check_enabled"), true),
        breach_check: r.flag(&path("haveibeenpwned_enabled"), true),
        breach_host: r.text(&path("haveibeenpwned_host")).unwrap_or_else(|| "api.pwnedpasswords.com".to_owned()),
        max_breaches: r.number(&path("max_breaches"), 0, 0..=i64::from(u32::MAX)).try_into().unwrap_or(0),
        ignore_network_errors: r.flag(&path("ignore_network_errors"), true),
    }
}

/// The allow-list as parsed URLs: they are never compared as text.
fn allowed(r: &Reader<'_>) -> Vec<Url> {
    let path = "selfservice.allowed_return_urls";
    let parse = |text: String| match Url::parse(&text) {
        Ok(url) => Some(url),
        Err(error) => {
            r.problem(path, format_args!("{text:?}: {error}"));
            None
        }
    };
    r.list(path).into_iter().filter_map(parse).collect()
}
