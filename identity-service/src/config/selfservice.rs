//! `selfservice`: flows and where browsers may be sent. The methods are in `methods`.

use std::{sync::Arc, time::Duration};

use url::Url;

use super::{
    console::Console,
    hooks::{self, After, Allowed},
    methods::{self, Methods},
    read::Reader,
    session::{RequiredAal, required_aal},
    web_hook::WebHook,
};
use crate::model::flow::FlowKind;

const HOUR: Duration = Duration::from_hours(1);

/// Everything below `selfservice`.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "one per switch of the configuration")]
pub(crate) struct SelfService {
    /// Whether the traits a provider did not tell are asked for in the providers' part of the page.
    pub(crate) legacy_oidc_group: bool,
    pub(crate) default_browser_return_url: Url,
    /// What `return_to` may name beside the default and our own pages (contract §3.6).
    pub(crate) allowed_return_urls: Vec<Url>,
    pub(crate) login: Login,
    pub(crate) registration: Registration,
    pub(crate) verification: Verification,
    pub(crate) recovery: Recovery,
    pub(crate) settings: Settings,
    pub(crate) logout: Logout,
    pub(crate) error_ui_url: Url,
    pub(crate) methods: Methods,
    /// Verification alone tells the client where to go on, without the hook that shows it.
    pub(crate) legacy_continue_with_verification_ui: bool,
    /// An unproved address is answered inside the login flow instead of as an error.
    pub(crate) legacy_require_verified_login_error: bool,
    /// Scripts and programs go on by `continue_with` where they were redirected before.
    pub(crate) continue_with_transitions: bool,
    /// A sign-in that is confirmed by code lets the address be chosen.
    pub(crate) refresh_login_choose_address: bool,
    /// The traits of a registration by password are in the group of passwords, as they once were.
    pub(crate) traits_among_passwords: bool,
    /// Whether an identifier exists is not told by the identifier-first step.
    pub(crate) mitigate_enumeration: bool,
}

impl SelfService {
    /// What is called before a flow of that kind begins.
    pub(crate) fn before(&self, kind: FlowKind) -> &[Arc<WebHook>] {
        match kind {
            FlowKind::Login => &self.login.before,
            FlowKind::Registration => &self.registration.before,
            FlowKind::Verification => &self.verification.before,
            FlowKind::Recovery => &self.recovery.before,
            FlowKind::Settings => &self.settings.before,
        }
    }

    /// Every web hook.
    pub(super) fn web_hooks(&self) -> impl Iterator<Item = &Arc<WebHook>> {
        let after = [
            &self.login.after,
            &self.registration.after,
            &self.verification.after,
            &self.recovery.after,
            &self.settings.after,
        ];
        let before = FlowKind::ALL.iter().flat_map(|kind| self.before(*kind));
        before.chain(after.into_iter().flat_map(After::web_hooks))
    }
}

/// `selfservice.flows.login`.
#[derive(Debug, Clone)]
pub(crate) struct Login {
    pub(crate) ui_url: Url,
    pub(crate) lifespan: Duration,
    /// The identifier first, how to sign in on a second screen (contract §6.5).
    pub(crate) identifier_first: bool,
    pub(crate) before: Vec<Arc<WebHook>>,
    pub(crate) after: After,
}

/// `selfservice.flows.registration`.
#[derive(Debug, Clone)]
pub(crate) struct Registration {
    pub(crate) enabled: bool,
    /// Traits first, the credential on a second screen (contract §6.6).
    pub(crate) two_step: bool,
    /// Who registers an identifier that exists is told how its owner signs in.
    pub(crate) login_hints: bool,
    pub(crate) ui_url: Url,
    pub(crate) lifespan: Duration,
    pub(crate) before: Vec<Arc<WebHook>>,
    pub(crate) after: After,
}

/// `selfservice.flows.verification`.
#[derive(Debug, Clone)]
pub(crate) struct Verification {
    pub(crate) enabled: bool,
    pub(crate) ui_url: Url,
    pub(crate) lifespan: Duration,
    pub(crate) strategy: Delivery,
    pub(crate) notify_unknown_recipients: bool,
    pub(crate) before: Vec<Arc<WebHook>>,
    pub(crate) after: After,
}

/// `selfservice.flows.recovery`.
#[derive(Debug, Clone)]
pub(crate) struct Recovery {
    pub(crate) enabled: bool,
    pub(crate) ui_url: Url,
    pub(crate) lifespan: Duration,
    pub(crate) strategy: Delivery,
    pub(crate) notify_unknown_recipients: bool,
    /// The account's addresses are offered, masked, in place of the one that was typed (contract §7.2).
    pub(crate) choose_address: bool,
    pub(crate) before: Vec<Arc<WebHook>>,
    pub(crate) after: After,
}

/// `selfservice.flows.settings`.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    pub(crate) ui_url: Url,
    pub(crate) lifespan: Duration,
    /// How fresh a sign-in must be to change what one signs in with; nothing: it need not be fresh.
    pub(crate) privileged_session_max_age: Duration,
    pub(crate) required_aal: RequiredAal,
    pub(crate) before: Vec<Arc<WebHook>>,
    pub(crate) after: After,
}

/// How an address is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Delivery {
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

const LOGIN: Allowed = Allowed {
    hooks: &["require_verified_address", "revoke_active_sessions", "verification", "show_verification_ui", "web_hook"],
    methods: &["password", "oidc", "code", "webauthn", "passkey", "totp", "lookup_secret"],
};
const REGISTRATION: Allowed = Allowed {
    hooks: &["session", "show_verification_ui", "verification", "web_hook"],
    methods: &["password", "oidc", "code", "webauthn", "passkey"],
};
const SETTINGS: Allowed = Allowed {
    hooks: &[
        "revoke_active_sessions",
        "show_verification_ui",
        "verification",
        "verify_new_address",
        "notify_previous_addresses",
        "web_hook",
    ],
    methods: &["password", "oidc", "totp", "webauthn", "passkey", "lookup_secret", "profile"],
};
const RECOVERY: Allowed = Allowed { hooks: &["revoke_active_sessions", "web_hook"], methods: &[] };
const VERIFICATION: Allowed = Allowed { hooks: &["web_hook"], methods: &[] };

/// Reads the section. `public` is the public base URL, where our own pages live.
pub(super) fn read(r: &Reader<'_>, public: &Url, console: &Console) -> SelfService {
    let page = |name: &str| super::below(public, name);
    let flag = |name: &str| r.flag(&format!("feature_flags.{name}"), false);
    SelfService {
        legacy_oidc_group: flag("legacy_oidc_registration_node_group"),
        default_browser_return_url: r.url("selfservice.default_browser_return_url").unwrap_or_else(|| page("welcome")),
        allowed_return_urls: allowed(r, console),
        login: Login {
            ui_url: ui(r, public, "login"),
            lifespan: lifespan(r, "login"),
            identifier_first: one_of(r, "selfservice.flows.login.style", ["unified", "identifier_first"]) == 1,
            before: hooks::before(r, "login"),
            after: hooks::after(r, "login", &LOGIN),
        },
        registration: Registration {
            enabled: r.flag("selfservice.flows.registration.enabled", true),
            two_step: two_step(r),
            login_hints: r.flag("selfservice.flows.registration.login_hints", false),
            ui_url: ui(r, public, "registration"),
            lifespan: lifespan(r, "registration"),
            before: hooks::before(r, "registration"),
            after: hooks::after(r, "registration", &REGISTRATION),
        },
        verification: verification(r, public),
        recovery: recovery(r, public),
        settings: Settings {
            ui_url: ui(r, public, "settings"),
            lifespan: lifespan(r, "settings"),
            privileged_session_max_age: r.duration("selfservice.flows.settings.privileged_session_max_age", HOUR),
            required_aal: required_aal(r, "selfservice.flows.settings.required_aal"),
            before: hooks::before(r, "settings"),
            after: hooks::after(r, "settings", &SETTINGS),
        },
        logout: Logout {
            clear_browser_data: r.flag("selfservice.flows.logout.clear_browser_data", false),
            default_browser_return_url: r.url("selfservice.flows.logout.after.default_browser_return_url"),
        },
        error_ui_url: ui(r, public, "error"),
        methods: methods::read(r, public),
        legacy_continue_with_verification_ui: flag("legacy_continue_with_verification_ui"),
        legacy_require_verified_login_error: flag("legacy_require_verified_login_error"),
        continue_with_transitions: flag("use_continue_with_transitions"),
        refresh_login_choose_address: flag("refresh_login_choose_address"),
        traits_among_passwords: one_of(
            r,
            "feature_flags.password_profile_registration_node_group",
            ["default", "password"],
        ) == 1,
        mitigate_enumeration: r.flag("security.account_enumeration.mitigate", false),
    }
}

fn ui(r: &Reader<'_>, public: &Url, flow: &str) -> Url {
    r.url(&format!("selfservice.flows.{flow}.ui_url")).unwrap_or_else(|| super::below(public, flow))
}

fn lifespan(r: &Reader<'_>, flow: &str) -> Duration {
    r.duration(&format!("selfservice.flows.{flow}.lifespan"), HOUR)
}

/// Which of two words is set; the first when none is.
fn one_of(r: &Reader<'_>, path: &str, words: [&str; 2]) -> usize {
    let Some(text) = r.text(path) else { return 0 };
    words.iter().position(|word| *word == text).unwrap_or_else(|| {
        r.problem(path, format_args!("must be {:?} or {:?}", words[0], words[1]));
        0
    })
}

fn two_step(r: &Reader<'_>) -> bool {
    let unified = one_of(r, "selfservice.flows.registration.style", ["profile_first", "unified"]) == 1;
    !unified && !r.flag("selfservice.flows.registration.enable_legacy_one_step", false)
}

fn delivery(r: &Reader<'_>, flow: &str) -> Delivery {
    match one_of(r, &format!("selfservice.flows.{flow}.use"), ["code", "link"]) {
        0 => Delivery::Code,
        _ => Delivery::Link,
    }
}

fn verification(r: &Reader<'_>, public: &Url) -> Verification {
    Verification {
        enabled: r.flag("selfservice.flows.verification.enabled", false),
        ui_url: ui(r, public, "verification"),
        lifespan: lifespan(r, "verification"),
        strategy: delivery(r, "verification"),
        notify_unknown_recipients: r.flag("selfservice.flows.verification.notify_unknown_recipients", false),
        before: hooks::before(r, "verification"),
        after: hooks::after(r, "verification", &VERIFICATION),
    }
}

fn recovery(r: &Reader<'_>, public: &Url) -> Recovery {
    Recovery {
        enabled: r.flag("selfservice.flows.recovery.enabled", false),
        ui_url: ui(r, public, "recovery"),
        lifespan: lifespan(r, "recovery"),
        strategy: delivery(r, "recovery"),
        notify_unknown_recipients: r.flag("selfservice.flows.recovery.notify_unknown_recipients", false),
        choose_address: r.flag("feature_flags.choose_recovery_address", false),
        before: hooks::before(r, "recovery"),
        after: hooks::after(r, "recovery", &RECOVERY),
    }
}

/// The allow-list as parsed URLs: they are never compared as text. Who signs in for the console comes back to it.
fn allowed(r: &Reader<'_>, console: &Console) -> Vec<Url> {
    let path = "selfservice.allowed_return_urls";
    let parse = |text: String| match Url::parse(&text) {
        Ok(url) => Some(url),
        Err(error) => {
            r.problem(path, format_args!("{text:?}: {error}"));
            None
        }
    };
    let console = console.enabled.then(|| console.base_url.clone());
    r.list(path).into_iter().filter_map(parse).chain(console).collect()
}
