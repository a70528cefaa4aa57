//! Messages: what was sent to whom, and what became of it. What a message says is shown in development alone, as by the
//! admin API: it carries codes.

use actix_web::{
    HttpResponse,
    web::{self, Path, ServiceConfig},
};
use shared_types::{
    db::{AnyConn, Error as DbError},
    id::MessageId,
};

use super::{
    identities::{first, with},
    operator::Operator,
};
use crate::{
    courier,
    http::{error::ApiError, extract::query::Query, routes::at},
    model::mail::{Dispatch, DispatchStatus, Mail, MailStatus},
    store::mails::{self, Wanted},
    ui::console::{
        Cell, Choice, Control, Fact, Field, ListPage, MessagePage, Narrowing, Pager, Row, Section, Table, Tone,
    },
};

/// How many a page shows.
const PAGE: usize = 25;

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/messages").route(web::get().to(list))).service(at("/messages/{id}").route(web::get().to(get)));
}

fn badge(status: MailStatus) -> Cell {
    match status {
        MailStatus::Queued => Cell::badge(Tone::Plain, "Queued"),
        MailStatus::Processing => Cell::badge(Tone::Warn, "Processing"),
        MailStatus::Sent => Cell::badge(Tone::Good, "Sent"),
        MailStatus::Abandoned => Cell::badge(Tone::Bad, "Abandoned"),
    }
}

async fn list(operator: Operator, query: Query) -> Result<HttpResponse, ApiError> {
    let status = query.filled("status").and_then(|word| word.parse::<MailStatus>().ok());
    let recipient = query.get("recipient").unwrap_or_default().trim().replace('\0', "");
    let after = query.filled("after").and_then(|text| MessageId::parse(text).ok());
    let wanted = Wanted { status, recipient: Some(recipient.clone()).filter(|text| !text.is_empty()) };
    let size = i64::try_from(PAGE).unwrap_or(i64::MAX) + 1;
    let mut listed = operator.cx.db.read(move |conn| mails::page(conn, &wanted, after, size)).await?;
    let more = listed.len() > PAGE;
    listed.truncate(PAGE);
    let path = operator.link("messages");
    let kept = query.without(&["after"]);
    let next = listed.last().filter(|_| more).map(|last| with(&path, &kept, &last.id.text()));
    let mut offered = vec![Choice::new("", status.is_none()).called("Any")];
    offered.extend(MailStatus::ALL.iter().map(|word| Choice::new(word.as_str(), status == Some(*word))));
    let row = |mail: &Mail| {
        Row::new(vec![
            Cell::link(mail.recipient.clone(), operator.link(&format!("messages/{}", mail.id)))
                .and(mail.channel.clone()),
            Cell::code(mail.template.clone()),
            badge(mail.status),
            Cell::text(mail.send_count.to_string()),
            Cell::time(mail.created_at),
        ])
    };
    Ok(operator.page(&ListPage {
        frame: operator.frame(Section::Messages, "Messages"),
        text: None,
        actions: Vec::new(),
        search: Some(Narrowing {
            action: path.clone(),
            fields: vec![
                Field::line("recipient", "Recipient", recipient),
                Field::new("status", "Status", Control::Select(offered)),
            ],
        }),
        table: Table {
            caption: "Messages".to_owned(),
            columns: vec!["Recipient", "Template", "Status", "Attempts", "Queued"],
            rows: listed.iter().map(row).collect(),
            empty: "There is no such message.".to_owned(),
        },
        pager: Pager { first: after.map(|_| first(&path, &kept)), next },
    }))
}

async fn get(operator: Operator, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let unknown = || ApiError::not_found("There is no such message.");
    let id = MessageId::parse(&path).map_err(|_| unknown())?;
    let unit = move |conn: &mut AnyConn| {
        let Some(mail) = mails::get(conn, id)? else { return Ok::<_, DbError>(None) };
        Ok(Some((mail, mails::dispatches(conn, id)?)))
    };
    let (mail, dispatches) = operator.cx.db.read(unit).await?.ok_or_else(unknown)?;
    let content = if operator.cx.config.dev { courier::read(&operator.cx, &mail).await } else { None };
    let facts = vec![
        Fact::new("Recipient", Cell::text(mail.recipient.clone())),
        Fact::new("Status", badge(mail.status)),
        Fact::new("Template", Cell::code(mail.template.clone())),
        Fact::new("Channel", Cell::text(mail.channel.clone()).and(mail.kind.as_str())),
        Fact::new("Attempts", Cell::text(mail.send_count.to_string())),
        Fact::new("Queued", Cell::time(mail.created_at)),
        Fact::new("Changed", Cell::time(mail.updated_at)),
        Fact::new("Id", Cell::code(mail.id.text())),
    ];
    Ok(operator.page(&MessagePage {
        frame: operator.frame(Section::Messages, "Message").below("Messages", "messages"),
        facts,
        content: content.map(|content| (content.subject, content.text)),
        dispatches: Table {
            caption: "Attempts to send it".to_owned(),
            columns: vec!["When", "Outcome", "Said"],
            rows: dispatches.iter().map(attempt).collect(),
            empty: "It was not tried yet.".to_owned(),
        },
    }))
}

fn attempt(dispatch: &Dispatch) -> Row {
    let outcome = match dispatch.status {
        DispatchStatus::Success => Cell::badge(Tone::Good, "Taken"),
        DispatchStatus::Failed => Cell::badge(Tone::Bad, "Failed"),
    };
    Row::new(vec![Cell::time(dispatch.created_at), outcome, Cell::text(dispatch.error.clone().unwrap_or_default())])
}
