//! Lists of identities: keyset pages by id, and the admin API's filters (contract §10.4).

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error},
    id::IdentityId,
};

use super::{
    identities::{Row, with_addresses},
    schema::{credential_identifiers, identities},
};
use crate::model::identity::Identity;

/// Which identities are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    /// All of them.
    Any,
    /// Those with these ids.
    Ids(Vec<IdentityId>),
    /// The one found by this identifier in normal form.
    Identifier(String),
    /// Those with an identifier that starts with this text.
    IdentifierPrefix(String),
    /// None: the filter names something that does not exist here.
    Nothing,
}

/// At most `size` identities after `after`, in the order of their ids.
pub(crate) fn page(
    conn: &mut AnyConn,
    filter: &Filter,
    after: Option<IdentityId>,
    size: i64,
) -> Result<Vec<Identity>, Error> {
    let ids = matching(conn, filter)?;
    let mut query = identities::table.select(Row::as_select()).order(identities::id).limit(size).into_boxed();
    if let Some(after) = after {
        query = query.filter(identities::id.gt(after.text()));
    }
    if let Some(ids) = ids {
        query = query.filter(identities::id.eq_any(ids));
    }
    let rows = query.load(conn)?;
    with_addresses(conn, rows)
}

/// Identities from an offset on, for the legacy way of paging (at most 1000 deep).
pub(crate) fn offset_page(conn: &mut AnyConn, filter: &Filter, offset: i64, size: i64) -> Result<Vec<Identity>, Error> {
    let ids = matching(conn, filter)?;
    let mut query =
        identities::table.select(Row::as_select()).order(identities::id).limit(size).offset(offset).into_boxed();
    if let Some(ids) = ids {
        query = query.filter(identities::id.eq_any(ids));
    }
    let rows = query.load(conn)?;
    with_addresses(conn, rows)
}

/// How many identities match: only the legacy way of paging asks.
pub(crate) fn count(conn: &mut AnyConn, filter: &Filter) -> Result<i64, Error> {
    let ids = matching(conn, filter)?;
    let mut query = identities::table.select(diesel::dsl::count_star()).into_boxed();
    if let Some(ids) = ids {
        query = query.filter(identities::id.eq_any(ids));
    }
    Ok(query.first(conn)?)
}

/// The most identities a prefix search looks at.
const PREFIX_LIMIT: i64 = 500;

/// The ids a filter stands for; `None` when it does not narrow.
fn matching(conn: &mut AnyConn, filter: &Filter) -> Result<Option<Vec<String>>, Error> {
    let ids = match filter {
        Filter::Any => return Ok(None),
        Filter::Nothing => Vec::new(),
        Filter::Ids(ids) => ids.iter().map(IdentityId::text).collect(),
        Filter::Identifier(identifier) => credential_identifiers::table
            .filter(credential_identifiers::identifier.eq(identifier))
            .select(credential_identifiers::identity_id)
            .distinct()
            .load(conn)?,
        Filter::IdentifierPrefix(prefix) => credential_identifiers::table
            .filter(credential_identifiers::identifier.like(format!("{}%", escaped(prefix))).escape('\\'))
            .select(credential_identifiers::identity_id)
            .distinct()
            .limit(PREFIX_LIMIT)
            .load(conn)?,
    };
    Ok(Some(ids))
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
