//! What happens around a flow (contract §6.1, §6.2): hooks before it begins, and after it has succeeded.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use url::Url;

use super::{
    read::Reader,
    web_hook::{self, WebHook},
};
use crate::model::word::words;

/// A hook this service runs.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Hook {
    /// Registration: sign the new identity in.
    Session,
    /// Tell the client where to verify the address.
    ShowVerificationUi,
    /// Login: refuse until an address is verified.
    RequireVerifiedAddress,
    /// Start a verification flow for unverified addresses.
    Verification,
    /// End every other session of the identity.
    RevokeActiveSessions,
    /// Settings: a new address counts only once it is proven.
    VerifyNewAddress,
    /// Settings: tell the addresses the account had before.
    NotifyPreviousAddresses(Recipients),
    /// Call another system.
    Call(Arc<WebHook>),
}

words! {
    /// Which of the earlier addresses are told of a change.
    Recipients {
        /// Those the account no longer has.
        Removed = "removed",
        /// Those that were verified.
        AllVerified = "all_verified",
        /// All of them.
        All = "all",
    }
}

impl Hook {
    /// Whether it runs before anything is written, and may change or refuse what is to be.
    fn is_before_write(&self) -> bool {
        match self {
            Self::VerifyNewAddress => true,
            Self::Call(hook) => hook.parse,
            _ => false,
        }
    }
}

/// The hooks of one flow kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct After {
    /// Where the browser goes when neither method nor flow says.
    pub(crate) default_browser_return_url: Option<Url>,
    hooks: Vec<Hook>,
    /// What single methods say of their own, by their keys.
    methods: BTreeMap<&'static str, MethodAfter>,
}

/// The hooks of one method within a flow kind.
#[derive(Debug, Clone, Default)]
struct MethodAfter {
    default_browser_return_url: Option<Url>,
    hooks: Vec<Hook>,
}

impl After {
    /// The method's hooks that run before the write: the flow's own list has no part in it (contract §6.1).
    pub(crate) fn before_write(&self, method: &str) -> Vec<Hook> {
        let own = self.methods.get(method).map(|own| own.hooks.as_slice()).unwrap_or_default();
        own.iter().filter(|hook| hook.is_before_write()).cloned().collect()
    }

    /// The method's hooks that run afterwards; the flow's when the method has none of these. The lists are never merged.
    pub(crate) fn after_write(&self, method: &str) -> Vec<Hook> {
        let of =
            |hooks: &[Hook]| -> Vec<Hook> { hooks.iter().filter(|hook| !hook.is_before_write()).cloned().collect() };
        let own = self.methods.get(method).map(|own| of(&own.hooks)).unwrap_or_default();
        if own.is_empty() { of(&self.hooks) } else { own }
    }

    /// Every hook of the method, else of the flow: where nothing is written in between.
    pub(crate) fn all(&self, method: &str) -> Vec<Hook> {
        let own = self.methods.get(method).map(|own| own.hooks.clone()).unwrap_or_default();
        if own.is_empty() { self.hooks.clone() } else { own }
    }

    /// Every web hook of the flow and its methods.
    pub(super) fn web_hooks(&self) -> impl Iterator<Item = &Arc<WebHook>> {
        let own = self.methods.values().flat_map(|own| &own.hooks);
        self.hooks.iter().chain(own).filter_map(|hook| if let Hook::Call(hook) = hook { Some(hook) } else { None })
    }

    /// The method's return URL, else the flow's.
    pub(crate) fn return_url_of(&self, method: &str) -> Option<&Url> {
        let own = self.methods.get(method).and_then(|own| own.default_browser_return_url.as_ref());
        own.or(self.default_browser_return_url.as_ref())
    }
}

/// Which hooks a flow kind knows, and which methods may have their own.
pub(super) struct Allowed {
    pub(super) hooks: &'static [&'static str],
    pub(super) methods: &'static [&'static str],
}

/// Reads `selfservice.flows.<flow>.after`.
pub(super) fn after(r: &Reader<'_>, flow: &str, allowed: &Allowed) -> After {
    let path = format!("selfservice.flows.{flow}.after");
    let of = |method: &&'static str| {
        let path = format!("{path}.{method}");
        let own = MethodAfter {
            default_browser_return_url: r.url(&format!("{path}.default_browser_return_url")),
            hooks: hooks(r, &format!("{path}.hooks"), allowed.hooks),
        };
        (*method, own)
    };
    After {
        default_browser_return_url: r.url(&format!("{path}.default_browser_return_url")),
        hooks: hooks(r, &format!("{path}.hooks"), allowed.hooks),
        methods: allowed.methods.iter().map(of).collect(),
    }
}

/// Reads `selfservice.flows.<flow>.before.hooks`.
pub(super) fn before(r: &Reader<'_>, flow: &str) -> Vec<Arc<WebHook>> {
    let found = hooks(r, &format!("selfservice.flows.{flow}.before.hooks"), &["web_hook"]);
    let web = |hook: Hook| if let Hook::Call(hook) = hook { Some(hook) } else { None };
    found.into_iter().filter_map(web).collect()
}

fn hooks(r: &Reader<'_>, path: &str, allowed: &[&str]) -> Vec<Hook> {
    let mut found = Vec::new();
    for (path, item) in r.items(path) {
        let Some(name) = item.get("hook").and_then(Value::as_str) else {
            r.problem(&path, "must be an object with the name of a hook in `hook`");
            continue;
        };
        if matches!(name, "organizations" | "b2b_sso" | "two_step_registration") {
            r.warn(format!("{path}: the hook {name:?} is accepted and does nothing"));
        } else if !NAMES.contains(&name) {
            r.problem(&path, format_args!("there is no hook {name:?}"));
        } else if !allowed.contains(&name) {
            r.problem(&path, format_args!("the hook {name:?} cannot run here"));
        } else {
            found.extend(read(r, &path, name));
        }
    }
    // Signing in comes last: what runs before it may still refuse (contract §6.2).
    found.sort_by_key(|hook| *hook == Hook::Session);
    found
}

const NAMES: &[&str] = &[
    "session",
    "show_verification_ui",
    "require_verified_address",
    "verification",
    "revoke_active_sessions",
    "verify_new_address",
    "notify_previous_addresses",
    "web_hook",
];

fn read(r: &Reader<'_>, path: &str, name: &str) -> Option<Hook> {
    Some(match name {
        "session" => Hook::Session,
        "show_verification_ui" => Hook::ShowVerificationUi,
        "require_verified_address" => Hook::RequireVerifiedAddress,
        "verification" => Hook::Verification,
        "revoke_active_sessions" => Hook::RevokeActiveSessions,
        "verify_new_address" => Hook::VerifyNewAddress,
        "notify_previous_addresses" => Hook::NotifyPreviousAddresses(recipients(r, path)),
        "web_hook" => Hook::Call(Arc::new(web_hook::read(r, path)?)),
        _ => return None,
    })
}

fn recipients(r: &Reader<'_>, path: &str) -> Recipients {
    let path = format!("{path}.config.recipients");
    let Some(given) = r.text(&path) else { return Recipients::Removed };
    given.parse().unwrap_or_else(|_| {
        r.problem(&path, "must be removed, all_verified or all");
        Recipients::Removed
    })
}
