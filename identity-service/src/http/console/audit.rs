//! Security events: what happened, to whom, and who did it.

use std::collections::HashMap;

use actix_web::{
    HttpResponse,
    web::{self, ServiceConfig},
};
use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error as DbError},
    id::{AuditEventId, IdentityId},
};

use super::{
    identities::{first, with},
    operator::Operator,
};
use crate::{
    http::{admin::audit_events::wanted, error::ApiError, extract::query::Query, routes::at},
    model::{audit::AuditEvent, identity::Identity},
    store::{audit_events, identity_list},
    ui::{
        console::{Cell, Field, ListPage, Narrowing, Pager, Row, Section, Table, Tone},
        page::Person,
    },
};

/// How many a page shows.
const PAGE: usize = 50;

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/audit").route(web::get().to(list)));
}

async fn list(operator: Operator, query: Query) -> Result<HttpResponse, ApiError> {
    let wanted = wanted(&query)?;
    let after = query.filled("after").and_then(|text| AuditEventId::parse(text).ok());
    let size = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
    let unit = move |conn: &mut AnyConn| {
        let found = audit_events::page(conn, &wanted, after, size)?;
        let mut ids: Vec<IdentityId> = found.iter().flat_map(|event| [event.actor, event.identity]).flatten().collect();
        ids.sort();
        ids.dedup();
        Ok::<_, DbError>((found, identity_list::by_ids(conn, &ids)?))
    };
    let (mut found, people) = operator.cx.db.read(unit).await?;
    let more = found.len() > PAGE;
    found.truncate(PAGE);
    let path = operator.link("audit");
    let kept = query.without(&["after"]);
    let next = found.last().filter(|_| more).map(|last| with(&path, &kept, &last.id.text()));
    let field = |name: &str, label: &str| Field::line(name, label, query.get(name).unwrap_or_default());
    let fields = vec![
        field("event", "Event").hint("As LoginFailed."),
        field("identity", "Whom").hint("The id of an identity."),
        field("actor", "Operator").hint("The id of an identity."),
        field("since", "Since").hint("As 2026-01-31T12:00:00Z."),
        field("until", "Until").hint("As 2026-01-31T12:00:00Z."),
    ];
    Ok(operator.page(&ListPage {
        frame: operator.frame(Section::Audit, "Audit"),
        text: kept_for(&operator),
        actions: Vec::new(),
        search: Some(Narrowing { action: path.clone(), fields }),
        table: Table {
            caption: "Security events".to_owned(),
            columns: vec!["When", "Event", "Whom", "Operator", "Details"],
            rows: found.iter().map(|event| row(&operator, event, &people)).collect(),
            empty: "There is no such event.".to_owned(),
        },
        pager: Pager { first: after.map(|_| first(&path, &kept)), next },
    }))
}

/// Said where nothing is kept.
fn kept_for(operator: &Operator) -> Option<String> {
    let off = operator.cx.config.audit_retention.is_zero();
    off.then(|| "Events are not kept here (audit.retention is 0s); the log has them.".to_owned())
}

fn row(operator: &Operator, event: &AuditEvent, people: &HashMap<IdentityId, Identity>) -> Row {
    let person = |id: Option<IdentityId>| match id {
        None => Cell::text("–"),
        Some(id) => match people.get(&id) {
            Some(known) => Cell::link(Person::of(known).name, operator.link(&format!("identities/{id}"))),
            None => Cell::code(id.text()),
        },
    };
    let tone = match event.event.as_str() {
        name if name.ends_with("Failed") || name.ends_with("Refused") || name.ends_with("Abandoned") => Tone::Bad,
        name if name.ends_with("Deleted") || name.ends_with("Removed") || name.ends_with("Revoked") => Tone::Warn,
        name if name.ends_with("Succeeded") => Tone::Good,
        _ => Tone::Plain,
    };
    Row::new(vec![
        Cell::time(event.at),
        Cell::badge(tone, event.event.clone()),
        person(event.identity),
        person(event.actor),
        Cell::text(details(event)),
    ])
}

/// What else was noted, in words.
fn details(event: &AuditEvent) -> String {
    let word = |(name, value): (&String, &Value)| {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        (name != "message").then(|| format!("{name} {text}"))
    };
    event.details.iter().filter_map(word).collect::<Vec<_>>().join(" · ")
}
