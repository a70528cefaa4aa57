//! Quotas by action and key (a client's address, an account), in memory: a steady rate and a burst.

use std::{collections::HashMap, hash::Hash, num::NonZeroU32, time::Duration};

use governor::{
    Quota, RateLimiter,
    clock::{Clock as _, DefaultClock},
    state::keyed::DashMapStateStore,
};

/// What one action allows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rule {
    /// Sustained calls a second; may be below one.
    pub per_second: f64,
    /// Calls allowed at once after a rest.
    pub burst: u32,
}

impl Default for Rule {
    fn default() -> Self {
        Self { per_second: 1.0, burst: 5 }
    }
}

/// How long to wait before the next call can succeed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many requests; try again in {} s", self.seconds())]
pub struct RetryAfter(pub Duration);

impl RetryAfter {
    /// Whole seconds for the header, at least one.
    pub fn seconds(&self) -> u64 {
        (self.0.as_secs() + u64::from(self.0.subsec_nanos() > 0)).max(1)
    }
}

type Limiter = RateLimiter<String, DashMapStateStore<String>, DefaultClock>;

/// The quotas of a service. Without any rule nothing is limited.
pub struct Quotas {
    limiters: HashMap<String, Limiter>,
}

impl std::fmt::Debug for Quotas {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Quotas").field("actions", &self.limiters.keys()).finish()
    }
}

impl Quotas {
    /// A quota per action.
    pub fn new<A: Into<String> + Eq + Hash>(rules: impl IntoIterator<Item = (A, Rule)>) -> Self {
        let limiters = rules
            .into_iter()
            .filter_map(|(action, rule)| Some((action.into(), RateLimiter::keyed(quota(rule)?))))
            .collect();
        Self { limiters }
    }

    /// Counts a call; an action without a rule is free.
    pub fn check(&self, action: &str, key: &str) -> Result<(), RetryAfter> {
        let Some(limiter) = self.limiters.get(action) else {
            return Ok(());
        };
        limiter
            .check_key(&key.to_owned())
            .map_err(|refusal| RetryAfter(refusal.wait_time_from(DefaultClock::default().now())))
    }

    /// Forgets keys that have been at rest; called from time to time so that memory does not grow.
    pub fn forget_rested(&self) {
        for limiter in self.limiters.values() {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// `None` for a rule that allows nothing to be counted (a rate of zero or less switches the quota off).
fn quota(rule: Rule) -> Option<Quota> {
    let burst = NonZeroU32::new(rule.burst.max(1))?;
    if !rule.per_second.is_finite() || rule.per_second <= 0.0 {
        return None;
    }
    Quota::with_period(Duration::from_secs_f64(1.0 / rule.per_second)).map(|quota| quota.allow_burst(burst))
}

#[cfg(test)]
mod tests;
