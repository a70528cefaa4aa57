//! Credentials and the identifiers they are found by.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::{CredentialId, IdentityId},
    time::Time,
};

use super::{
    identities,
    row::Table,
    schema::{credential_identifiers, credentials},
};
use crate::model::credential::{self, Credential, CredentialType};

const TABLE: Table = Table("credentials");

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = credentials)]
struct Row {
    id: String,
    identity_id: String,
    kind: String,
    config: String,
    version: i32,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

#[derive(Insertable)]
#[diesel(table_name = credential_identifiers)]
struct IdentifierRow {
    kind: String,
    identifier: String,
    credential_id: String,
    identity_id: String,
}

impl Row {
    fn of(credential: &Credential) -> Self {
        Self {
            id: credential.id.text(),
            identity_id: credential.identity_id.text(),
            kind: credential.kind.to_string(),
            config: credential.config.to_string(),
            version: credential.version,
            created_at: stamp(credential.created_at),
            updated_at: stamp(credential.updated_at),
        }
    }

    fn read(self, identifiers: Vec<String>) -> Result<Credential, Error> {
        Ok(Credential {
            id: TABLE.parse("id", &self.id)?,
            identity_id: TABLE.parse("identity_id", &self.identity_id)?,
            kind: TABLE.parse("kind", &self.kind)?,
            identifiers,
            config: TABLE.json("config", &self.config)?,
            version: self.version,
            created_at: unstamp(self.created_at),
            updated_at: unstamp(self.updated_at),
        })
    }
}

/// The credential of a type that is found by an identifier in normal form.
pub(crate) fn by_identifier(
    conn: &mut AnyConn,
    kind: CredentialType,
    identifier: &str,
) -> Result<Option<Credential>, Error> {
    let Some(credential) = alone_by_identifier(conn, kind, identifier)? else { return Ok(None) };
    let id = credential.id.text();
    let own = identifiers_of(conn, std::slice::from_ref(&id))?.remove(&id).unwrap_or_default();
    Ok(Some(Credential { identifiers: own, ..credential }))
}

/// The same without its identifiers, so that the database is asked once whether or not there is one: the time that takes
/// shall not say whose account an identifier is.
pub(crate) fn alone_by_identifier(
    conn: &mut AnyConn,
    kind: CredentialType,
    identifier: &str,
) -> Result<Option<Credential>, Error> {
    let row: Option<Row> = credential_identifiers::table
        .inner_join(credentials::table)
        .filter(credential_identifiers::kind.eq(kind.as_str()))
        .filter(credential_identifiers::identifier.eq(identifier))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    row.map(|row| row.read(Vec::new())).transpose()
}

/// All credentials of one identity.
pub(crate) fn of_identity(conn: &mut AnyConn, id: IdentityId) -> Result<Vec<Credential>, Error> {
    Ok(of_identities(conn, &[id])?.remove(&id).unwrap_or_default())
}

/// The credential of one type of one identity.
pub(crate) fn of_type(conn: &mut AnyConn, id: IdentityId, kind: CredentialType) -> Result<Option<Credential>, Error> {
    Ok(of_identity(conn, id)?.into_iter().find(|credential| credential.kind == kind))
}

/// The oldest and the newest credentials of a type, so many of each; without their identifiers.
pub(crate) fn outermost(conn: &mut AnyConn, kind: CredentialType, count: i64) -> Result<Vec<Credential>, Error> {
    let of_kind =
        || credentials::table.filter(credentials::kind.eq(kind.as_str())).select(Row::as_select()).limit(count);
    let mut rows: Vec<Row> = of_kind().order(credentials::created_at.asc()).load(conn)?;
    let newest: Vec<Row> = of_kind().order(credentials::created_at.desc()).load(conn)?;
    rows.extend(newest);
    rows.sort_by(|a, b| a.id.cmp(&b.id));
    rows.dedup_by(|a, b| a.id == b.id);
    rows.into_iter().map(|row| row.read(Vec::new())).collect()
}

/// The credentials of many identities, in two queries.
pub(crate) fn of_identities(
    conn: &mut AnyConn,
    ids: &[IdentityId],
) -> Result<HashMap<IdentityId, Vec<Credential>>, Error> {
    let ids: Vec<String> = ids.iter().map(IdentityId::text).collect();
    let rows: Vec<Row> = credentials::table
        .filter(credentials::identity_id.eq_any(&ids))
        .order(credentials::kind)
        .select(Row::as_select())
        .load(conn)?;
    let keys: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut identifiers = identifiers_of(conn, &keys)?;
    let mut found: HashMap<IdentityId, Vec<Credential>> = HashMap::new();
    for row in rows {
        let own = identifiers.remove(&row.id).unwrap_or_default();
        let credential = row.read(own)?;
        found.entry(credential.identity_id).or_default().push(credential);
    }
    Ok(found)
}

fn identifiers_of(conn: &mut AnyConn, credential_ids: &[String]) -> Result<HashMap<String, Vec<String>>, Error> {
    let pairs: Vec<(String, String)> = credential_identifiers::table
        .filter(credential_identifiers::credential_id.eq_any(credential_ids))
        .order(credential_identifiers::identifier)
        .select((credential_identifiers::credential_id, credential_identifiers::identifier))
        .load(conn)?;
    let mut groups: HashMap<String, Vec<String>> = HashMap::new();
    for (owner, identifier) in pairs {
        groups.entry(owner).or_default().push(identifier);
    }
    Ok(groups)
}

/// Adds a credential of a new identity, which is stored with its factors. Fails with `Conflict` when an identifier is taken.
pub(crate) fn insert(conn: &mut AnyConn, credential: &Credential) -> Result<(), Error> {
    diesel::insert_into(credentials::table).values(Row::of(credential)).execute(conn)?;
    insert_identifiers(conn, credential)
}

/// Removes a credential; `false` when the identity has none of that type.
pub(crate) fn remove(conn: &mut AnyConn, id: IdentityId, kind: CredentialType) -> Result<bool, Error> {
    let own =
        credentials::table.filter(credentials::identity_id.eq(id.text())).filter(credentials::kind.eq(kind.as_str()));
    let count = diesel::delete(own).execute(conn)?;
    note_factors(conn, id)?;
    Ok(count > 0)
}

/// Keeps beside the identity what its credentials let it prove: a session check reads no credentials.
fn note_factors(conn: &mut AnyConn, id: IdentityId) -> Result<(), Error> {
    let own = of_identity(conn, id)?;
    identities::set_factors(conn, id, &credential::factors(&own))
}

fn insert_identifiers(conn: &mut AnyConn, credential: &Credential) -> Result<(), Error> {
    for identifier in &credential.identifiers {
        let row = IdentifierRow {
            kind: credential.kind.to_string(),
            identifier: identifier.clone(),
            credential_id: credential.id.text(),
            identity_id: credential.identity_id.text(),
        };
        diesel::insert_into(credential_identifiers::table).values(row).execute(conn)?;
    }
    Ok(())
}

/// Replaces the content and the identifiers of a credential, or adds it.
pub(crate) fn put(conn: &mut AnyConn, credential: &Credential) -> Result<(), Error> {
    let target = credentials::table
        .filter(credentials::identity_id.eq(credential.identity_id.text()))
        .filter(credentials::kind.eq(credential.kind.as_str()));
    let stored: Option<String> = target.select(credentials::id).first(conn).optional()?;
    let Some(id) = stored else {
        insert(conn, credential)?;
        return note_factors(conn, credential.identity_id);
    };
    diesel::update(credentials::table.find(&id))
        .set((
            credentials::config.eq(credential.config.to_string()),
            credentials::version.eq(credential.version),
            credentials::updated_at.eq(stamp(credential.updated_at)),
        ))
        .execute(conn)?;
    diesel::delete(credential_identifiers::table.filter(credential_identifiers::credential_id.eq(&id)))
        .execute(conn)?;
    let id: CredentialId = TABLE.parse("id", &id)?;
    insert_identifiers(conn, &Credential { id, ..credential.clone() })?;
    note_factors(conn, credential.identity_id)
}

/// Replaces the content of a credential when it is still `before`: a rehash must not undo a password change that
/// happened meanwhile. `false` when it was not written.
pub(crate) fn replace_config(
    conn: &mut AnyConn,
    id: CredentialId,
    before: &Value,
    after: &Value,
    now: Time,
) -> Result<bool, Error> {
    let count = diesel::update(credentials::table.find(id.text()))
        .filter(credentials::config.eq(before.to_string()))
        .set((credentials::config.eq(after.to_string()), credentials::updated_at.eq(stamp(now))))
        .execute(conn)?;
    Ok(count > 0)
}
