//! Figures over time, for the console: every 15 seconds this replica notes what it and oauth-service have counted since,
//! and keeps a day of it in memory. Nothing of it is stored, and other replicas keep their own.

mod ring;
mod scrape;

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use chrono::SubsecRound as _;
use shared_types::{
    db::Error,
    http::metrics::{Counter, Metrics, MetricsError},
    time::Time,
};

pub(crate) use self::ring::{Figure, Ring, Sample};
use self::scrape::Totals;
use crate::{
    app::Env,
    peer::provider::{self, ProviderError},
    store,
};

/// How often a sample is taken.
const EVERY: Duration = Duration::from_secs(15);

/// The samples, and what is counted beside requests. Shared by all that know the environment.
pub(crate) struct Figures {
    events: Counter,
    metrics: Metrics,
    state: Mutex<State>,
    /// One sample at a time.
    sampling: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    ring: Ring,
    own: Option<(Time, Totals)>,
    peer: Option<(Time, Totals)>,
}

impl Figures {
    /// Figures that are shown among the others; no sample yet.
    pub(crate) fn new(metrics: &Metrics) -> Result<Self, MetricsError> {
        let help = "Sign-ins that succeeded or failed, and sessions that were issued";
        let events = metrics.counter("identity_events_total", help, &["event"])?;
        let sampling = tokio::sync::Mutex::default();
        Ok(Self { events, metrics: metrics.clone(), state: Mutex::default(), sampling })
    }

    /// Counts a security event.
    pub(crate) fn count(&self, event: &'static str) {
        self.events.count(&[event]);
    }

    /// The samples since then, the oldest first.
    pub(crate) fn since(&self, then: Time) -> Vec<Sample> {
        self.lock().ring.since(then)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_due(&self, now: Time) -> bool {
        let every = chrono::Duration::from_std(EVERY).unwrap_or_default();
        self.lock().ring.newest().is_none_or(|newest| now - newest >= every)
    }
}

/// Takes samples until the task is aborted.
pub(crate) async fn run(env: Arc<Env>) {
    if !env.config.console.enabled {
        // Nobody looks at them.
        return std::future::pending().await;
    }
    loop {
        sample_if_due(&env).await;
        tokio::time::sleep(EVERY).await;
    }
}

/// Takes a sample, unless the newest one is young.
pub(crate) async fn sample_if_due(env: &Env) {
    let Ok(_alone) = env.figures.sampling.try_lock() else { return };
    let now = env.clock.now().trunc_subsecs(0);
    if !env.figures.is_due(now) {
        return;
    }
    let mut sample = Sample::at(now);
    let own = Totals::read(&env.figures.metrics.text());
    sample.set(Figure::Hashing, count(env.hasher.waiting()));
    let asked = Instant::now();
    match env.db.read(store::mails::count_waiting).await {
        Ok(waiting) => {
            sample.set(Figure::DatabaseWait, asked.elapsed().as_secs_f64() * 1000.0);
            sample.set(Figure::Messages, count(usize::try_from(waiting).unwrap_or_default()));
        }
        Err(error) => tracing::debug!(error = &error as &dyn std::error::Error, "the database gave no figures"),
    }
    let peer = match provider::figures(env).await {
        Ok(text) => Some(Totals::read(&text)),
        Err(ProviderError::NotConfigured) => None,
        Err(error) => {
            tracing::debug!(error = &error as &dyn std::error::Error, "the OAuth2 provider gave no figures");
            None
        }
    };
    env.figures.keep(sample, own, peer);
}

impl Figures {
    /// Keeps a sample with what has been counted since the one before.
    fn keep(&self, mut sample: Sample, own: Totals, peer: Option<Totals>) {
        let mut state = self.lock();
        let now = sample.at;
        own_rates(&mut sample, state.own.as_ref(), &own);
        state.own = Some((now, own));
        if let Some(peer) = &peer {
            peer_rates(&mut sample, state.peer.as_ref(), peer);
        }
        state.peer = peer.map(|peer| (now, peer));
        state.ring.push(sample);
    }
}

fn own_rates(sample: &mut Sample, before: Option<&(Time, Totals)>, now: &Totals) {
    sample.set(Figure::Memory, now.memory() / MEBIBYTE);
    let Some(since) = Since::of(sample.at, before, now) else { return };
    sample.set(Figure::Requests, since.per_second(Totals::requests));
    sample.set(Figure::Errors, since.per_second(Totals::errors));
    sample.set_maybe(Figure::Slow, since.slowest_percent());
    sample.set(Figure::LoginsGood, since.per_minute(|totals| totals.event("LoginSucceeded")));
    sample.set(Figure::LoginsBad, since.per_minute(|totals| totals.event("LoginFailed")));
    sample.set(Figure::Sessions, since.per_minute(|totals| totals.event("SessionIssued")));
}

fn peer_rates(sample: &mut Sample, before: Option<&(Time, Totals)>, now: &Totals) {
    sample.set(Figure::PeerMemory, now.memory() / MEBIBYTE);
    let Some(since) = Since::of(sample.at, before, now) else { return };
    sample.set(Figure::Tokens, since.per_second(|totals| totals.answered("/oauth2/token")));
    sample.set(Figure::Introspections, since.per_second(|totals| totals.answered("/admin/oauth2/introspect")));
    sample.set(Figure::Refreshes, since.per_second(|totals| totals.grant("refresh_token")));
    sample.set(Figure::PeerErrors, since.per_second(Totals::errors));
    sample.set_maybe(Figure::PeerSlow, since.slowest_percent());
}

const MEBIBYTE: f64 = 1_048_576.0;

#[expect(clippy::cast_precision_loss, reason = "a number of things that wait")]
const fn count(number: usize) -> f64 {
    number as f64
}

/// Two counts of the same things.
struct Since<'a> {
    seconds: f64,
    before: &'a Totals,
    now: &'a Totals,
}

impl<'a> Since<'a> {
    /// Nothing where there is no earlier count, and where the other began to count anew.
    fn of(at: Time, before: Option<&'a (Time, Totals)>, now: &'a Totals) -> Option<Self> {
        let (then, before) = before?;
        let seconds = (at - *then).as_seconds_f64();
        (seconds > 0.0 && before.all() <= now.all()).then_some(Self { seconds, before, now })
    }

    fn per_second(&self, of: impl Fn(&Totals) -> f64) -> f64 {
        ((of(self.now) - of(self.before)) / self.seconds).max(0.0)
    }

    fn per_minute(&self, of: impl Fn(&Totals) -> f64) -> f64 {
        self.per_second(of) * 60.0
    }

    /// How many milliseconds the fastest of the slowest hundredth took; nothing where nothing was asked.
    fn slowest_percent(&self) -> Option<f64> {
        self.now.percentile(self.before, 0.99).map(|seconds| seconds * 1000.0)
    }
}

/// When a message was delivered last, as far as messages are kept.
pub(crate) async fn last_delivery(env: &Env) -> Result<Option<Time>, Error> {
    env.db.read(store::mails::last_sent).await
}

#[cfg(test)]
mod tests;
