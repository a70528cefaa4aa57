//! Identities, one by one. Lists are in `identity_list`.

use std::collections::HashSet;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::{IdentityId, Uuid},
    time::Time,
};

use super::{
    addresses,
    row::{Table, json_column},
    schema::identities,
};
use crate::model::{credential::Factor, identity::Identity};

const TABLE: Table = Table("identities");

#[derive(Queryable, Selectable, Insertable, AsChangeset, Clone)]
#[diesel(table_name = identities, treat_none_as_null = true)]
pub(super) struct Row {
    id: String,
    external_id: Option<String>,
    schema_id: String,
    state: String,
    state_changed_at: Option<NaiveDateTime>,
    traits: String,
    metadata_public: Option<String>,
    metadata_admin: Option<String>,
    /// Follows the credentials, and is written with them alone.
    #[diesel(skip_update)]
    factors: String,
    revision: i64,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl Row {
    fn of(identity: &Identity) -> Self {
        Self {
            id: identity.id.text(),
            external_id: identity.external_id.clone(),
            schema_id: identity.schema_id.clone(),
            state: identity.state.to_string(),
            state_changed_at: identity.state_changed_at.map(stamp),
            traits: identity.traits.to_value().to_string(),
            metadata_public: json_column(identity.metadata_public.as_ref()),
            metadata_admin: json_column(identity.metadata_admin.as_ref()),
            factors: factors_column(&identity.factors),
            revision: identity.revision,
            created_at: stamp(identity.created_at),
            updated_at: stamp(identity.updated_at),
        }
    }
}

impl TryFrom<Row> for Identity {
    type Error = Error;

    /// Without addresses; the caller adds them.
    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: TABLE.parse("id", &row.id)?,
            external_id: row.external_id,
            schema_id: row.schema_id,
            state: TABLE.parse("state", &row.state)?,
            state_changed_at: row.state_changed_at.map(unstamp),
            traits: TABLE.json("traits", &row.traits)?,
            verifiable_addresses: Vec::new(),
            recovery_addresses: Vec::new(),
            metadata_public: TABLE.maybe_json("metadata_public", row.metadata_public.as_deref())?,
            metadata_admin: TABLE.maybe_json("metadata_admin", row.metadata_admin.as_deref())?,
            factors: TABLE.json("factors", &row.factors)?,
            created_at: unstamp(row.created_at),
            updated_at: unstamp(row.updated_at),
            revision: row.revision,
        })
    }
}

fn factors_column(factors: &[Factor]) -> String {
    serde_json::to_string(factors).unwrap_or_else(|_| "[]".to_owned())
}

/// Writes what an identity can prove, after its credentials have changed.
pub(super) fn set_factors(conn: &mut AnyConn, id: IdentityId, factors: &[Factor]) -> Result<(), Error> {
    diesel::update(identities::table.find(id.text()))
        .set(identities::factors.eq(factors_column(factors)))
        .execute(conn)?;
    Ok(())
}

/// The identity with its addresses.
pub(crate) fn get(conn: &mut AnyConn, id: IdentityId) -> Result<Option<Identity>, Error> {
    let row = identities::table.find(id.text()).select(Row::as_select()).first(conn).optional()?;
    one(conn, row)
}

/// Which of these identities there are.
pub(crate) fn existing(conn: &mut AnyConn, ids: &[IdentityId]) -> Result<HashSet<IdentityId>, Error> {
    let ids: Vec<String> = ids.iter().map(IdentityId::text).collect();
    let found: Vec<String> = identities::table.filter(identities::id.eq_any(ids)).select(identities::id).load(conn)?;
    found.iter().map(|id| TABLE.parse("id", id)).collect()
}

/// Asks for an identity nobody is, by the same questions as for one there is: who waits for the answer shall not see which
/// it was.
pub(crate) fn miss(conn: &mut AnyConn) -> Result<(), Error> {
    let nobody = IdentityId::from_uuid(Uuid::nil()).text();
    let row: Option<Row> = identities::table.find(&nobody).select(Row::as_select()).first(conn).optional()?;
    let ids = [row.map_or(nobody, |row| row.id)];
    addresses::verifiable_of(conn, &ids)?;
    addresses::recovery_of(conn, &ids)?;
    Ok(())
}

/// The identity an administrator knows by another id.
pub(crate) fn by_external_id(conn: &mut AnyConn, external_id: &str) -> Result<Option<Identity>, Error> {
    let row = identities::table
        .filter(identities::external_id.eq(external_id))
        .select(Row::as_select())
        .first(conn)
        .optional()?;
    one(conn, row)
}

fn one(conn: &mut AnyConn, row: Option<Row>) -> Result<Option<Identity>, Error> {
    let Some(row) = row else { return Ok(None) };
    Ok(with_addresses(conn, vec![row])?.pop())
}

/// Identities of rows, in their order, with their addresses in two more queries.
pub(super) fn with_addresses(conn: &mut AnyConn, rows: Vec<Row>) -> Result<Vec<Identity>, Error> {
    let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
    let mut verifiable = addresses::verifiable_of(conn, &ids)?;
    let mut recovery = addresses::recovery_of(conn, &ids)?;
    let complete = |row: Row| {
        let mut identity = Identity::try_from(row)?;
        identity.verifiable_addresses = verifiable.remove(&identity.id).unwrap_or_default();
        identity.recovery_addresses = recovery.remove(&identity.id).unwrap_or_default();
        Ok(identity)
    };
    rows.into_iter().map(complete).collect()
}

/// Adds an identity and its addresses. Fails with `Conflict` when an address or the external id is taken.
pub(crate) fn insert(conn: &mut AnyConn, identity: &Identity) -> Result<(), Error> {
    diesel::insert_into(identities::table).values(Row::of(identity)).execute(conn)?;
    addresses::insert(conn, identity.id, &identity.verifiable_addresses, &identity.recovery_addresses)
}

/// Replaces an identity and its addresses when nobody has changed it since `identity.revision` was read; `false` when
/// somebody has, or it is gone.
#[must_use = "false means that nothing was written"]
pub(crate) fn update(conn: &mut AnyConn, identity: &Identity) -> Result<bool, Error> {
    let mut row = Row::of(identity);
    row.revision += 1;
    let count = diesel::update(identities::table.find(identity.id.text()))
        .filter(identities::revision.eq(identity.revision))
        .set(row)
        .execute(conn)?;
    if count == 0 {
        return Ok(false);
    }
    addresses::replace(conn, identity)?;
    Ok(true)
}

/// Removes an identity with everything that hangs on it; `false` when there was none.
pub(crate) fn delete(conn: &mut AnyConn, id: IdentityId) -> Result<bool, Error> {
    Ok(diesel::delete(identities::table.find(id.text())).execute(conn)? > 0)
}

/// Counts a change that happened beside the identity's own row (an address proved, a credential changed), so that a
/// concurrent replacement of the whole identity is noticed.
pub(crate) fn touch(conn: &mut AnyConn, id: IdentityId, now: Time) -> Result<(), Error> {
    diesel::update(identities::table.find(id.text()))
        .set((identities::revision.eq(identities::revision + 1), identities::updated_at.eq(stamp(now))))
        .execute(conn)?;
    Ok(())
}
