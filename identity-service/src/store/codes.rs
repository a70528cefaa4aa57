//! One-time codes and links. A secret is spent by one conditional update, so that of many tries at once one wins.

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp},
    id::{AddressId, FlowId, IdentityId},
    secret::Digest,
    time::Time,
};

use super::schema::codes;
use crate::model::code::{Code, CodeKind};

/// What a spent code proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spent {
    /// The address it was sent to.
    pub(crate) address_id: AddressId,
    /// Whose address it is.
    pub(crate) identity_id: IdentityId,
    /// The address as it was when the code was sent.
    pub(crate) address: String,
}

/// Stores a code that is about to be sent.
pub(crate) fn insert(conn: &mut AnyConn, code: &Code) -> Result<(), Error> {
    diesel::insert_into(codes::table)
        .values((
            codes::id.eq(code.id.text()),
            codes::flow_id.eq(code.flow_id.text()),
            codes::kind.eq(code.kind.as_str()),
            codes::digest.eq(code.digest.to_vec()),
            codes::address_id.eq(Some(code.address_id.text())),
            codes::identity_id.eq(Some(code.identity_id.text())),
            codes::address.eq(&code.address),
            codes::created_at.eq(stamp(code.created_at)),
            codes::expires_at.eq(stamp(code.expires_at)),
        ))
        .execute(conn)?;
    Ok(())
}

/// Forgets the codes sent in a flow; done before another one is sent.
pub(crate) fn forget(conn: &mut AnyConn, flow: FlowId) -> Result<(), Error> {
    diesel::delete(codes::table.filter(codes::flow_id.eq(flow.text()))).execute(conn)?;
    Ok(())
}

/// Spends the code of this flow whose digest is one of `digests`; `None` when there is none, it is too old, or
/// it was spent before.
pub(crate) fn spend(
    conn: &mut AnyConn,
    flow: FlowId,
    kind: CodeKind,
    digests: &[Digest],
    now: Time,
) -> Result<Option<Spent>, Error> {
    let digests: Vec<Vec<u8>> = digests.iter().map(Digest::to_vec).collect();
    let found: Option<(String, Option<String>, Option<String>, String)> = codes::table
        .filter(codes::flow_id.eq(flow.text()))
        .filter(codes::kind.eq(kind.as_str()))
        .filter(codes::digest.eq_any(digests))
        .filter(codes::expires_at.gt(stamp(now)))
        .filter(codes::used_at.is_null())
        .select((codes::id, codes::address_id, codes::identity_id, codes::address))
        .first(conn)
        .optional()?;
    let Some((id, Some(address_id), Some(identity_id), address)) = found else { return Ok(None) };
    let unused = codes::table.filter(codes::id.eq(id)).filter(codes::used_at.is_null());
    if diesel::update(unused).set(codes::used_at.eq(Some(stamp(now)))).execute(conn)? != 1 {
        return Ok(None);
    }
    let corrupt = |column| Error::Corrupt { table: "codes", column };
    Ok(Some(Spent {
        address_id: AddressId::parse(&address_id).map_err(|_| corrupt("address_id"))?,
        identity_id: IdentityId::parse(&identity_id).map_err(|_| corrupt("identity_id"))?,
        address,
    }))
}
