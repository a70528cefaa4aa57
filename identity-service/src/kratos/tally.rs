//! What a person's account counts for in the report: its own kind, and one for each thing that hangs on it.

use shared_types::import::{Outcome, Report};

use super::person::Person;
use crate::model::{
    credential::{Credential, CredentialType},
    identity::Identity,
};

/// Identities themselves.
pub(super) const IDENTITIES: &str = "identities";
/// Sessions.
pub(super) const SESSIONS: &str = "sessions";
/// Sessions that came before and have ended there since.
pub(super) const ENDED: &str = "sessions ended there since";
/// Identities that came before and were deleted there since.
pub(super) const GONE: &str = "identities deleted there since";

/// In the order in which they are shown.
const KINDS: &[&str] = &[
    IDENTITIES,
    "verifiable addresses",
    "recovery addresses",
    "passwords",
    "linked accounts",
    "authenticator apps",
    "backup codes",
    "security keys",
    "passkeys",
    "code addresses",
    SESSIONS,
    ENDED,
    GONE,
];

/// Some things of a kind.
#[derive(Debug, Clone)]
pub(super) struct Kept {
    kind: &'static str,
    count: usize,
}

/// Something that does not come.
#[derive(Debug, Clone)]
pub(super) struct Lost {
    kind: &'static str,
    outcome: Outcome,
}

const fn label(kind: CredentialType) -> &'static str {
    match kind {
        CredentialType::Password => "passwords",
        CredentialType::Oidc | CredentialType::Saml => "linked accounts",
        CredentialType::Totp => "authenticator apps",
        CredentialType::LookupSecret => "backup codes",
        CredentialType::WebAuthn => "security keys",
        CredentialType::Passkey => "passkeys",
        CredentialType::Code => "code addresses",
    }
}

/// The list whose entries are counted, one where there is none.
const fn list(kind: CredentialType) -> Option<&'static str> {
    match kind {
        CredentialType::Oidc | CredentialType::Saml => Some("providers"),
        CredentialType::WebAuthn | CredentialType::Passkey => Some("credentials"),
        CredentialType::LookupSecret => Some("recovery_codes"),
        CredentialType::Code => Some("addresses"),
        CredentialType::Password | CredentialType::Totp => None,
    }
}

impl Kept {
    /// What an identity has.
    pub(super) fn of(identity: &Identity, credentials: &[Credential], lost: &[Lost]) -> Vec<Self> {
        let mut all = vec![
            Self { kind: "verifiable addresses", count: identity.verifiable_addresses.len() },
            Self { kind: "recovery addresses", count: identity.recovery_addresses.len() },
        ];
        let gone = |kind: CredentialType| lost.iter().any(|lost| lost.kind == label(kind));
        for credential in credentials.iter().filter(|credential| !gone(credential.kind)) {
            let count = match list(credential.kind) {
                Some(name) => credential.config.get(name).and_then(|list| list.as_array()).map_or(0, Vec::len),
                None => usize::from(!credential.factors().is_empty()),
            };
            all.push(Self { kind: label(credential.kind), count });
        }
        all
    }
}

impl Lost {
    /// It cannot come, and need not.
    pub(super) fn skipped(kind: &'static str, why: impl Into<String>) -> Self {
        Self { kind, outcome: Outcome::Skipped(why.into().into()) }
    }

    /// It should have come.
    pub(super) fn failed(kind: CredentialType, why: impl Into<String>) -> Self {
        Self { kind: label(kind), outcome: Outcome::Failed(why.into().into()) }
    }
}

/// A report that shows every kind.
pub(super) fn report() -> Report {
    let mut report = Report::default();
    for kind in KINDS {
        report.begin(kind);
    }
    report
}

/// Counts a person and what hangs on it.
pub(super) fn count(report: &mut Report, person: &Person, outcome: &Outcome) {
    let row = person.identity.id.text();
    report.count(IDENTITIES, &row, outcome);
    let (theirs, came) = match outcome {
        Outcome::Skipped(_) => (Outcome::Skipped("the identity they belong to was skipped".into()), false),
        Outcome::Failed(_) => (Outcome::Skipped("the identity they belong to failed".into()), false),
        came => (came.clone(), true),
    };
    for kept in &person.kept {
        for _ in 0..kept.count {
            report.count(kept.kind, &row, &theirs);
        }
    }
    if came {
        for lost in &person.lost {
            report.count(lost.kind, &row, &lost.outcome);
        }
        for remark in &person.remarks {
            report.warn(IDENTITIES, &row, remark);
        }
    }
}
