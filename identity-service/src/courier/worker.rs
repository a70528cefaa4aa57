//! Takes mails from the queue and sends them, oldest first.
//!
//! A worker holds what it takes for a while (`HELD`), by compare-and-set, so that several workers never send one mail
//! twice, and a worker that dies loses what it held. It starts no transmission that could outlast its hold.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use shared_types::{
    db::{AnyConn, Error},
    id::MessageId,
    time::{Time, micros},
};
use tokio_util::sync::CancellationToken;

use super::{
    Trouble,
    channel::{Channels, Open},
    enqueue, render,
    smtp::SetupError,
};
use crate::{
    app::Env,
    model::mail::{Dispatch, DispatchStatus, Mail, MailStatus, MailType},
    store::{self, mails::Due},
};

/// How long a worker holds what it took.
const HELD: Duration = Duration::from_mins(5);
/// After this much of its hold a worker begins no further transmission.
const SAFE: Duration = Duration::from_secs(200);
/// The first pause after a failure; each further one is three times as long.
const PAUSE: Duration = Duration::from_secs(5);
/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);
/// After the bell the mail may still be a moment from being committed, so the queue is looked at again soon.
const LOOKS: [Duration; 4] =
    [Duration::from_millis(5), Duration::from_millis(20), Duration::from_millis(80), Duration::from_millis(320)];

/// Sends what is queued until it is stopped.
pub(crate) struct Worker {
    env: Arc<Env>,
    channels: Channels,
}

/// What became of one attempt.
enum Attempt {
    /// The next hop took the mail.
    Sent,
    /// It did not.
    Failed(Trouble),
    /// There was none: the mail goes back as it was.
    Released,
}

impl Worker {
    /// A worker, unless there is no way to send anything: then messages wait in the queue.
    pub(crate) fn new(env: &Arc<Env>) -> Result<Option<Self>, SetupError> {
        let channels = Channels::new(env)?;
        if channels.kinds().is_empty() {
            tracing::warn!("courier.smtp.connection_uri is not set: messages stay in the queue");
            return Ok(None);
        }
        Ok(Some(Self { env: Arc::clone(env), channels }))
    }

    /// Works until `stop` is done, and ends the transmissions in hand first. Each kind of message has a loop of its own, so
    /// that a provider of text messages who does not answer keeps no mail waiting.
    pub(crate) async fn run(self, stop: impl Future<Output = ()>) {
        let stopping = CancellationToken::new();
        let loops = join_all(self.channels.kinds().into_iter().map(|kind| self.work(kind, &stopping)));
        tokio::pin!(loops);
        tokio::select! {
            _ = &mut loops => return,
            () = stop => stopping.cancel(),
        }
        loops.await;
    }

    async fn work(&self, kind: MailType, stopping: &CancellationToken) {
        let pull_wait = self.env.config.courier.pull_wait;
        let mut looks = [].iter();
        while !stopping.is_cancelled() {
            match self.round(kind, stopping).await {
                Ok(0) => {}
                Ok(_) => {
                    looks = LOOKS.iter();
                    continue;
                }
                Err(error) => tracing::error!(%error, "the mail queue cannot be read or written"),
            }
            let pause = looks.next().copied().unwrap_or(pull_wait);
            tokio::select! {
                () = stopping.cancelled() => {}
                () = self.env.mail_bell.heard(kind) => looks = LOOKS.iter(),
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Takes a batch and sends it; how many messages there were.
    async fn round(&self, kind: MailType, stopping: &CancellationToken) -> Result<usize, Error> {
        let taken_at = Instant::now();
        let batch = self.take(kind).await?;
        let count = batch.len();
        let mut open = Open::default();
        for mail in batch {
            let attempt = if stopping.is_cancelled() || taken_at.elapsed() > SAFE {
                Attempt::Released
            } else {
                self.attempt(&mut open, &mail).await
            };
            self.settle(mail, attempt).await?;
        }
        open.close().await;
        Ok(count)
    }

    async fn take(&self, kind: MailType) -> Result<Vec<Mail>, Error> {
        let (limit, now) = (self.env.config.courier.pull_count, self.now());
        let due = Due { channel: kind.as_str(), now, held_until: now + HELD, limit };
        self.env.db.write(move |conn| store::mails::take_due(conn, due)).await
    }

    async fn attempt(&self, open: &mut Open, mail: &Mail) -> Attempt {
        let Some(matter) = enqueue::matter(&self.env.secrets, mail) else {
            let why = "the message cannot be opened: its secret is no longer configured";
            return Attempt::Failed(Trouble::Final(why.to_owned()));
        };
        let content = match render::written(&self.env, mail, &matter).await {
            Ok(content) => content,
            Err(trouble) => return Attempt::Failed(trouble),
        };
        match self.channels.send(&self.env, open, (mail, &matter, &content)).await {
            Ok(()) => Attempt::Sent,
            Err(trouble) => Attempt::Failed(trouble),
        }
    }

    /// Writes what became of a mail, and of the attempt.
    async fn settle(&self, mail: Mail, attempt: Attempt) -> Result<(), Error> {
        let (now, held_until) = (self.now(), mail.send_after);
        let dispatch = self.dispatch(&mail, &attempt, now);
        let mail = self.after(mail, attempt, now);
        if dispatch.is_some() {
            self.env.courier_figures.count(&mail);
        }
        let id = mail.id;
        let unit = move |conn: &mut AnyConn| {
            let held = store::mails::settle(conn, &mail, held_until)?;
            if let Some(dispatch) = &dispatch {
                store::mails::insert_dispatch(conn, dispatch)?;
            }
            Ok::<_, Error>(held)
        };
        if !self.env.db.write(unit).await? {
            tracing::error!(message_id = %id, "sending took so long that another worker has taken the message over");
        }
        Ok(())
    }

    fn after(&self, mail: Mail, attempt: Attempt, now: Time) -> Mail {
        let (id, template) = (mail.id, &mail.template);
        let tries = mail.send_count.saturating_add(1);
        let retries = self.env.config.courier.message_retries;
        let mail = match attempt {
            Attempt::Released => Mail { status: MailStatus::Queued, send_after: now, ..mail },
            Attempt::Sent => {
                tracing::info!(
                    target: "audit", event = "CourierMessageDispatched", message = %id, channel = mail.channel, template,
                    "a message was sent"
                );
                Mail { status: MailStatus::Sent, send_count: tries, ..mail }
            }
            Attempt::Failed(Trouble::Passing(error)) if mail.send_count < retries => {
                tracing::warn!(message_id = %id, template, tries, error, "a message was not sent, and will be tried again");
                Mail { status: MailStatus::Queued, send_count: tries, send_after: now + pause(tries), ..mail }
            }
            Attempt::Failed(Trouble::Passing(error) | Trouble::Final(error)) => {
                tracing::error!(
                    target: "audit", event = "CourierMessageAbandoned", message = %id, channel = mail.channel, template, tries,
                    error, "a message was given up"
                );
                Mail { status: MailStatus::Abandoned, send_count: tries, ..mail }
            }
        };
        let is_over = matches!(mail.status, MailStatus::Sent | MailStatus::Abandoned);
        let sealed = if is_over && !self.env.config.dev { Vec::new() } else { mail.sealed };
        Mail { sealed, updated_at: now, ..mail }
    }

    fn dispatch(&self, mail: &Mail, attempt: &Attempt, now: Time) -> Option<Dispatch> {
        let (status, error) = match attempt {
            Attempt::Released => return None,
            Attempt::Sent => (DispatchStatus::Success, None),
            Attempt::Failed(Trouble::Final(error) | Trouble::Passing(error)) => {
                (DispatchStatus::Failed, Some(error.clone()))
            }
        };
        let id = MessageId::ordered(now, &*self.env.entropy);
        Some(Dispatch { id, message_id: mail.id, status, error, created_at: now })
    }

    fn now(&self) -> Time {
        micros(self.env.clock.now())
    }
}

/// The pause before the next try of a mail that was tried so often.
fn pause(tries: i32) -> Duration {
    let times = 3_u32.saturating_pow(u32::try_from(tries.saturating_sub(1)).unwrap_or_default());
    PAUSE.saturating_mul(times).min(LONGEST_PAUSE)
}

#[cfg(test)]
pub(super) mod tests;
