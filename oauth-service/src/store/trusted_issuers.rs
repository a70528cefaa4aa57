//! Rows of `trusted_issuers`, and with the last of an issuer's for a key that key.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    time::Time,
};

use super::{
    keys,
    row::{Column, split_scope},
    schema::trusted_issuers as table,
};
use crate::model::issuer::{TrustId, TrustedIssuer};

/// Trusts of one issuer for one subject that are looked at.
const MOST: i64 = 100;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = table)]
struct Row {
    id: String,
    issuer: String,
    subject: String,
    scope: String,
    kid: String,
    created_at: NaiveDateTime,
    expires_at: NaiveDateTime,
}

impl TryFrom<Row> for TrustedIssuer {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: Column("trusted_issuers", "id").parse(&row.id)?,
            issuer: row.issuer,
            subject: Some(row.subject).filter(|subject| !subject.is_empty()),
            scope: split_scope(&row.scope),
            kid: row.kid,
            created_at: unstamp(row.created_at),
            expires_at: unstamp(row.expires_at),
        })
    }
}

/// Writes a trust; `Conflict` when there is one of this issuer, subject and key.
pub(crate) fn insert(conn: &mut AnyConn, trust: &TrustedIssuer) -> Result<(), Error> {
    let row = Row {
        id: trust.id.text(),
        issuer: trust.issuer.clone(),
        subject: trust.subject.clone().unwrap_or_default(),
        scope: trust.scope.join(" "),
        kid: trust.kid.clone(),
        created_at: stamp(trust.created_at),
        expires_at: stamp(trust.expires_at),
    };
    diesel::insert_into(table::table).values(&row).execute(conn)?;
    Ok(())
}

/// A trust by its id.
pub(crate) fn get(conn: &mut AnyConn, id: TrustId) -> Result<Option<TrustedIssuer>, Error> {
    let row: Option<Row> = table::table.find(id.text()).select(Row::as_select()).first(conn).optional()?;
    row.map(TrustedIssuer::try_from).transpose()
}

/// At most `limit` trusts in the order of their ids, from behind `after`; of one issuer, if it is named.
pub(crate) fn list(
    conn: &mut AnyConn,
    issuer: Option<&str>,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<TrustedIssuer>, Error> {
    let mut query = table::table.select(Row::as_select()).order(table::id.asc()).limit(limit).into_boxed();
    if let Some(issuer) = issuer {
        query = query.filter(table::issuer.eq(issuer));
    }
    if let Some(after) = after {
        query = query.filter(table::id.gt(after));
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(TrustedIssuer::try_from).collect()
}

/// The trusts that let an issuer speak for a subject now; by one key, if it is named.
pub(crate) fn covering(
    conn: &mut AnyConn,
    (issuer, subject): (&str, &str),
    kid: Option<&str>,
    now: Time,
) -> Result<Vec<TrustedIssuer>, Error> {
    let mut query = table::table
        .filter(table::issuer.eq(issuer))
        .filter(table::subject.eq_any([subject, ""]))
        .filter(table::expires_at.gt(stamp(now)))
        .order(table::created_at.desc())
        .limit(MOST)
        .select(Row::as_select())
        .into_boxed();
    if let Some(kid) = kid {
        query = query.filter(table::kid.eq(kid));
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(TrustedIssuer::try_from).collect()
}

/// Removes a trust, and its key when nobody else relies on it. `false`: there was none.
pub(crate) fn delete(conn: &mut AnyConn, id: TrustId) -> Result<bool, Error> {
    let Some(trust) = get(conn, id)? else { return Ok(false) };
    let gone = diesel::delete(table::table.find(id.text())).execute(conn)? == 1;
    let same_key = table::table.filter(table::issuer.eq(&trust.issuer)).filter(table::kid.eq(&trust.kid));
    let other: Option<String> = same_key.select(table::id).first(conn).optional()?;
    if other.is_none() {
        keys::delete(conn, &trust.issuer, &trust.kid)?;
    }
    Ok(gone)
}

/// Removes at most `limit` trusts that ended before `before`, with their keys.
pub(crate) fn remove_expired(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let expired: Vec<String> =
        table::table.filter(table::expires_at.lt(stamp(before))).limit(limit).select(table::id).load(conn)?;
    for id in &expired {
        delete(conn, Column("trusted_issuers", "id").parse(id)?)?;
    }
    Ok(expired.len())
}
