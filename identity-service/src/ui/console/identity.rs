//! An identity with everything that hangs on it.

use askama::Template;
use serde_json::Value;
use shared_types::time::Time;

use super::{Cell, Fact, Frame, Row, Table, Tone, traits};
use crate::{
    model::{
        address::AddressStatus,
        credential::{Credential, CredentialType},
        identity::{Identity, IdentityState},
        session::{Device, Session},
    },
    ui::page::Person,
};

/// One identity.
#[derive(Debug, Template)]
#[template(path = "console/identity.html")]
pub(crate) struct IdentityPage {
    pub(crate) frame: Frame,
    /// Where what can be done with it begins.
    pub(crate) base: String,
    pub(crate) state: Cell,
    pub(crate) is_active: bool,
    /// Who it is.
    pub(crate) profile: Vec<Fact>,
    /// What is known of the record.
    pub(crate) record: Vec<Fact>,
    pub(crate) addresses: Table,
    pub(crate) credentials: Table,
    pub(crate) sessions: Table,
    pub(crate) more_sessions: Option<String>,
    /// Metadata by name.
    pub(crate) metadata: Vec<(&'static str, Option<String>)>,
    /// Which ways back into the account can be handed over.
    pub(crate) recovery: Vec<(&'static str, &'static str)>,
}

/// A badge for a state.
pub(crate) fn state(state: IdentityState) -> Cell {
    match state {
        IdentityState::Active => Cell::badge(Tone::Good, "Active"),
        IdentityState::Inactive => Cell::badge(Tone::Bad, "Inactive"),
    }
}

/// An identity as a row of a list.
pub(crate) fn row(identity: &Identity, href: String) -> Row {
    let person = Person::of(identity);
    let verified = identity.has_verified_email();
    let address = identity.verifiable_addresses.first().map(|address| address.value.clone());
    let email = person.email.clone().or(address).unwrap_or_default();
    let verification = match (identity.verifiable_addresses.is_empty(), verified) {
        (true, _) => Cell::text("–"),
        (false, true) => Cell::badge(Tone::Good, "Verified"),
        (false, false) => Cell::badge(Tone::Warn, "Not verified"),
    };
    Row::new(vec![
        Cell::link(person.name.clone(), href).and(if email == person.name { String::new() } else { email }),
        state(identity.state),
        verification,
        Cell::code(identity.schema_id.clone()),
        Cell::time(identity.created_at),
    ])
}

/// The columns of [`row`].
pub(crate) const COLUMNS: [&str; 5] = ["Name", "State", "Address", "Schema", "Created"];

/// Who somebody is, by the traits of the schema.
pub(crate) fn profile(identity: &Identity, schema: Option<&Value>) -> Vec<Fact> {
    let values = identity.traits.to_value();
    match schema {
        Some(schema) => {
            let shown = traits::shown(&traits::of(schema), &values);
            shown.into_iter().map(|(label, words)| Fact::new(label, Cell::text(words))).collect()
        }
        None => vec![Fact::new("Traits", Cell::code(values.to_string()))],
    }
}

/// What is known of the record.
pub(crate) fn record(identity: &Identity) -> Vec<Fact> {
    let mut facts = vec![Fact::new("Id", Cell::code(identity.id.text()))];
    facts.extend(identity.external_id.as_ref().map(|id| Fact::new("External id", Cell::code(id.clone()))));
    facts.push(Fact::new("Schema", Cell::code(identity.schema_id.clone())));
    facts.push(Fact::new("Created", Cell::time(identity.created_at)));
    facts.push(Fact::new("Changed", Cell::time(identity.updated_at)));
    facts.extend(identity.state_changed_at.map(|at| Fact::new("State since", Cell::time(at))));
    facts
}

/// The addresses, each with its verification.
pub(crate) fn addresses(identity: &Identity, base: &str) -> Table {
    let row = |address: &crate::model::address::VerifiableAddress| {
        let recovers = identity.recovery_addresses.iter().any(|known| known.value == address.value);
        let status = match (address.verified, address.status) {
            (true, _) => Cell::badge(Tone::Good, "Verified"),
            (false, AddressStatus::Sent) => Cell::badge(Tone::Warn, "Message sent"),
            (false, _) => Cell::badge(Tone::Warn, "Not verified"),
        };
        let cells = vec![
            Cell::text(address.value.clone()).and(if recovers { "recovers the account" } else { "" }),
            Cell::text(address.via.as_str()),
            address
                .verified_at
                .filter(|_| address.verified)
                .map_or(status.clone(), |at| status.and(super::table::moment(at))),
        ];
        let label = if address.verified { "Mark as not verified" } else { "Mark as verified" };
        Row::new(cells).act(label, format!("{base}/addresses/{}", address.id))
    };
    Table {
        caption: "Addresses".to_owned(),
        columns: vec!["Address", "By", "Verification"],
        rows: identity.verifiable_addresses.iter().map(row).collect(),
        empty: "The traits hold no address that could be verified.".to_owned(),
    }
}

/// What a credential is called.
pub(crate) const fn name(kind: CredentialType) -> &'static str {
    match kind {
        CredentialType::Password => "Password",
        CredentialType::Oidc => "Linked account",
        CredentialType::Saml => "SAML account",
        CredentialType::Totp => "Authenticator app",
        CredentialType::LookupSecret => "Backup codes",
        CredentialType::WebAuthn => "Security key",
        CredentialType::Passkey => "Passkey",
        CredentialType::Code => "One-time codes",
    }
}

/// The credentials: what one could sign in with, and what can be taken away.
pub(crate) fn credentials(credentials: &[Credential], base: &str) -> Table {
    let mut rows = Vec::new();
    for known in credentials.iter().filter(|known| !known.factors().is_empty() || known.kind == CredentialType::Saml) {
        let link = |identifier: Option<&str>| {
            let query = identifier.map(|text| format!("?identifier={}", encoded(text))).unwrap_or_default();
            format!("{base}/credentials/{}{query}", known.kind)
        };
        let row = |identifiers: String, count: usize| {
            Row::new(vec![
                Cell::text(name(known.kind)).and(if count > 1 { format!("{count} of them") } else { String::new() }),
                Cell::text(identifiers),
                Cell::time(known.created_at),
            ])
        };
        match known.kind {
            CredentialType::Oidc | CredentialType::Saml => {
                for identifier in &known.identifiers {
                    rows.push(row(identifier.clone(), 1).act("Remove", link(Some(identifier))));
                }
            }
            CredentialType::Passkey | CredentialType::Code => {
                rows.push(row(known.identifiers.join(", "), known.count()));
            }
            _ => rows.push(row(known.identifiers.join(", "), known.count()).act("Remove", link(None))),
        }
    }
    Table {
        caption: "Credentials".to_owned(),
        columns: vec!["Kind", "Identifiers", "Since"],
        rows,
        empty: "There is nothing to sign in with yet. A recovery code or link lets its owner in.".to_owned(),
    }
}

fn encoded(text: &str) -> String {
    url::form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

/// The cells of a session, without whose it is.
pub(crate) fn session(session: &Session, now: Time) -> Vec<Cell> {
    let methods: Vec<&str> = session.methods.iter().map(|method| method.method.as_str()).collect();
    let device = session.devices.last();
    let from = device.map(from).unwrap_or_default();
    let agent = device.map(|device| device.user_agent.clone()).unwrap_or_default();
    let state =
        if session.is_active(now) { Cell::badge(Tone::Good, "Active") } else { Cell::badge(Tone::Plain, "Over") };
    vec![
        Cell::text(if from.is_empty() { "unknown".to_owned() } else { from }).and(agent),
        Cell::text(methods.join(", ")).and(session.aal.as_str()),
        Cell::time(session.authenticated_at),
        Cell::time(session.expires_at),
        state,
    ]
}

/// The columns of [`session`].
pub(crate) const SESSION_COLUMNS: [&str; 5] = ["From", "By", "Signed in", "Ends", "State"];

fn from(device: &Device) -> String {
    match (device.ip_address.is_empty(), device.location.is_empty()) {
        (false, false) => format!("{} ({})", device.ip_address, device.location),
        (false, true) => device.ip_address.clone(),
        _ => device.location.clone(),
    }
}
