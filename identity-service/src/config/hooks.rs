//! What happens after a flow has succeeded (contract §6.1, §6.2).

use serde_json::Value;
use url::Url;

use super::read::Reader;

/// A hook this service runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hook {
    /// Registration: sign the new identity in.
    Session,
    /// Tell the client where to verify the address.
    ShowVerificationUi,
    /// Login: refuse until an address is verified.
    RequireVerifiedAddress,
    /// Login: start a verification flow for unverified addresses.
    Verification,
    /// End every other session of the identity.
    RevokeActiveSessions,
}

/// The hooks of one flow kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct After {
    /// Where the browser goes when neither method nor flow says.
    pub(crate) default_browser_return_url: Option<Url>,
    pub(crate) hooks: Vec<Hook>,
    /// What the password method says of its own.
    pub(crate) password: MethodAfter,
}

/// The hooks of one method within a flow kind.
#[derive(Debug, Clone, Default)]
pub(crate) struct MethodAfter {
    pub(crate) default_browser_return_url: Option<Url>,
    pub(crate) hooks: Vec<Hook>,
}

impl After {
    /// The method's hooks, else the flow's: the two lists are never merged (contract §6.1).
    pub(crate) fn hooks_of(&self, method: &str) -> &[Hook] {
        if method == "password" && !self.password.hooks.is_empty() { &self.password.hooks } else { &self.hooks }
    }

    /// The method's return URL, else the flow's.
    pub(crate) fn return_url_of(&self, method: &str) -> Option<&Url> {
        let own = self.password.default_browser_return_url.as_ref().filter(|_| method == "password");
        own.or(self.default_browser_return_url.as_ref())
    }
}

/// Reads `selfservice.flows.<flow>.after`.
pub(super) fn after(r: &Reader<'_>, flow: &str, allowed: &[Hook]) -> After {
    let path = format!("selfservice.flows.{flow}.after");
    After {
        default_browser_return_url: r.url(&format!("{path}.default_browser_return_url")),
        hooks: hooks(r, &format!("{path}.hooks"), allowed),
        password: MethodAfter {
            default_browser_return_url: r.url(&format!("{path}.password.default_browser_return_url")),
            hooks: hooks(r, &format!("{path}.password.hooks"), allowed),
        },
    }
}

fn hooks(r: &Reader<'_>, path: &str, allowed: &[Hook]) -> Vec<Hook> {
    let mut found = Vec::new();
    for (path, item) in r.items(path) {
        let Some(name) = item.get("hook").and_then(Value::as_str) else {
            r.problem(&path, "must be an object with the name of a hook in `hook`");
            continue;
        };
        match named(name) {
            Known::Ours(hook) if allowed.contains(&hook) => found.push(hook),
            Known::Ours(_) => r.problem(&path, format_args!("the hook {name:?} cannot run here")),
            Known::NotYet => r.warn(format!("{path}: the hook {name:?} is accepted and not run: not supported yet")),
            Known::Unknown => r.problem(&path, format_args!("there is no hook {name:?}")),
        }
    }
    // Signing in comes last: what runs before it may still refuse (contract §6.2).
    found.sort_by_key(|hook| *hook == Hook::Session);
    found
}

enum Known {
    Ours(Hook),
    NotYet,
    Unknown,
}

fn named(name: &str) -> Known {
    match name {
        "session" => Known::Ours(Hook::Session),
        "show_verification_ui" => Known::Ours(Hook::ShowVerificationUi),
        "require_verified_address" => Known::Ours(Hook::RequireVerifiedAddress),
        "verification" => Known::Ours(Hook::Verification),
        "revoke_active_sessions" => Known::Ours(Hook::RevokeActiveSessions),
        "web_hook"
        | "organizations"
        | "b2b_sso"
        | "two_step_registration"
        | "verify_new_address"
        | "notify_previous_addresses" => Known::NotYet,
        _ => Known::Unknown,
    }
}
