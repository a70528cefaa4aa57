//! Expired rows are removed in small batches, by one replica at a time, so that tables stay small and nobody waits.

use std::{sync::Arc, time::Duration};

use shared_types::{
    db::{AnyConn, Db, Error},
    id::uuid_v4,
    time::Time,
};

use crate::{
    app::Env,
    model::failure::{FORGET_AFTER, KNOWN_FOR},
    store,
};

const LEASE: &str = "housekeeping";
/// Errors that were shown to people are kept this long.
const KEEP_ERRORS: chrono::Duration = chrono::Duration::days(1);

/// Removes a batch from one table; how many rows went.
type Sweep = fn(&mut AnyConn, Time, i64) -> Result<usize, Error>;

/// Runs until the task is aborted.
pub(crate) async fn run(env: Arc<Env>) {
    let holder = uuid_v4(&*env.entropy).to_string();
    let every = env.config.cleanup.every;
    loop {
        tokio::time::sleep(every).await;
        env.limits.forget_rested();
        match round(&env, &holder).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "expired rows removed"),
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "housekeeping failed; it is tried again");
            }
        }
    }
}

/// One round over all tables, if this replica holds the lease; how many rows went.
pub(crate) async fn round(env: &Env, holder: &str) -> Result<usize, Error> {
    let now = env.clock.now();
    let (holder, until) = (holder.to_owned(), now + span(env.config.cleanup.every * 3));
    if !env.db.write(move |conn| store::leases::take(conn, LEASE, &holder, now, until)).await? {
        return Ok(0);
    }
    let pace = Pace { batch: env.config.cleanup.batch_size, rest: Duration::ZERO };
    let kept = Kept {
        expired: env.config.cleanup.older_than,
        messages: env.config.courier.message_retention,
        events: env.config.audit_retention,
    };
    sweep(&env.db, now, kept, pace).await
}

/// How long rows outlive their use.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kept {
    /// What expires, after it did.
    pub(crate) expired: Duration,
    /// Messages, after they were sent or given up; zero is for ever.
    pub(crate) messages: Duration,
    /// Security events.
    pub(crate) events: Duration,
}

/// How hard the database is worked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pace {
    /// Rows removed in one transaction.
    pub(crate) batch: i64,
    /// After each table.
    pub(crate) rest: Duration,
}

/// Removes from every table what has been kept for long enough; how many rows went.
pub(crate) async fn sweep(db: &Db, now: Time, kept: Kept, pace: Pace) -> Result<usize, Error> {
    let expired = now - span(kept.expired);
    let messages = if kept.messages.is_zero() { Time::MIN_UTC } else { now - span(kept.messages) };
    let tables: [(Sweep, Time); 8] = [
        (store::sessions::remove_expired, expired),
        (store::flows::remove_expired, expired),
        (store::flow_errors::remove_older, now - KEEP_ERRORS),
        (store::session_exchanges::remove_older, now - crate::flow::exchange::LIFESPAN),
        (store::mails::remove_done, messages),
        (store::audit_events::remove_older, now - span(kept.events)),
        (store::login_failures::remove_failed, now - span(FORGET_AFTER)),
        (store::login_failures::remove_known, now - span(KNOWN_FOR)),
    ];
    let mut total = 0;
    let due = tables.into_iter().filter(|(_, before)| *before > Time::MIN_UTC);
    for (number, (sweep, before)) in due.enumerate() {
        if number > 0 && !pace.rest.is_zero() {
            tokio::time::sleep(pace.rest).await;
        }
        loop {
            let count = db.write(move |conn| sweep(conn, before, pace.batch)).await?;
            total += count;
            if i64::try_from(count).unwrap_or(i64::MAX) < pace.batch {
                break;
            }
        }
    }
    Ok(total)
}

fn span(duration: Duration) -> chrono::Duration {
    chrono::Duration::from_std(duration).unwrap_or(chrono::Duration::days(365_000))
}

#[cfg(test)]
mod tests;
