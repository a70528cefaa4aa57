//! What happens after a login or registration has succeeded (contract §6.1, §6.2): one hook per file, run in the order
//! of the configuration inside the write that signs in or registers.

mod notify_previous_addresses;
mod require_verified_address;
mod revoke_active_sessions;
mod session;
mod show_verification_ui;
mod verification;
pub(super) mod web_hook;

use shared_types::db::{AnyConn, Error};
use shared_types::id::FlowId;
use url::Url;

pub(super) use self::require_verified_address::{is_verified, refuse as refuse_unverified};
use super::{csrf::CsrfSecret, outcome::ContinueWith};
use crate::{
    app::Cx,
    config::Hook,
    model::{flow::Flow, identity::Identity, session::Session},
};

/// A verification that a hook has begun.
#[derive(Debug, Clone)]
struct Started {
    flow: FlowId,
    address: String,
}

/// What hooks work on, and what they leave behind.
pub(super) struct After<'a> {
    cx: &'a Cx,
    /// The flow that succeeded.
    flow: &'a Flow,
    identity: &'a Identity,
    /// Settings: what it was before.
    before: Option<&'a Identity>,
    session: &'a Session,
    /// The CSRF secret the browser will hold afterwards.
    csrf: &'a CsrfSecret,
    started: Vec<Started>,
    /// What the client does next.
    pub(super) continue_with: Vec<ContinueWith>,
    /// The page a browser goes to in place of `return_to`.
    pub(super) verification_page: Option<Url>,
    /// Whether a registration signs in as well.
    pub(super) hand_out: bool,
}

impl<'a> After<'a> {
    /// Nothing has run yet.
    pub(super) fn new(
        cx: &'a Cx,
        flow: &'a Flow,
        identity: &'a Identity,
        session: &'a Session,
        csrf: &'a CsrfSecret,
    ) -> Self {
        Self {
            cx,
            flow,
            identity,
            before: None,
            session,
            csrf,
            started: Vec::new(),
            continue_with: Vec::new(),
            verification_page: None,
            hand_out: false,
        }
    }

    /// After a change: what the identity was before.
    pub(super) fn changed_from(self, before: &'a Identity) -> Self {
        Self { before: Some(before), ..self }
    }

    /// The addresses to which a code or link was sent.
    pub(super) fn written_to(&self) -> Vec<String> {
        self.started.iter().map(|started| started.address.clone()).collect()
    }

    /// Runs the hooks in their order.
    pub(super) fn run(&mut self, conn: &mut AnyConn, hooks: &[Hook]) -> Result<(), Error> {
        for hook in hooks {
            match hook {
                Hook::Session => session::run(self),
                Hook::ShowVerificationUi => show_verification_ui::run(self),
                Hook::Verification => verification::run(conn, self)?,
                Hook::RevokeActiveSessions => revoke_active_sessions::run(conn, self)?,
                Hook::NotifyPreviousAddresses(recipients) => {
                    notify_previous_addresses::run(conn, self, *recipients)?;
                }
                // Asked before anything is written, or called outside of the write.
                Hook::RequireVerifiedAddress | Hook::VerifyNewAddress | Hook::Call(_) => {}
            }
        }
        Ok(())
    }
}
