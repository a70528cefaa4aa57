//! Puts messages into the queue, and reads what they are made of.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_types::{
    db::{AnyConn, Error},
    id::MessageId,
    time::micros,
};

pub(crate) use super::template::Template;
use crate::{
    app::Cx,
    config::Secrets,
    model::{
        address::Via,
        mail::{Dispatch, DispatchStatus, Mail as Queued, MailStatus, MailType},
    },
    store,
};

/// A message to be queued.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    /// The address it goes to.
    pub(crate) recipient: String,
    /// How that is reached.
    pub(crate) via: Via,
    /// What it says.
    pub(crate) template: Template,
    /// What the template is filled with: an object with the contract's names.
    pub(crate) data: Value,
}

/// A written message. A text message is its text alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// The subject line.
    pub(crate) subject: String,
    /// The plain text.
    pub(crate) text: String,
    /// The same with markup.
    pub(crate) html: String,
}

/// What a queued message is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Matter {
    /// It is written already, as earlier versions queued them.
    Written(Content),
    /// It is written when it is sent.
    Unwritten {
        /// What its template is filled with.
        data: Value,
        /// Headers of the request that caused it, for those who send it on.
        #[serde(default)]
        request_headers: Value,
    },
}

/// Queues a message, in the transaction of what caused it: either both happen or neither. The worker of this process
/// looks for it at once. Without a channel for text messages one is given up at once, and seen to be by whoever lists
/// messages. Nothing is queued for a template that does not go by that kind of address.
pub(crate) fn mail(conn: &mut AnyConn, cx: &Cx, mail: Mail) -> Result<Option<MessageId>, Error> {
    if !mail.template.goes(mail.via) {
        return Ok(None);
    }
    let kind = match mail.via {
        Via::Email => MailType::Email,
        Via::Sms => MailType::Sms,
    };
    let is_sendable = mail.via == Via::Email || cx.config.courier.sends_sms();
    let now = micros(cx.now);
    let id = MessageId::ordered(now, &*cx.entropy);
    let queued = Queued {
        id,
        status: if is_sendable { MailStatus::Queued } else { MailStatus::Abandoned },
        kind,
        recipient: mail.recipient,
        template: mail.template.to_string(),
        channel: kind.to_string(),
        sealed: if is_sendable || cx.config.dev { sealed(cx, id, mail.data)? } else { Vec::new() },
        send_count: 0,
        send_after: now,
        created_at: now,
        updated_at: now,
    };
    store::mails::insert(conn, &queued)?;
    if is_sendable {
        cx.mail_bell.ring(kind);
        return Ok(Some(id));
    }
    tracing::error!(message_id = %id, template = queued.template, "there is no channel for text messages");
    let dispatch = Dispatch {
        id: MessageId::ordered(now, &*cx.entropy),
        message_id: id,
        status: DispatchStatus::Failed,
        error: Some("no channel for text messages is configured".to_owned()),
        created_at: now,
    };
    store::mails::insert_dispatch(conn, &dispatch)?;
    Ok(Some(id))
}

fn sealed(cx: &Cx, id: MessageId, data: Value) -> Result<Vec<u8>, Error> {
    let matter = Matter::Unwritten { data, request_headers: json!(Arc::as_ref(&cx.request_headers)) };
    let plain = serde_json::to_vec(&matter).map_err(|error| Error::Backend(Box::new(error)))?;
    Ok(cx.secrets.ciphers.seal(&purpose(id), &*cx.entropy, &plain))
}

/// What a queued message is made of; nothing when it was emptied, or sealed under a secret that is no longer listed.
pub(super) fn matter(secrets: &Secrets, mail: &Queued) -> Option<Matter> {
    let plain = secrets.ciphers.open(&purpose(mail.id), &mail.sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

/// A sealed message opens only in its own row.
fn purpose(id: MessageId) -> String {
    format!("courier message {id}")
}
