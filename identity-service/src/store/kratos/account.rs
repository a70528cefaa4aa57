//! An identity of Kratos with its credentials and addresses.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};
use shared_types::{
    db::{
        Error,
        foreign::{Foreign, Row, Unreadable},
    },
    id::Uuid,
    time::{Time, micros},
};

use super::{Read, id_of};

/// An identity as it is stored there.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) external_id: Option<String>,
    pub(crate) schema_id: String,
    pub(crate) state: Option<String>,
    pub(crate) state_changed_at: Option<Time>,
    pub(crate) traits: Value,
    pub(crate) metadata_public: Option<Value>,
    pub(crate) metadata_admin: Option<Value>,
    pub(crate) organization: Option<String>,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
    pub(crate) credentials: Vec<Held>,
    pub(crate) verifiable: Vec<Address>,
    pub(crate) recovery: Vec<Address>,
}

/// A credential as it is stored there.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Held {
    pub(crate) id: Uuid,
    /// `password` and the like; the id of the type where it has no name.
    pub(crate) kind: String,
    pub(crate) identifiers: Vec<String>,
    pub(crate) config: Value,
    pub(crate) version: i64,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

/// An address as it is stored there.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Address {
    pub(crate) id: Uuid,
    pub(crate) via: String,
    pub(crate) value: String,
    pub(crate) verified: bool,
    pub(crate) verified_at: Option<Time>,
    pub(crate) status: String,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

/// Rows by the identity or credential they belong to.
type Groups = HashMap<Uuid, Vec<Row>>;

/// The accounts of rows, with what hangs on them.
pub(super) fn read(
    foreign: &mut Foreign,
    kinds: &[(String, String)],
    rows: &[Row],
) -> Result<Vec<Read<Account>>, Error> {
    let ids: Vec<Uuid> = rows.iter().filter_map(id_of).collect();
    let held = foreign.belonging("identity_credentials", "identity_id", &ids)?;
    let keys: Vec<Uuid> = held.iter().filter_map(id_of).collect();
    let identifiers = foreign.belonging("identity_credential_identifiers", "identity_credential_id", &keys)?;
    let mut identifiers = grouped(identifiers, "identity_credential_id");
    let mut held = grouped(held, "identity_id");
    let mut verifiable = addresses(foreign, "identity_verifiable_addresses", &ids)?;
    let mut recovery = addresses(foreign, "identity_recovery_addresses", &ids)?;
    let mut one = |row: &Row, id: Uuid| {
        let credentials = held.remove(&id).unwrap_or_default();
        let credentials = credentials.iter().map(|row| credential(row, kinds, &mut identifiers));
        let mut credentials = credentials.collect::<Result<Vec<_>, _>>()?;
        credentials.sort_by(|a, b| (&a.kind, a.id).cmp(&(&b.kind, b.id)));
        let account = account(row, id)?;
        Ok(Account {
            credentials,
            verifiable: verifiable.remove(&id).unwrap_or(Ok(Vec::new()))?,
            recovery: recovery.remove(&id).unwrap_or(Ok(Vec::new()))?,
            ..account
        })
    };
    Ok(rows.iter().filter_map(|row| id_of(row).map(|id| (id, one(row, id)))).collect())
}

fn account(row: &Row, id: Uuid) -> Result<Account, Unreadable> {
    let owned = |name: &str| row.text(name).map(str::to_owned);
    Ok(Account {
        id,
        external_id: owned("external_id"),
        schema_id: row.required("schema_id")?.to_owned(),
        state: owned("state"),
        state_changed_at: row.time("state_changed_at")?.map(micros),
        traits: row.json("traits")?.unwrap_or_else(|| json!({})),
        metadata_public: row.json("metadata_public")?,
        metadata_admin: row.json("metadata_admin")?,
        organization: owned("organization_id"),
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
        credentials: Vec::new(),
        verifiable: Vec::new(),
        recovery: Vec::new(),
    })
}

fn credential(row: &Row, kinds: &[(String, String)], identifiers: &mut Groups) -> Result<Held, Unreadable> {
    let id = id_of(row).ok_or_else(|| Unreadable("identity_credentials.id".to_owned()))?;
    let kind = row.required("identity_credential_type_id")?;
    let name = kinds.iter().find(|(id, _)| id == kind).map_or(kind, |(_, name)| name);
    let own = identifiers.remove(&id).unwrap_or_default();
    let mut own: Vec<String> = own.iter().filter_map(|row| row.text("identifier").map(str::to_owned)).collect();
    own.sort_unstable();
    Ok(Held {
        id,
        kind: name.to_owned(),
        identifiers: own,
        config: row.json("config")?.unwrap_or_else(|| json!({})),
        version: row.integer("version")?.unwrap_or_default(),
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
    })
}

fn addresses(
    foreign: &mut Foreign,
    table: &str,
    owners: &[Uuid],
) -> Result<HashMap<Uuid, Result<Vec<Address>, Unreadable>>, Error> {
    let groups = grouped(foreign.belonging(table, "identity_id", owners)?, "identity_id");
    let read = |(owner, rows): (Uuid, Vec<Row>)| {
        let mut all: Result<Vec<Address>, Unreadable> = rows.iter().map(address).collect();
        if let Ok(all) = &mut all {
            all.sort_by_key(|address| address.id);
        }
        (owner, all)
    };
    Ok(groups.into_iter().map(read).collect())
}

fn address(row: &Row) -> Result<Address, Unreadable> {
    Ok(Address {
        id: id_of(row).ok_or_else(|| Unreadable("id".to_owned()))?,
        // Fixed widths are filled up with blanks.
        via: row.required("via")?.trim().to_owned(),
        value: row.required("value")?.to_owned(),
        verified: row.flag("verified")?.unwrap_or(false),
        verified_at: row.time("verified_at")?.map(micros),
        status: row.text_or_empty("status").trim().to_owned(),
        created_at: time(row, "created_at")?,
        updated_at: time(row, "updated_at")?,
    })
}

fn grouped(rows: Vec<Row>, owner: &str) -> Groups {
    let mut groups = Groups::new();
    for row in rows {
        let Some(id) = row.text(owner).and_then(|text| Uuid::parse_str(text).ok()) else { continue };
        groups.entry(id).or_default().push(row);
    }
    groups
}

/// An instant in whole microseconds, as both databases keep it.
pub(super) fn time(row: &Row, name: &str) -> Result<Time, Unreadable> {
    row.time(name)?.map(micros).ok_or_else(|| Unreadable(name.to_owned()))
}
