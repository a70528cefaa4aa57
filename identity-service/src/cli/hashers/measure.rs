//! How long hashes take: one after the other, and many at once.

use std::time::Duration;

use anyhow::ensure;
use serde_json::{Value, json};
use shared_types::secret::Secret;
use tokio::{task::JoinSet, time::Instant};

use crate::{
    config::Argon2,
    hash::{self, Hasher},
};

fn password() -> Secret<String> {
    Secret::new("a password to measure with".to_owned())
}

/// How long a hash takes when nothing else runs: the middle one of so many.
pub(super) async fn probe(hasher: &Hasher, runs: u16) -> anyhow::Result<Duration> {
    let mut times = Vec::new();
    for _ in 0..runs.max(1) {
        let begun = Instant::now();
        hasher.hash(password()).await?;
        times.push(begun.elapsed());
    }
    Ok(median(&mut times))
}

/// How a load test went.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Load {
    pub(super) total: Duration,
    pub(super) median: Duration,
    pub(super) deviation: Duration,
    pub(super) shortest: Duration,
    pub(super) longest: Duration,
    /// Sign-ins that would have been told to come again later.
    pub(super) refused: usize,
}

/// Hashes at an even rate, however long each takes.
pub(super) async fn load(hasher: &Hasher, per_minute: u32, sample: Duration) -> anyhow::Result<Load> {
    let pause = Duration::from_mins(1) / per_minute.max(1);
    let begun = Instant::now();
    let mut jobs = JoinSet::new();
    let mut due = begun;
    while due < begun + sample {
        let hasher = hasher.clone();
        jobs.spawn(async move {
            tokio::time::sleep_until(due).await;
            hasher.hash(password()).await.map(|_| due.elapsed())
        });
        due += pause;
    }
    let (mut times, mut refused) = (Vec::new(), 0);
    while let Some(done) = jobs.join_next().await {
        match done? {
            Ok(took) => times.push(took),
            Err(hash::Error::Busy) => refused += 1,
            Err(error) => return Err(error.into()),
        }
    }
    ensure!(!times.is_empty(), "not one hash could be computed");
    Ok(Load::of(&mut times, refused, begun.elapsed()))
}

impl Load {
    fn of(times: &mut [Duration], refused: usize, total: Duration) -> Self {
        Self {
            total,
            median: median(times),
            deviation: deviation(times),
            shortest: times.first().copied().unwrap_or_default(),
            longest: times.last().copied().unwrap_or_default(),
            refused,
        }
    }

    /// What is wrong with it.
    pub(super) fn complaint(&self, cost: &Argon2) -> Option<String> {
        let most = cost.expected_duration + cost.expected_deviation;
        if self.refused > 0 {
            Some(format!("{} sign-ins would have been refused, because too many others waited", self.refused))
        } else if self.longest > most {
            Some(format!("the longest took {}, which is more than {}", shown(self.longest), shown(most)))
        } else if self.deviation > cost.expected_deviation {
            let (is, may) = (shown(self.deviation), shown(cost.expected_deviation));
            Some(format!("the times differ by {is}, which is more than {may}"))
        } else {
            None
        }
    }

    /// The figures, as Kratos names them.
    pub(super) fn json(&self, cost: &Argon2) -> Value {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
        let hash = usize::try_from(cost.memory_kib).unwrap_or(usize::MAX).saturating_mul(1024);
        let bytes = hash.saturating_mul(cores).min(cost.dedicated_memory.max(hash));
        json!({
            "total_time": shown(self.total),
            "median_request_time": shown(self.median),
            "std_deviation": shown(self.deviation),
            "min_request_time": shown(self.shortest),
            "max_request_time": shown(self.longest),
            "mem_used": format!("{}MB", bytes >> 20),
            "refused": self.refused,
        })
    }
}

/// A length of time, to the millisecond.
pub(super) fn shown(time: Duration) -> String {
    format!("{}ms", time.as_millis())
}

/// The middle one; sorts them.
fn median(times: &mut [Duration]) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn deviation(times: &[Duration]) -> Duration {
    let count = u32::try_from(times.len()).map_or(1.0, f64::from).max(1.0);
    let mean = times.iter().map(Duration::as_secs_f64).sum::<f64>() / count;
    let variance = times.iter().map(|time| (time.as_secs_f64() - mean).powi(2)).sum::<f64>() / count;
    Duration::try_from_secs_f64(variance.sqrt()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
