//! What a running service does by itself: removing what has expired, in small batches and on one replica at a time, replacing keys
//! that have signed for long enough, and making the first keys before anybody waits for them.

use std::{sync::Arc, time::Duration as StdDuration};

use chrono::Duration;
use shared_types::{
    db::{AnyConn, Db, Error},
    entropy::random_token,
    time::Time,
};
use tokio::sync::watch;

use crate::{
    app::{Cx, Env},
    key::{KeyError, rotate},
    store::{
        access_tokens, codes, device_requests, imported, leases, login_sessions, pending_requests, refresh_tokens,
        stale_consents, trusted_issuers, used_nonces,
    },
};

const EVERY: StdDuration = StdDuration::from_mins(1);
/// Rows in one transaction: others hardly wait for it.
const BATCH: i64 = 500;
/// Consents looked at in one round: the table is walked through little by little.
const CONSENT_STEPS: usize = 20;
/// Used codes and tokens stay so long after they expired, so that a late second use is still seen.
const KEPT: Duration = Duration::minutes(30);
/// A consent is single use for as long as its verifier lives, and is left alone for a good while longer.
const CONSENT_KEPT: Duration = Duration::hours(24);
const LEASE: &str = "housekeeping";
const LEASED: Duration = Duration::minutes(5);

/// What an operator can have removed by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Group {
    /// Tokens and codes.
    Tokens,
    /// Requests, logins, consents.
    Requests,
    /// Issuers that are trusted.
    Grants,
}

type Sweep = fn(&mut AnyConn, Time, i64) -> Result<usize, Error>;

const SWEEPS: [(&str, Group, Sweep); 9] = [
    ("authorization_codes", Group::Tokens, codes::remove_expired),
    ("access_tokens", Group::Tokens, access_tokens::remove_expired),
    ("refresh_tokens", Group::Tokens, refresh_tokens::remove_expired),
    ("login_sessions", Group::Requests, login_sessions::remove_expired),
    ("pending_requests", Group::Requests, pending_requests::remove_expired),
    ("used_nonces", Group::Requests, used_nonces::remove_expired),
    ("device_requests", Group::Tokens, device_requests::remove_expired),
    ("imported_rows", Group::Tokens, imported::remove_expired),
    ("trusted_issuers", Group::Grants, trusted_issuers::remove_expired),
];

/// Removes what has expired until told to stop.
pub(crate) async fn run(env: Arc<Env>, mut stop: watch::Receiver<bool>) {
    let mut broom = Broom { holder: random_token(&*env.entropy), stop: stop.clone(), consent: None };
    loop {
        tokio::select! {
            _ = stop.changed() => return,
            () = tokio::time::sleep(EVERY) => {}
        }
        env.live.now().limits.forget_rested();
        if let Err(error) = broom.round(&env).await {
            tracing::warn!(%error, "expired rows could not be removed; the next round tries again");
        }
        if let Err(error) = broom.rotate_keys(&env).await {
            tracing::warn!(%error, "keys could not be rotated; the next round tries again");
        }
    }
}

/// One round by hand.
pub(crate) async fn once(env: &Arc<Env>) -> anyhow::Result<()> {
    let stop = watch::channel(false).1;
    let mut broom = Broom { holder: random_token(&*env.entropy), stop, consent: None };
    broom.round(env).await?;
    Ok(broom.rotate_keys(env).await?)
}

/// How much is removed by hand.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ByHand {
    pub(crate) now: Time,
    /// What has expired for less stays.
    pub(crate) keep: Duration,
    /// Rows of one table.
    pub(crate) limit: usize,
    /// Rows in one transaction.
    pub(crate) batch: usize,
}

/// Removes what has expired, without a lease: two that do it at once do no harm. Says how much went from each table.
pub(crate) async fn by_hand(db: &Db, groups: &[Group], rules: ByHand) -> Result<Vec<(&'static str, usize)>, Error> {
    let mut done = Vec::new();
    let size = |removed: usize| i64::try_from(rules.batch.min(rules.limit - removed)).unwrap_or(BATCH);
    for (table, _, sweep) in SWEEPS.into_iter().filter(|(_, group, _)| groups.contains(group)) {
        let (before, mut removed) = (rules.now - KEPT.max(rules.keep), 0);
        while removed < rules.limit {
            let batch = size(removed);
            let count = db.write(move |conn| sweep(conn, before, batch)).await?;
            removed += count;
            if count == 0 {
                break;
            }
        }
        done.push((table, removed));
    }
    if groups.contains(&Group::Requests) {
        let times = (rules.now, rules.now - CONSENT_KEPT.max(rules.keep));
        let (mut after, mut removed): (Option<String>, usize) = (None, 0);
        while removed < rules.limit {
            let (from, batch) = (after.take(), size(removed));
            let step = db.write(move |conn| stale_consents::sweep(conn, from.as_deref(), times, batch)).await?;
            removed += step.removed;
            after = step.next;
            if after.is_none() {
                break;
            }
        }
        done.push(("consents", removed));
    }
    Ok(done)
}

/// What goes from one round to the next.
struct Broom {
    /// This replica.
    holder: String,
    stop: watch::Receiver<bool>,
    /// The last consent looked at.
    consent: Option<String>,
}

impl Broom {
    /// One round over all tables, if no other replica is at it. Goes on until nothing is left, however much came.
    async fn round(&mut self, env: &Arc<Env>) -> Result<(), Error> {
        for (table, _, sweep) in SWEEPS {
            let mut removed = 0;
            loop {
                let cx = Cx::begin(env, Arc::from("housekeeping"));
                let before = cx.now - KEPT;
                let Some(count) = self.leased(&cx, move |conn| sweep(conn, before, BATCH)).await? else {
                    return Ok(());
                };
                removed += count;
                if *self.stop.borrow() || i64::try_from(count).unwrap_or(BATCH) < BATCH {
                    break;
                }
            }
            if removed > 0 {
                tracing::debug!(table, removed, "expired rows were removed");
            }
        }
        self.forget_consents(env).await
    }

    /// A few steps through the consents.
    async fn forget_consents(&mut self, env: &Arc<Env>) -> Result<(), Error> {
        for _ in 0..CONSENT_STEPS {
            let cx = Cx::begin(env, Arc::from("housekeeping"));
            let (after, times) = (self.consent.clone(), (cx.now, cx.now - CONSENT_KEPT));
            let step = move |conn: &mut AnyConn| stale_consents::sweep(conn, after.as_deref(), times, BATCH);
            let Some(step) = self.leased(&cx, step).await? else { return Ok(()) };
            self.consent = step.next;
            if self.consent.is_none() || *self.stop.borrow() {
                break;
            }
        }
        Ok(())
    }

    /// Makes keys that are due and removes those nothing depends on.
    async fn rotate_keys(&self, env: &Arc<Env>) -> Result<(), KeyError> {
        let cx = Cx::begin(env, Arc::from("housekeeping"));
        for change in rotate::due(&cx).await? {
            self.leased(&cx, move |conn| change.apply(conn)).await?;
        }
        Ok(())
    }

    /// Does a piece of work while this replica holds the lease, which it renews. `None`: another one holds it.
    async fn leased<T, F>(&self, cx: &Cx, work: F) -> Result<Option<T>, Error>
    where
        F: Fn(&mut AnyConn) -> Result<T, Error> + Send + 'static,
        T: Send + 'static,
    {
        let lease = leases::Lease { name: LEASE, holder: self.holder.clone(), until: cx.now + LEASED };
        let now = cx.now;
        let unit = move |conn: &mut AnyConn| {
            if leases::take(conn, &lease, now)? { work(conn).map(Some) } else { Ok(None) }
        };
        cx.db.write(unit).await
    }
}

/// Makes the first signing keys, so that the first token does not wait for them.
pub(crate) async fn prepare_keys(env: Arc<Env>) {
    let cx = Cx::begin(&env, Arc::from("start"));
    if let Err(error) = env.keys.warm(&cx).await {
        tracing::error!(%error, "the signing keys cannot be prepared");
    }
    if let Err(error) = rotate::remember_configured(&cx).await {
        tracing::error!(%error, "it cannot be remembered for how long the keys sign");
    }
}

#[cfg(test)]
mod tests;
