//! Rows of `access_tokens`. Inserts and look-ups come in batches: see `shared_types::db::Coalescer`.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    each_backend,
    id::{ClientId, GrantId},
    secret::Digest,
    time::Time,
};

use super::{
    row::{Column, split_scope, to_json},
    schema::access_tokens as table,
};
use crate::model::token::{AccessToken, Granted};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = table)]
struct Row {
    digest: Vec<u8>,
    grant_id: Option<String>,
    client_id: String,
    subject: String,
    scope: String,
    audience: String,
    session: Vec<u8>,
    issued_at: NaiveDateTime,
    expires_at: NaiveDateTime,
}

const fn column(name: &'static str) -> Column {
    Column("access_tokens", name)
}

impl TryFrom<Row> for AccessToken {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            digest: column("digest").digest(&row.digest)?,
            granted: Granted {
                grant_id: row.grant_id.map(|id| column("grant_id").parse(&id)).transpose()?,
                client_id: ClientId::new(row.client_id),
                subject: row.subject,
                scope: split_scope(&row.scope),
                audience: column("audience").json(&row.audience)?,
                session: row.session,
            },
            issued_at: unstamp(row.issued_at),
            expires_at: unstamp(row.expires_at),
        })
    }
}

impl TryFrom<&AccessToken> for Row {
    type Error = Error;

    fn try_from(token: &AccessToken) -> Result<Self, Error> {
        let granted = &token.granted;
        Ok(Self {
            digest: token.digest.to_vec(),
            grant_id: granted.grant_id.map(|id| id.hex()),
            client_id: granted.client_id.text(),
            subject: granted.subject.clone(),
            scope: granted.scope.join(" "),
            audience: to_json(&granted.audience)?,
            session: granted.session.clone(),
            issued_at: stamp(token.issued_at),
            expires_at: stamp(token.expires_at),
        })
    }
}

/// Writes tokens; one answer per token, as a coalescer wants it.
pub(crate) fn insert_many(conn: &mut AnyConn, tokens: &[AccessToken]) -> Result<Vec<Option<()>>, Error> {
    let rows: Vec<Row> = tokens.iter().map(Row::try_from).collect::<Result<_, _>>()?;
    each_backend!(conn, |c| diesel::insert_into(table::table).values(&rows).execute(c))?;
    Ok(vec![Some(()); tokens.len()])
}

/// Writes one token inside a larger unit of work.
pub(crate) fn insert(conn: &mut AnyConn, token: &AccessToken) -> Result<(), Error> {
    diesel::insert_into(table::table).values(&Row::try_from(token)?).execute(conn)?;
    Ok(())
}

/// Tokens by their digests, in the order asked.
pub(crate) fn get_many(conn: &mut AnyConn, digests: &[Digest]) -> Result<Vec<Option<AccessToken>>, Error> {
    // One digest keeps to a statement the engine has prepared before.
    if let [one] = digests {
        let row: Option<Row> = table::table.find(one.to_vec()).select(Row::as_select()).first(conn).optional()?;
        return Ok(vec![row.map(AccessToken::try_from).transpose()?]);
    }
    let keys: Vec<Vec<u8>> = digests.iter().map(Digest::to_vec).collect();
    let rows: Vec<Row> =
        each_backend!(conn, |c| table::table.filter(table::digest.eq_any(keys)).select(Row::as_select()).load(c))?;
    let mut found: std::collections::HashMap<Digest, AccessToken> =
        std::collections::HashMap::with_capacity(rows.len());
    for row in rows {
        let token = AccessToken::try_from(row)?;
        found.insert(token.digest, token);
    }
    Ok(digests.iter().map(|digest| found.get(digest).cloned()).collect())
}

/// Removes one token.
pub(crate) fn delete(conn: &mut AnyConn, digest: Digest) -> Result<usize, Error> {
    Ok(diesel::delete(table::table.find(digest.to_vec())).execute(conn)?)
}

/// Removes the tokens of grants.
pub(crate) fn delete_grants(conn: &mut AnyConn, grants: &[GrantId]) -> Result<usize, Error> {
    let ids: Vec<String> = grants.iter().map(GrantId::hex).collect();
    Ok(diesel::delete(table::table.filter(table::grant_id.eq_any(ids))).execute(conn)?)
}

/// Removes the tokens of a client.
pub(crate) fn delete_client(conn: &mut AnyConn, client: &ClientId) -> Result<usize, Error> {
    Ok(diesel::delete(table::table.filter(table::client_id.eq(client.as_str()))).execute(conn)?)
}

/// Removes at most `limit` tokens that expired before `before`.
pub(crate) fn remove_expired(conn: &mut AnyConn, before: Time, limit: i64) -> Result<usize, Error> {
    let expired: Vec<Vec<u8>> =
        table::table.filter(table::expires_at.lt(stamp(before))).limit(limit).select(table::digest).load(conn)?;
    Ok(diesel::delete(table::table.filter(table::digest.eq_any(expired))).execute(conn)?)
}
