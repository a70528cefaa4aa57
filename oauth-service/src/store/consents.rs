//! Rows of `consents`: one per browser flow that ended in a yes.

use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    each_backend,
    id::{ClientId, GrantId},
    time::Time,
};

use super::{
    row::{Column, to_json},
    schema::consents as table,
};
use crate::model::{
    challenge::AuthFlowId,
    consent::{Asked, Consent, Granted},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = table)]
struct Row {
    id: String,
    flow_id: String,
    client_id: String,
    subject: String,
    login_session_id: Option<String>,
    requested_scope: String,
    requested_audience: String,
    granted_scope: String,
    granted_audience: String,
    session: String,
    oidc_context: String,
    context: String,
    request_url: String,
    acr: String,
    amr: String,
    skip: bool,
    remember: bool,
    remember_for: i64,
    remember_until: Option<chrono::NaiveDateTime>,
    authenticated_at: chrono::NaiveDateTime,
    requested_at: chrono::NaiveDateTime,
    handled_at: chrono::NaiveDateTime,
}

const fn column(name: &'static str) -> Column {
    Column("consents", name)
}

impl TryFrom<&Consent> for Row {
    type Error = Error;

    fn try_from(consent: &Consent) -> Result<Self, Error> {
        let Consent { asked, granted, .. } = consent;
        Ok(Self {
            id: consent.grant_id.hex(),
            flow_id: consent.flow_id.hex(),
            client_id: consent.client_id.text(),
            subject: consent.subject.clone(),
            login_session_id: consent.login_session_id.map(|id| id.text()),
            requested_scope: to_json(&asked.scope)?,
            requested_audience: to_json(&asked.audience)?,
            granted_scope: to_json(&granted.scope)?,
            granted_audience: to_json(&granted.audience)?,
            session: granted.session.clone(),
            oidc_context: to_json(&asked.oidc_context)?,
            context: to_json(&granted.context)?,
            request_url: asked.request_url.clone(),
            acr: asked.acr.clone(),
            amr: to_json(&asked.amr)?,
            skip: asked.skip,
            remember: granted.remember,
            remember_for: granted.remember_for,
            remember_until: granted.remembered_until().map(stamp),
            authenticated_at: stamp(consent.authenticated_at),
            requested_at: stamp(consent.requested_at),
            handled_at: stamp(granted.handled_at),
        })
    }
}

impl TryFrom<Row> for Consent {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        let session = row.login_session_id.as_deref();
        Ok(Self {
            grant_id: column("id").parse(&row.id)?,
            flow_id: column("flow_id").parse(&row.flow_id)?,
            client_id: ClientId::new(row.client_id),
            subject: row.subject,
            login_session_id: session.map(|id| column("login_session_id").parse(id)).transpose()?,
            asked: Asked {
                scope: column("requested_scope").json(&row.requested_scope)?,
                audience: column("requested_audience").json(&row.requested_audience)?,
                oidc_context: column("oidc_context").json(&row.oidc_context)?,
                request_url: row.request_url,
                acr: row.acr,
                amr: column("amr").json(&row.amr)?,
                skip: row.skip,
            },
            granted: Granted {
                scope: column("granted_scope").json(&row.granted_scope)?,
                audience: column("granted_audience").json(&row.granted_audience)?,
                session: row.session,
                context: column("context").json(&row.context)?,
                remember: row.remember,
                remember_for: row.remember_for,
                handled_at: unstamp(row.handled_at),
            },
            authenticated_at: unstamp(row.authenticated_at),
            requested_at: unstamp(row.requested_at),
        })
    }
}

/// Keeps a consent. `false`: its flow has ended in one before.
pub(crate) fn insert(conn: &mut AnyConn, consent: &Consent) -> Result<bool, Error> {
    let row = Row::try_from(consent)?;
    let count =
        each_backend!(conn, |c| diesel::insert_into(table::table).values(&row).on_conflict_do_nothing().execute(c))?;
    Ok(count == 1)
}

/// A consent by its grant.
#[cfg(test)]
pub(crate) fn get(conn: &mut AnyConn, grant: GrantId) -> Result<Option<Consent>, Error> {
    let row: Option<Row> = table::table.find(grant.hex()).select(Row::as_select()).first(conn).optional()?;
    row.map(Consent::try_from).transpose()
}

/// Whether a flow has ended in a consent.
pub(crate) fn has_flow(conn: &mut AnyConn, flow: AuthFlowId) -> Result<bool, Error> {
    let found: Option<String> =
        table::table.filter(table::flow_id.eq(flow.hex())).select(table::id).first(conn).optional()?;
    Ok(found.is_some())
}

/// The scopes of the newest consent that is remembered and has not run out. One given in the person's place does not count.
pub(crate) fn remembered_scope(
    conn: &mut AnyConn,
    client: &ClientId,
    subject: &str,
    now: Time,
) -> Result<Option<Vec<String>>, Error> {
    let scope: Option<String> = table::table
        .filter(table::subject.eq(subject))
        .filter(table::client_id.eq(client.as_str()))
        .filter(table::remember.eq(true))
        .filter(table::skip.eq(false))
        .filter(table::remember_until.is_null().or(table::remember_until.gt(stamp(now))))
        .order(table::handled_at.desc())
        .select(table::granted_scope)
        .first(conn)
        .optional()?;
    scope.map(|scope| column("granted_scope").json(&scope)).transpose()
}

/// Whose consents are listed.
#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) subject: String,
    pub(crate) login_session: Option<String>,
}

/// At most `limit` consents in the order of their grants' ids, from behind `after`.
pub(crate) fn list(
    conn: &mut AnyConn,
    filter: &Filter,
    after: Option<&str>,
    limit: i64,
) -> Result<Vec<Consent>, Error> {
    let mut query = table::table.filter(table::subject.eq(&filter.subject)).into_boxed();
    if let Some(session) = &filter.login_session {
        query = query.filter(table::login_session_id.eq(session));
    }
    if let Some(after) = after {
        query = query.filter(table::id.gt(after));
    }
    let rows: Vec<Row> = query.order(table::id).limit(limit).select(Row::as_select()).load(conn)?;
    rows.into_iter().map(Consent::try_from).collect()
}

/// Which consents are revoked.
#[derive(Debug, Clone)]
pub(crate) enum Revoked {
    Grant(GrantId),
    OfSubject(String),
    OfSubjectAtClient(String, ClientId),
}

/// Removes consents and names their grants, whose tokens must go with them.
pub(crate) fn delete(conn: &mut AnyConn, which: &Revoked) -> Result<Vec<GrantId>, Error> {
    let mut query = table::table.into_boxed();
    query = match which {
        Revoked::Grant(grant) => query.filter(table::id.eq(grant.hex())),
        Revoked::OfSubject(subject) => query.filter(table::subject.eq(subject)),
        Revoked::OfSubjectAtClient(subject, client) => {
            query.filter(table::subject.eq(subject)).filter(table::client_id.eq(client.as_str()))
        }
    };
    let ids: Vec<String> = query.select(table::id).load(conn)?;
    for some in ids.chunks(500) {
        diesel::delete(table::table.filter(table::id.eq_any(some))).execute(conn)?;
    }
    ids.iter().map(|id| column("id").parse(id)).collect()
}

#[cfg(test)]
mod tests;
