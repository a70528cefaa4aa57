//! An identity of Kratos as it shall be here: under the same ids, its identifiers and addresses in our normal form.

use serde_json::Value;
use shared_types::{
    id::{AddressId, CredentialId, IdentityId},
    secret::Digest,
};

use super::{
    cipher::Ciphers,
    content::{self, Converted},
    tally::{Kept, Lost},
};
use crate::{
    app::Cx,
    identity::{follow, import, normal, schema::Schema, vault},
    model::{
        address::{AddressStatus, RecoveryAddress, VerifiableAddress, Via},
        credential::{self, Credential, CredentialType},
        identity::{Identity, IdentityState},
        traits::Traits,
    },
    store::kratos::{Account, Address, Held},
};

/// An identity that only has to be written.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) identity: Identity,
    pub(super) credentials: Vec<Credential>,
    /// Of the account there.
    pub(super) there: Digest,
    /// What is to be told about it though it comes.
    pub(super) remarks: Vec<String>,
    /// What of it comes, by kind.
    pub(super) kept: Vec<Kept>,
    /// What of it does not.
    pub(super) lost: Vec<Lost>,
}

/// The digest of an account: another one when anything about it has changed.
pub(super) fn digest(cx: &Cx, account: &Account) -> Digest {
    let text = serde_json::to_string(account).unwrap_or_default();
    cx.secrets.digester.digest("import of an identity", &text)
}

/// The identity of an account, or why there is none.
pub(super) fn person(cx: &Cx, account: &Account, ciphers: &Ciphers) -> Result<Person, String> {
    let schema = cx.schemas.get(&account.schema_id).ok_or_else(|| {
        format!("identity.schemas: there is no schema {:?}; configure it as it is there", account.schema_id)
    })?;
    let mut identity = bare(account)?;
    let mut remarks: Vec<String> = Vec::new();
    for issue in schema.validate(&identity.traits) {
        let at = issue.at.map(|at| format!("{at}: ")).unwrap_or_default();
        remarks.push(format!("does not follow the schema {:?}: {at}{}", account.schema_id, issue.message.text));
    }
    if account.organization.is_some() {
        remarks.push("belongs to an organization, which there are none of here".to_owned());
    }
    add_addresses(cx, &schema, account, &mut identity);
    let mut lost = Vec::new();
    let mut credentials = Vec::new();
    for held in &account.credentials {
        let Ok(kind) = held.kind.parse::<CredentialType>() else {
            lost.push(Lost::skipped(
                "other credentials",
                format!("credentials of type {:?} are not supported", held.kind),
            ));
            continue;
        };
        let Converted { config, remarks: told, lost: why } = content::convert(kind, account.id, held, ciphers);
        remarks.extend(told);
        lost.extend(why.map(|why| Lost::failed(kind, why)));
        credentials.push(credential(cx, &identity, kind, held, config));
    }
    follow_traits(cx, &schema, &identity, &mut credentials);
    identity.factors = credential::factors(&credentials);
    let kept = Kept::of(&identity, &credentials, &lost);
    Ok(Person { identity, credentials, there: digest(cx, account), remarks, kept, lost })
}

/// Without addresses.
fn bare(account: &Account) -> Result<Identity, String> {
    let told = |error: import::ImportError| error.to_string();
    let traits = Traits::from_value(account.traits.clone()).ok_or("the traits are no object")?;
    let state = import::state(account.state.as_deref()).map_err(told)?.unwrap_or(IdentityState::Active);
    let present = |value: &Option<Value>| value.clone().filter(|value| !value.is_null());
    Ok(Identity {
        id: IdentityId::from_uuid(account.id),
        external_id: import::external_id(account.external_id.clone()).map_err(told)?,
        schema_id: account.schema_id.clone(),
        state,
        state_changed_at: account.state_changed_at,
        traits,
        verifiable_addresses: Vec::new(),
        recovery_addresses: Vec::new(),
        metadata_public: present(&account.metadata_public),
        metadata_admin: present(&account.metadata_admin),
        factors: Vec::new(),
        created_at: account.created_at,
        updated_at: account.updated_at,
        revision: 0,
    })
}

/// The addresses there, and those the schema finds beside them.
fn add_addresses(cx: &Cx, schema: &Schema, account: &Account, identity: &mut Identity) {
    for (id, via, value, address) in normalised(&account.verifiable) {
        if identity.verifiable(via, &value).is_some() {
            continue;
        }
        let status = match address.status.parse() {
            Ok(status) => status,
            Err(_) if address.verified => AddressStatus::Completed,
            Err(_) => AddressStatus::Pending,
        };
        identity.verifiable_addresses.push(VerifiableAddress {
            id,
            value,
            verified: address.verified,
            verified_at: address.verified_at.filter(|_| address.verified),
            via,
            status,
            created_at: address.created_at,
            updated_at: address.updated_at,
        });
    }
    for (id, via, value, address) in normalised(&account.recovery) {
        if !recovers(identity, via, &value) {
            let (created_at, updated_at) = (address.created_at, address.updated_at);
            identity.recovery_addresses.push(RecoveryAddress { id, value, via, created_at, updated_at });
        }
    }
    let new_id = || AddressId::ordered(cx.now, &*cx.entropy);
    for (via, value) in schema.verifiable(&identity.traits) {
        if identity.verifiable(via, &value).is_none() {
            let address = VerifiableAddress::unverified(new_id(), value, via, account.updated_at);
            identity.verifiable_addresses.push(address);
        }
    }
    for (via, value) in schema.recovery(&identity.traits) {
        if !recovers(identity, via, &value) {
            let (created_at, updated_at) = (account.updated_at, account.updated_at);
            identity.recovery_addresses.push(RecoveryAddress { id: new_id(), value, via, created_at, updated_at });
        }
    }
}

fn recovers(identity: &Identity, via: Via, value: &str) -> bool {
    identity.recovery_addresses.iter().any(|known| known.via == via && known.value == value)
}

/// Addresses with a channel we know, in our normal form. Those that are proved stand first: of two that become one, that
/// one counts.
fn normalised(addresses: &[Address]) -> Vec<(AddressId, Via, String, &Address)> {
    let read = |address: &'_ Address| {
        let via: Via = address.via.parse().ok()?;
        let value = normal::address(via, &address.value);
        (!value.is_empty()).then(|| (AddressId::from_uuid(address.id), via, value))
    };
    let mut all: Vec<_> = addresses
        .iter()
        .filter_map(|address| read(address).map(|(id, via, value)| (id, via, value, address)))
        .collect();
    all.sort_by_key(|(_, _, _, address)| !address.verified);
    all
}

fn credential(cx: &Cx, identity: &Identity, kind: CredentialType, held: &Held, config: Value) -> Credential {
    let identifiers = match kind {
        CredentialType::Password | CredentialType::WebAuthn | CredentialType::Code => {
            unique(held.identifiers.iter().map(|text| normal::identifier(text)))
        }
        _ => follow::own_identifiers(identity, kind, &config),
    };
    Credential {
        id: CredentialId::from_uuid(held.id),
        identity_id: identity.id,
        kind,
        identifiers,
        config: vault::seal(cx, kind, config),
        version: 1,
        created_at: held.created_at,
        updated_at: held.updated_at,
    }
}

/// What the traits sign in with here is added to what signed in there.
fn follow_traits(cx: &Cx, schema: &Schema, identity: &Identity, credentials: &mut Vec<Credential>) {
    let before = credentials.clone();
    follow::traits(cx, schema, identity, credentials);
    for credential in credentials {
        let Some(known) = before.iter().find(|known| known.kind == credential.kind) else {
            credential.created_at = identity.updated_at;
            credential.updated_at = identity.updated_at;
            continue;
        };
        let all = known.identifiers.iter().chain(&credential.identifiers).cloned();
        credential.identifiers = unique(all);
        credential.updated_at = known.updated_at;
        if let Some(config) = joined(&known.config, &credential.config) {
            credential.config = config;
        }
    }
}

/// Addresses for codes: those there, and those the schema finds beside them.
fn joined(there: &Value, here: &Value) -> Option<Value> {
    let (there, here) = (there.get("addresses")?.as_array()?, here.get("addresses")?.as_array()?);
    let mut all = there.clone();
    all.extend(here.iter().filter(|address| !there.contains(address)).cloned());
    Some(serde_json::json!({ "addresses": all }))
}

fn unique(texts: impl Iterator<Item = String>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for text in texts.filter(|text| !text.is_empty()) {
        if !found.contains(&text) {
            found.push(text);
        }
    }
    found
}
