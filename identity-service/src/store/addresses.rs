//! Verifiable and recovery addresses.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::{AddressId, IdentityId},
    time::Time,
};

use super::{
    identities,
    row::Table,
    schema::{recovery_addresses, verifiable_addresses},
};
use crate::model::{
    address::{AddressStatus, RecoveryAddress, VerifiableAddress, Via},
    identity::Identity,
};

const VERIFIABLE: Table = Table("verifiable_addresses");
const RECOVERY: Table = Table("recovery_addresses");

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = verifiable_addresses, treat_none_as_null = true)]
struct VerifiableRow {
    id: String,
    identity_id: String,
    via: String,
    value: String,
    verified: bool,
    verified_at: Option<NaiveDateTime>,
    status: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl VerifiableRow {
    fn of(identity_id: IdentityId, address: &VerifiableAddress) -> Self {
        Self {
            id: address.id.text(),
            identity_id: identity_id.text(),
            via: address.via.to_string(),
            value: address.value.clone(),
            verified: address.verified,
            verified_at: address.verified_at.map(stamp),
            status: address.status.to_string(),
            created_at: stamp(address.created_at),
            updated_at: stamp(address.updated_at),
        }
    }

    /// The owner and the address.
    fn read(self) -> Result<(IdentityId, VerifiableAddress), Error> {
        let owner = VERIFIABLE.parse("identity_id", &self.identity_id)?;
        let address = VerifiableAddress {
            id: VERIFIABLE.parse("id", &self.id)?,
            value: self.value,
            verified: self.verified,
            verified_at: self.verified_at.map(unstamp),
            via: VERIFIABLE.parse("via", &self.via)?,
            status: VERIFIABLE.parse("status", &self.status)?,
            created_at: unstamp(self.created_at),
            updated_at: unstamp(self.updated_at),
        };
        Ok((owner, address))
    }
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = recovery_addresses)]
struct RecoveryRow {
    id: String,
    identity_id: String,
    via: String,
    value: String,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

impl RecoveryRow {
    fn of(identity_id: IdentityId, address: &RecoveryAddress) -> Self {
        Self {
            id: address.id.text(),
            identity_id: identity_id.text(),
            via: address.via.to_string(),
            value: address.value.clone(),
            created_at: stamp(address.created_at),
            updated_at: stamp(address.updated_at),
        }
    }

    fn read(self) -> Result<(IdentityId, RecoveryAddress), Error> {
        let owner = RECOVERY.parse("identity_id", &self.identity_id)?;
        let address = RecoveryAddress {
            id: RECOVERY.parse("id", &self.id)?,
            value: self.value,
            via: RECOVERY.parse("via", &self.via)?,
            created_at: unstamp(self.created_at),
            updated_at: unstamp(self.updated_at),
        };
        Ok((owner, address))
    }
}

/// The verifiable addresses of many identities, oldest first.
pub(super) fn verifiable_of(
    conn: &mut AnyConn,
    ids: &[String],
) -> Result<HashMap<IdentityId, Vec<VerifiableAddress>>, Error> {
    let rows = verifiable_addresses::table
        .filter(verifiable_addresses::identity_id.eq_any(ids))
        .order((verifiable_addresses::created_at, verifiable_addresses::id))
        .select(VerifiableRow::as_select())
        .load(conn)?;
    grouped(rows.into_iter().map(VerifiableRow::read))
}

/// The recovery addresses of many identities, oldest first.
pub(super) fn recovery_of(
    conn: &mut AnyConn,
    ids: &[String],
) -> Result<HashMap<IdentityId, Vec<RecoveryAddress>>, Error> {
    let rows = recovery_addresses::table
        .filter(recovery_addresses::identity_id.eq_any(ids))
        .order((recovery_addresses::created_at, recovery_addresses::id))
        .select(RecoveryRow::as_select())
        .load(conn)?;
    grouped(rows.into_iter().map(RecoveryRow::read))
}

fn grouped<T>(
    pairs: impl Iterator<Item = Result<(IdentityId, T), Error>>,
) -> Result<HashMap<IdentityId, Vec<T>>, Error> {
    let mut groups: HashMap<IdentityId, Vec<T>> = HashMap::new();
    for pair in pairs {
        let (owner, item) = pair?;
        groups.entry(owner).or_default().push(item);
    }
    Ok(groups)
}

/// Adds the addresses of a new identity.
pub(super) fn insert(
    conn: &mut AnyConn,
    owner: IdentityId,
    verifiable: &[VerifiableAddress],
    recovery: &[RecoveryAddress],
) -> Result<(), Error> {
    for address in verifiable {
        diesel::insert_into(verifiable_addresses::table).values(VerifiableRow::of(owner, address)).execute(conn)?;
    }
    for address in recovery {
        diesel::insert_into(recovery_addresses::table).values(RecoveryRow::of(owner, address)).execute(conn)?;
    }
    Ok(())
}

/// Makes the stored addresses equal to the identity's: rows whose address has gone are removed first, so that a value
/// can move from one row to another.
pub(super) fn replace(conn: &mut AnyConn, identity: &Identity) -> Result<(), Error> {
    let owner = identity.id.text();
    let kept: Vec<String> = identity.verifiable_addresses.iter().map(|address| address.id.text()).collect();
    diesel::delete(verifiable_addresses::table)
        .filter(verifiable_addresses::identity_id.eq(&owner))
        .filter(verifiable_addresses::id.ne_all(&kept))
        .execute(conn)?;
    for address in &identity.verifiable_addresses {
        let row = VerifiableRow::of(identity.id, address);
        let target = verifiable_addresses::table.find(address.id.text());
        let count =
            diesel::update(target).filter(verifiable_addresses::identity_id.eq(&owner)).set(&row).execute(conn)?;
        if count == 0 {
            diesel::insert_into(verifiable_addresses::table).values(&row).execute(conn)?;
        }
    }
    let known: Vec<String> = recovery_addresses::table
        .filter(recovery_addresses::identity_id.eq(&owner))
        .select(recovery_addresses::id)
        .load(conn)?;
    let kept: Vec<String> = identity.recovery_addresses.iter().map(|address| address.id.text()).collect();
    diesel::delete(recovery_addresses::table)
        .filter(recovery_addresses::identity_id.eq(&owner))
        .filter(recovery_addresses::id.ne_all(&kept))
        .execute(conn)?;
    for address in identity.recovery_addresses.iter().filter(|address| !known.contains(&address.id.text())) {
        diesel::insert_into(recovery_addresses::table).values(RecoveryRow::of(identity.id, address)).execute(conn)?;
    }
    Ok(())
}

/// Whose address that is, for verification or recovery, by whichever channel.
pub(crate) fn owner(conn: &mut AnyConn, value: &str) -> Result<Option<IdentityId>, Error> {
    for via in Via::ALL {
        if let Some((owner, _)) = verifiable_by_value(conn, *via, value)? {
            return Ok(Some(owner));
        }
    }
    let recovery = recovery_addresses::table
        .filter(recovery_addresses::value.eq(value))
        .select(recovery_addresses::identity_id)
        .first::<String>(conn)
        .optional()?;
    recovery
        .map(|id| {
            IdentityId::parse(&id).map_err(|_| Error::Corrupt { table: "recovery_addresses", column: "identity_id" })
        })
        .transpose()
}

/// The verifiable address with this value in normal form, and whose it is.
pub(crate) fn verifiable_by_value(
    conn: &mut AnyConn,
    via: Via,
    value: &str,
) -> Result<Option<(IdentityId, VerifiableAddress)>, Error> {
    let row = verifiable_addresses::table
        .filter(verifiable_addresses::via.eq(via.as_str()))
        .filter(verifiable_addresses::value.eq(value))
        .select(VerifiableRow::as_select())
        .first(conn)
        .optional()?;
    row.map(VerifiableRow::read).transpose()
}

/// Whose recovery address this is.
pub(crate) fn recovery_owner(conn: &mut AnyConn, via: Via, value: &str) -> Result<Option<IdentityId>, Error> {
    let owner: Option<String> = recovery_addresses::table
        .filter(recovery_addresses::via.eq(via.as_str()))
        .filter(recovery_addresses::value.eq(value))
        .select(recovery_addresses::identity_id)
        .first(conn)
        .optional()?;
    owner.map(|owner| RECOVERY.parse("identity_id", &owner)).transpose()
}

/// Marks an address as proved; `false` when it is gone.
pub(crate) fn mark_verified(conn: &mut AnyConn, id: AddressId, now: Time) -> Result<bool, Error> {
    let owner: Option<String> =
        verifiable_addresses::table.find(id.text()).select(verifiable_addresses::identity_id).first(conn).optional()?;
    let Some(owner) = owner else { return Ok(false) };
    diesel::update(verifiable_addresses::table.find(id.text()))
        .set((
            verifiable_addresses::verified.eq(true),
            verifiable_addresses::verified_at.eq(Some(stamp(now))),
            verifiable_addresses::status.eq(AddressStatus::Completed.as_str()),
            verifiable_addresses::updated_at.eq(stamp(now)),
        ))
        .execute(conn)?;
    identities::touch(conn, VERIFIABLE.parse("identity_id", &owner)?, now)?;
    Ok(true)
}

/// Notes that a code or link is on its way to an address that is not proved yet.
pub(crate) fn mark_sent(conn: &mut AnyConn, id: AddressId, now: Time) -> Result<(), Error> {
    diesel::update(verifiable_addresses::table.find(id.text()))
        .filter(verifiable_addresses::verified.eq(false))
        .set((
            verifiable_addresses::status.eq(AddressStatus::Sent.as_str()),
            verifiable_addresses::updated_at.eq(stamp(now)),
        ))
        .execute(conn)?;
    Ok(())
}
