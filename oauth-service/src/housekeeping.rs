//! What a running service does by itself: removing what has expired, in small batches and on one replica at a time, and making the
//! first keys before anybody waits for them.

use std::{sync::Arc, time::Duration as StdDuration};

use chrono::Duration;
use shared_types::{
    db::{AnyConn, Error},
    entropy::random_token,
    time::Time,
};
use tokio::sync::watch;

use crate::{
    app::{Cx, Env},
    store::{access_tokens, codes, leases, login_sessions, pending_requests, refresh_tokens},
};

const EVERY: StdDuration = StdDuration::from_secs(60);
/// Rows in one transaction: others hardly wait for it.
const BATCH: i64 = 500;
/// Batches of one table in one round: what is left comes next time.
const ROUNDS: usize = 40;
/// Used codes and tokens stay so long after they expired, so that a late second use is still seen.
const KEPT: Duration = Duration::minutes(30);
const LEASE: &str = "housekeeping";

type Sweep = fn(&mut AnyConn, Time, i64) -> Result<usize, Error>;

const SWEEPS: [(&str, Sweep); 5] = [
    ("authorization_codes", codes::remove_expired),
    ("access_tokens", access_tokens::remove_expired),
    ("refresh_tokens", refresh_tokens::remove_expired),
    ("login_sessions", login_sessions::remove_expired),
    ("pending_requests", pending_requests::remove_expired),
];

/// Removes what has expired until told to stop.
pub(crate) async fn run(env: Arc<Env>, mut stop: watch::Receiver<bool>) {
    let holder = random_token(&*env.entropy);
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        let cx = Cx::begin(&env, Arc::from("housekeeping"));
        env.limits.forget_rested();
        if let Err(error) = round(&cx, &holder, &stop).await {
            tracing::warn!(%error, "expired rows could not be removed; the next round tries again");
        }
    }
}

/// One round over all tables, if no other replica is at it.
async fn round(cx: &Cx, holder: &str, stop: &watch::Receiver<bool>) -> Result<(), Error> {
    let lease = leases::Lease { name: LEASE, holder: holder.to_owned(), until: cx.now + Duration::minutes(5) };
    let now = cx.now;
    if !cx.db.write(move |conn| leases::take(conn, &lease, now)).await? {
        return Ok(());
    }
    let before = cx.now - KEPT;
    for (table, sweep) in SWEEPS {
        let mut removed = 0;
        for _ in 0..ROUNDS {
            let count = cx.db.write(move |conn| sweep(conn, before, BATCH)).await?;
            removed += count;
            if *stop.borrow() || i64::try_from(count).unwrap_or(BATCH) < BATCH {
                break;
            }
        }
        if removed > 0 {
            tracing::debug!(table, removed, "expired rows were removed");
        }
    }
    Ok(())
}

/// Makes the first signing keys, so that the first token does not wait for them.
pub(crate) async fn prepare_keys(env: Arc<Env>) {
    let cx = Cx::begin(&env, Arc::from("start"));
    if let Err(error) = env.keys.warm(&cx).await {
        tracing::error!(%error, "the signing keys cannot be prepared");
    }
}

#[cfg(test)]
mod tests;
