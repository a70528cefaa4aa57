//! `/admin/courier/messages`: what was sent to whom (contract §8). What a mail says is shown in development alone.

use std::borrow::Cow;

use actix_web::{HttpResponse, http::header::LINK, web};
use serde::Serialize;
use serde_json::{Value, json};
use shared_types::{
    db::{AnyConn, Error as DbError},
    id::MessageId,
    page::link_header,
    time::Time,
};

use crate::{
    app::Cx,
    courier,
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
    model::mail::{Dispatch, DispatchStatus, Mail, MailStatus, MailType},
    store::mails::{self, Wanted},
};

/// Clients of this API have always got ten, whatever its description says.
const SIZES: Sizes = Sizes { default: 10, max: 500 };
const HIDDEN: &str = "<redacted-unless-dev-mode>";

pub(crate) fn routes(cfg: &mut web::ServiceConfig) {
    cfg.service(at("/admin/courier/messages").route(web::get().to(list)))
        .service(at("/admin/courier/messages/{id}").route(web::get().to(get)));
}

/// Messages, newest first.
async fn list(cx: Ctx, query: Query) -> Result<HttpResponse, ApiError> {
    let size = paging::size(&query, SIZES)?;
    let after = paging::after(&cx, &query, MessageId::parse)?;
    if query.get("recipient").is_some_and(|recipient| recipient.contains('\0')) {
        return Err(ApiError::bad_request("The parameter recipient must be an address."));
    }
    let wanted = Wanted {
        status: query.parsed::<MailStatus>("status", "queued, processing, sent or abandoned")?,
        recipient: query.filled("recipient").map(str::to_owned),
    };
    let unit = move |conn: &mut AnyConn| mails::page(conn, &wanted, after, size + 1);
    let mut found = cx.db.read(unit).await?;
    let room = usize::try_from(size).unwrap_or(usize::MAX);
    let more = found.len() > room;
    found.truncate(room);
    let last = found.last().filter(|_| more);
    let next = last.map(|mail| cx.secrets.pages.encode(&mail.id.text(), cx.now, &*cx.entropy));
    let link =
        link_header("/admin/courier/messages", &query.without(&["page_token", "page_size"]), room, next.as_deref());
    let mut bodies = Vec::with_capacity(found.len());
    for mail in &found {
        bodies.push(Shown::of(&cx, mail).await);
    }
    let mut answer = HttpResponse::Ok();
    answer.insert_header((LINK, link));
    reply::with(answer, &bodies)
}

/// One message, with the attempts to send it.
async fn get(cx: Ctx, id: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let unknown = || ApiError::not_found("There is no such message.");
    let id = MessageId::parse(&id).map_err(|_| unknown())?;
    let unit = move |conn: &mut AnyConn| {
        let Some(mail) = mails::get(conn, id)? else { return Ok::<_, DbError>(None) };
        Ok(Some((mail, mails::dispatches(conn, id)?)))
    };
    let (mail, dispatches) = cx.db.read(unit).await?.ok_or_else(unknown)?;
    let body = Shown { dispatches: Some(dispatches.iter().map(Attempt::of).collect()), ..Shown::of(&cx, &mail).await };
    reply::json(&body)
}

/// A message as the API shows it.
#[derive(Serialize)]
struct Shown<'a> {
    id: MessageId,
    status: MailStatus,
    #[serde(rename = "type")]
    kind: MailType,
    recipient: &'a str,
    subject: Cow<'static, str>,
    body: Cow<'static, str>,
    template_type: &'a str,
    channel: &'a str,
    send_count: i32,
    created_at: Time,
    updated_at: Time,
    #[serde(skip_serializing_if = "Option::is_none")]
    dispatches: Option<Vec<Attempt>>,
}

impl<'a> Shown<'a> {
    async fn of(cx: &Cx, mail: &'a Mail) -> Self {
        let content = if cx.config.dev { courier::read(cx, mail).await } else { None };
        let (subject, body) = match content {
            Some(content) => (content.subject.into(), content.text.into()),
            None => (HIDDEN.into(), HIDDEN.into()),
        };
        Self {
            id: mail.id,
            status: mail.status,
            kind: mail.kind,
            recipient: &mail.recipient,
            subject,
            body,
            template_type: &mail.template,
            channel: &mail.channel,
            send_count: mail.send_count,
            created_at: mail.created_at,
            updated_at: mail.updated_at,
            dispatches: None,
        }
    }
}

/// Why an attempt failed, as an error object (the reference's `messageDispatch.error`).
fn failure(text: &str) -> Value {
    json!({"code": 500, "status": "Internal Server Error", "message": text})
}

/// An attempt to send a message as the API shows it.
#[derive(Serialize)]
struct Attempt {
    id: MessageId,
    message_id: MessageId,
    status: DispatchStatus,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Value>,
    created_at: Time,
    updated_at: Time,
}

impl Attempt {
    fn of(dispatch: &Dispatch) -> Self {
        Self {
            id: dispatch.id,
            message_id: dispatch.message_id,
            status: dispatch.status,
            error: dispatch.error.as_deref().map(failure),
            created_at: dispatch.created_at,
            // An attempt is written once.
            updated_at: dispatch.created_at,
        }
    }
}
