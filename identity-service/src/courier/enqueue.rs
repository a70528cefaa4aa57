//! Puts a mail into the queue, and reads what is in it.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error},
    id::MessageId,
    time::micros,
};

use super::built_in;
pub(crate) use super::template::Template;
use crate::{
    app::Cx,
    config::Secrets,
    model::{
        address::Via,
        mail::{Mail as Queued, MailStatus, MailType},
    },
    store,
};

/// A mail to be written and queued.
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

/// A written mail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Content {
    /// The subject line.
    pub(crate) subject: String,
    /// The plain text.
    pub(crate) text: String,
    /// The same with markup.
    pub(crate) html: String,
}

/// Writes a mail and queues it, in the transaction of what caused it: either both happen or neither. The worker of
/// this process looks for it at once.
pub(crate) fn mail(conn: &mut AnyConn, cx: &Cx, mail: Mail) -> Result<MessageId, Error> {
    let content =
        built_in::content(mail.template, mail.via, &mail.data).map_err(|error| Error::Backend(Box::new(error)))?;
    let plain = serde_json::to_vec(&content).map_err(|error| Error::Backend(Box::new(error)))?;
    let now = micros(cx.now);
    let id = MessageId::ordered(now, &*cx.entropy);
    let queued = Queued {
        id,
        status: MailStatus::Queued,
        kind: MailType::Email,
        recipient: mail.recipient,
        template: mail.template.to_string(),
        channel: "email".to_owned(),
        sealed: cx.secrets.ciphers.seal(&purpose(id), &*cx.entropy, &plain),
        send_count: 0,
        send_after: now,
        created_at: now,
        updated_at: now,
    };
    store::mails::insert(conn, &queued)?;
    cx.mail_bell.ring();
    Ok(id)
}

/// What a queued mail says; nothing when it was emptied, or sealed under a secret that is no longer listed.
pub(crate) fn read(secrets: &Secrets, mail: &Queued) -> Option<Content> {
    let plain = secrets.ciphers.open(&purpose(mail.id), &mail.sealed).ok()?;
    serde_json::from_slice(&plain).ok()
}

/// A sealed mail opens only in its own row.
fn purpose(id: MessageId) -> String {
    format!("courier message {id}")
}
