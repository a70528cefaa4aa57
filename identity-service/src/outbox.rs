//! Tells the OAuth2 provider whose access has ended, until it has heard: consents and their tokens first, then logins.
//!
//! Replicas share the work by compare-and-set: who takes a notice holds it for a while, and one that dies loses it.

use std::{sync::Arc, time::Duration};

use shared_types::{db::Error, time::micros};
use tokio::sync::Notify;

use crate::{app::Env, model::notice::Notice, peer::oauth, store};

/// How long a notice is held by who took it: longer than the provider may take to answer.
const HELD: Duration = Duration::from_mins(2);
/// How often the box is looked into when no bell rang, for what other replicas left.
const LOOK: Duration = Duration::from_secs(1);
/// How many notices are taken at once.
const BATCH: i64 = 20;

/// Rung when a notice was kept.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bell(Arc<Notify>);

impl Bell {
    /// A notice was kept: the provider need not wait until somebody looks.
    pub(crate) fn ring(&self) {
        self.0.notify_one();
    }
}

/// Runs until the task is aborted.
pub(crate) async fn run(env: Arc<Env>) {
    if env.config.oauth2.url.is_none() {
        return std::future::pending().await;
    }
    loop {
        match round(&env).await {
            Ok(0) => {}
            Ok(_) => continue,
            Err(error) => tracing::error!(%error, "the outbox cannot be read or written"),
        }
        tokio::select! {
            () = env.outbox_bell.0.notified() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
}

/// Takes what is due and tells it; how many notices there were.
async fn round(env: &Env) -> Result<usize, Error> {
    let now = micros(env.clock.now());
    let batch = env.db.write(move |conn| store::outbox::take_due(conn, now, now + HELD, BATCH)).await?;
    let count = batch.len();
    for notice in batch {
        tell(env, notice).await?;
    }
    Ok(count)
}

async fn tell(env: &Env, notice: Notice) -> Result<(), Error> {
    let subject = notice.subject.clone();
    match oauth::revoke(env, &subject).await {
        Ok(()) => {
            tracing::info!(target: "audit", event = "OAuth2AccessRevoked", identity = subject, "consents, tokens and logins revoked");
            env.db.write(move |conn| store::outbox::remove(conn, notice.id)).await
        }
        Err(error) => {
            tracing::warn!(
                identity = subject,
                attempts = notice.attempts,
                error = &error as &dyn std::error::Error,
                "the OAuth2 provider was not told that an identity's access has ended; it is tried again"
            );
            let later = notice.postponed(micros(env.clock.now()));
            env.db.write(move |conn| store::outbox::postpone(conn, &later)).await
        }
    }
}
