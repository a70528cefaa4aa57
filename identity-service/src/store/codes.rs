//! One-time codes and links. A secret is spent by one conditional update, so that of many tries at once one wins.

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp},
    id::{FlowId, IdentityId},
    secret::Digest,
    time::Time,
};

use super::{row::Table, schema::codes};
use crate::model::{
    address::Via,
    code::{Code, CodeKind},
};

const TABLE: Table = Table("codes");

/// What a spent code proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spent {
    /// Whose it was; nobody's yet while somebody registers.
    pub(crate) identity_id: Option<IdentityId>,
    /// How the address is reached.
    pub(crate) via: Via,
    /// The address as it was when the code was sent.
    pub(crate) address: String,
}

/// What a secret that came back is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Found {
    /// Right, and spent now.
    Fresh(Spent),
    /// It was right once: it is too old or was spent before.
    Known,
    /// It was never right.
    Unknown,
}

/// Stores a code that is about to be sent.
pub(crate) fn insert(conn: &mut AnyConn, code: &Code) -> Result<(), Error> {
    diesel::insert_into(codes::table)
        .values((
            codes::id.eq(code.id.text()),
            codes::flow_id.eq(code.flow_id.text()),
            codes::kind.eq(code.kind.as_str()),
            codes::digest.eq(code.digest.to_vec()),
            codes::identity_id.eq(code.identity_id.map(|id| id.text())),
            codes::via.eq(code.via.as_str()),
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

/// Spends the code of this flow whose digest is one of `digests`.
pub(crate) fn spend(
    conn: &mut AnyConn,
    flow: FlowId,
    kind: CodeKind,
    digests: &[Digest],
    now: Time,
) -> Result<Found, Error> {
    let digests: Vec<Vec<u8>> = digests.iter().map(Digest::to_vec).collect();
    let of_flow = codes::table
        .filter(codes::flow_id.eq(flow.text()))
        .filter(codes::kind.eq(kind.as_str()))
        .filter(codes::digest.eq_any(digests));
    let found: Option<(String, Option<String>, String, String)> =
        of_flow.select((codes::id, codes::identity_id, codes::via, codes::address)).first(conn).optional()?;
    let Some((id, identity_id, via, address)) = found else { return Ok(Found::Unknown) };
    let fresh =
        codes::table.filter(codes::id.eq(id)).filter(codes::expires_at.gt(stamp(now))).filter(codes::used_at.is_null());
    if diesel::update(fresh).set(codes::used_at.eq(Some(stamp(now)))).execute(conn)? != 1 {
        return Ok(Found::Known);
    }
    let identity_id = identity_id.map(|id| TABLE.parse("identity_id", &id)).transpose()?;
    Ok(Found::Fresh(Spent { identity_id, via: TABLE.parse("via", &via)?, address }))
}
