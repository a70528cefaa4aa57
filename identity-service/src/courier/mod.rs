//! Messages on their way to people (contract §8).
//!
//! `enqueue` puts a message into the queue in the transaction of what caused it; `worker` takes messages from the queue
//! and keeps several workers from sending one twice; `render` writes one when it is sent, from the texts of `built_in` or
//! the operator's own (`wording`); `channel` knows how each kind goes out: by `smtp`, or through a `gateway` by HTTP.
//!
//! A message carries a secret. What it is made of lies sealed until it is sent or given up; then it is emptied, except
//! with `--dev`, where it can still be read.

use std::sync::Arc;

use tokio::sync::Notify;

mod built_in;
mod channel;
pub(crate) mod enqueue;
mod figures;
mod gateway;
mod render;
mod smtp;
mod template;
mod wording;
mod worker;

use self::enqueue::Content;
pub(crate) use self::{
    figures::Figures,
    smtp::{SmtpStage, greet},
    wording::{Compiled, Form, Wordings, value},
    worker::Worker,
};
use crate::{
    app::Env,
    model::mail::{Mail, MailType},
};

/// Why a message was not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Trouble {
    /// It never will be: the server says so (5yz), or it cannot be written.
    Final(String),
    /// It may be later.
    Passing(String),
}

/// What a message says, as far as it can still be known: it is emptied when it is over.
pub(crate) async fn read(env: &Env, mail: &Mail) -> Option<Content> {
    let matter = enqueue::matter(&env.secrets, mail)?;
    render::written(env, mail, &matter).await.ok()
}

/// An error with everything behind it, for the dispatch log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let next = error.to_string();
        if !text.contains(&next) {
            text = format!("{text}: {next}");
        }
        source = error.source();
    }
    text
}

/// Tells the worker of this process that a message was queued. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bell(Arc<Bells>);

#[derive(Debug, Default)]
struct Bells {
    mail: Notify,
    sms: Notify,
}

impl Bell {
    /// A message of this kind was queued, or will be when a transaction commits.
    fn ring(&self, kind: MailType) {
        self.of(kind).notify_one();
    }

    /// Waits for the next ring; one that came before counts.
    async fn heard(&self, kind: MailType) {
        self.of(kind).notified().await;
    }

    fn of(&self, kind: MailType) -> &Notify {
        match kind {
            MailType::Email => &self.0.mail,
            MailType::Sms => &self.0.sms,
        }
    }
}
