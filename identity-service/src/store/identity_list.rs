//! Lists of identities: keyset pages by id, and the admin API's filters (contract §10.4).

use std::collections::HashMap;

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error},
    id::IdentityId,
};

use super::{
    identities::{Row, with_addresses},
    schema::{credential_identifiers, identities},
};
use crate::model::{credential::CredentialType, identity::Identity};

/// Which identities are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    /// All of them.
    Any,
    /// Those with these ids.
    Ids(Vec<IdentityId>),
    /// Those found by this identifier.
    Identifier(Sought),
    /// Those with an identifier that starts with this text.
    IdentifierPrefix(Sought),
    /// None: the filter names something that does not exist here.
    Nothing,
}

/// An identifier somebody looks for: people type the first form, providers' accounts have the second.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sought {
    /// In normal form.
    pub(crate) normal: String,
    /// As it was given.
    pub(crate) raw: String,
}

/// Types whose identifiers are stored in normal form.
const NORMAL: [&str; 3] =
    [CredentialType::Password.as_str(), CredentialType::WebAuthn.as_str(), CredentialType::Code.as_str()];
/// Types whose identifiers are stored as providers have them.
const RAW: [&str; 2] = [CredentialType::Oidc.as_str(), CredentialType::Saml.as_str()];

type Condition =
    Box<dyn BoxableExpression<identities::table, <AnyConn as Connection>::Backend, SqlType = diesel::sql_types::Bool>>;

/// At most `size` identities after `after`, in the order of their ids.
pub(crate) fn page(
    conn: &mut AnyConn,
    filter: &Filter,
    after: Option<IdentityId>,
    size: i64,
) -> Result<Vec<Identity>, Error> {
    let mut query = identities::table.select(Row::as_select()).order(identities::id).limit(size).into_boxed();
    if let Some(after) = after {
        query = query.filter(identities::id.gt(after.text()));
    }
    if let Some(condition) = condition(filter) {
        query = query.filter(condition);
    }
    let rows = query.load(conn)?;
    with_addresses(conn, rows)
}

/// Identities from an offset on, for the legacy way of paging (at most 1000 deep).
pub(crate) fn offset_page(conn: &mut AnyConn, filter: &Filter, offset: i64, size: i64) -> Result<Vec<Identity>, Error> {
    let mut query =
        identities::table.select(Row::as_select()).order(identities::id).limit(size).offset(offset).into_boxed();
    if let Some(condition) = condition(filter) {
        query = query.filter(condition);
    }
    let rows = query.load(conn)?;
    with_addresses(conn, rows)
}

/// How many identities match: only the legacy way of paging asks.
pub(crate) fn count(conn: &mut AnyConn, filter: &Filter) -> Result<i64, Error> {
    let mut query = identities::table.select(diesel::dsl::count_star()).into_boxed();
    if let Some(condition) = condition(filter) {
        query = query.filter(condition);
    }
    Ok(query.first(conn)?)
}

/// The identities with these ids.
pub(crate) fn by_ids(conn: &mut AnyConn, ids: &[IdentityId]) -> Result<HashMap<IdentityId, Identity>, Error> {
    let ids: Vec<String> = ids.iter().map(IdentityId::text).collect();
    let rows = identities::table.filter(identities::id.eq_any(ids)).select(Row::as_select()).load(conn)?;
    let found = with_addresses(conn, rows)?;
    Ok(found.into_iter().map(|identity| (identity.id, identity)).collect())
}

/// What a filter demands; `None` when it does not narrow.
fn condition(filter: &Filter) -> Option<Condition> {
    use credential_identifiers::{identifier, identity_id, kind, table};
    match filter {
        Filter::Any => None,
        Filter::Nothing => Some(Box::new(identities::id.eq_any(Vec::<String>::new()))),
        Filter::Ids(ids) => {
            let ids: Vec<String> = ids.iter().map(IdentityId::text).collect();
            Some(Box::new(identities::id.eq_any(ids)))
        }
        Filter::Identifier(sought) => {
            let normal = identifier.eq(sought.normal.clone()).and(kind.eq_any(NORMAL));
            let raw = identifier.eq(sought.raw.clone()).and(kind.eq_any(RAW));
            Some(Box::new(identities::id.eq_any(table.filter(normal.or(raw)).select(identity_id))))
        }
        Filter::IdentifierPrefix(sought) => {
            let pattern = |text: &str| format!("{}%", escaped(text));
            let normal = identifier.like(pattern(&sought.normal)).escape('\\').and(kind.eq_any(NORMAL));
            let raw = identifier.like(pattern(&sought.raw)).escape('\\').and(kind.eq_any(RAW));
            Some(Box::new(identities::id.eq_any(table.filter(normal.or(raw)).select(identity_id))))
        }
    }
}

/// The text with LIKE's wildcards taken literally.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '_' | '\\') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}
