//! `GET /admin/audit-events`: what happened, newest first. An operation of ours.

use actix_web::{HttpResponse, http::header::LINK, web};
use serde::Serialize;
use serde_json::{Map, Value};
use shared_types::{
    id::{AuditEventId, IdentityId},
    page::link_header,
    time::Time,
};

use crate::{
    http::{
        error::ApiError,
        extract::{
            Ctx,
            paging::{self, Sizes},
            query::Query,
        },
        reply,
        routes::at,
    },
    model::audit::AuditEvent,
    store::audit_events::{self, Wanted},
};

const SIZES: Sizes = Sizes { default: 250, max: 500 };

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/admin/audit-events").route(web::get().to(list)));
}

/// What a query asks for.
pub(crate) fn wanted(query: &Query) -> Result<Wanted, ApiError> {
    let event = query.filled("event").map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    if event.as_ref().is_some_and(|event| event.contains('\0')) {
        return Err(ApiError::bad_request("The parameter event must be the name of an event."));
    }
    let id = |name: &str| {
        let text = query.filled(name).map(str::trim).filter(|text| !text.is_empty());
        let id = text.map(IdentityId::parse).transpose();
        id.map_err(|_| ApiError::bad_request(format!("The parameter {name} must be the id of an identity.")))
    };
    Ok(Wanted {
        event,
        actor: id("actor")?,
        identity: id("identity")?,
        since: query.parsed::<Time>("since", "a time such as 2026-01-31T12:00:00Z")?,
        until: query.parsed::<Time>("until", "a time such as 2026-01-31T12:00:00Z")?,
    })
}

async fn list(cx: Ctx, query: Query) -> Result<HttpResponse, ApiError> {
    let size = paging::size(&query, SIZES)?;
    let after = paging::after(&cx, &query, AuditEventId::parse)?;
    let wanted = wanted(&query)?;
    let mut found = cx.db.read(move |conn| audit_events::page(conn, &wanted, after, size + 1)).await?;
    let room = usize::try_from(size).unwrap_or(usize::MAX);
    let more = found.len() > room;
    found.truncate(room);
    let last = found.last().filter(|_| more);
    let next = last.map(|event| cx.secrets.pages.encode(&event.id.text(), cx.now, &*cx.entropy));
    let link = link_header("/admin/audit-events", &query.without(&["page_token", "page_size"]), room, next.as_deref());
    let mut answer = HttpResponse::Ok();
    answer.insert_header((LINK, link));
    reply::with(answer, &found.iter().map(Shown::of).collect::<Vec<_>>())
}

/// An event as the API shows it.
#[derive(Serialize)]
struct Shown<'a> {
    id: AuditEventId,
    time: Time,
    event: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    actor: Option<IdentityId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    identity: Option<IdentityId>,
    details: &'a Map<String, Value>,
}

impl<'a> Shown<'a> {
    fn of(event: &'a AuditEvent) -> Self {
        Self {
            id: event.id,
            time: event.at,
            event: &event.event,
            actor: event.actor,
            identity: event.identity,
            details: &event.details,
        }
    }
}
