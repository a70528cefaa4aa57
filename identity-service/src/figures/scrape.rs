//! What a service has counted so far, read from its figures for Prometheus.

use std::collections::BTreeMap;

/// Endpoints whose requests say nothing of what people do.
const QUIET: [&str; 3] = ["/metrics/prometheus", "/health/", "/console"];

/// The sums that matter.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Totals {
    requests: f64,
    errors: f64,
    memory: f64,
    /// Requests that were answered with 200, by endpoint.
    answered: BTreeMap<String, f64>,
    events: BTreeMap<String, f64>,
    grants: BTreeMap<String, f64>,
    /// Requests that took no longer, by microseconds.
    durations: BTreeMap<u64, f64>,
}

impl Totals {
    /// Reads the text exposition; lines that are of no interest are passed over.
    pub(super) fn read(text: &str) -> Self {
        let mut totals = Self::default();
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            if let Some((name, labels, value)) = parts(line) {
                totals.add(name, labels, value);
            }
        }
        totals
    }

    fn add(&mut self, name: &str, labels: &str, value: f64) {
        let of = |wanted: &str| label(labels, wanted).unwrap_or_default();
        match name {
            "http_requests_total" => {
                let (endpoint, code) = (of("endpoint"), of("code"));
                if QUIET.iter().any(|quiet| endpoint.contains(quiet)) {
                    return;
                }
                self.requests += value;
                if code.starts_with('5') {
                    self.errors += value;
                }
                if code == "200" {
                    *self.answered.entry(endpoint.to_owned()).or_default() += value;
                }
            }
            "http_requests_duration_seconds_bucket" => {
                if !QUIET.iter().any(|quiet| of("endpoint").contains(quiet))
                    && let Ok(limit) = of("le").parse::<f64>()
                {
                    *self.durations.entry(micros(limit)).or_default() += value;
                }
            }
            "identity_events_total" => *self.events.entry(of("event").to_owned()).or_default() += value,
            "oauth2_grants_total" => *self.grants.entry(of("grant_type").to_owned()).or_default() += value,
            "process_resident_memory_bytes" => self.memory = value,
            _ => {}
        }
    }

    /// All that is counted; it only grows while a process lives.
    pub(super) const fn all(&self) -> f64 {
        self.requests
    }

    pub(super) const fn requests(&self) -> f64 {
        self.requests
    }

    pub(super) const fn errors(&self) -> f64 {
        self.errors
    }

    pub(super) const fn memory(&self) -> f64 {
        self.memory
    }

    pub(super) fn answered(&self, endpoint: &str) -> f64 {
        self.answered.get(endpoint).copied().unwrap_or_default()
    }

    pub(super) fn event(&self, event: &str) -> f64 {
        self.events.get(event).copied().unwrap_or_default()
    }

    pub(super) fn grant(&self, grant: &str) -> f64 {
        self.grants.get(grant).copied().unwrap_or_default()
    }

    /// Within how many seconds that part of the requests since `before` was answered, as exactly as the buckets allow.
    pub(super) fn percentile(&self, before: &Self, part: f64) -> Option<f64> {
        let since = |limit: &u64, count: &f64| count - before.durations.get(limit).copied().unwrap_or_default();
        let counts: Vec<(u64, f64)> =
            self.durations.iter().map(|(limit, count)| (*limit, since(limit, count))).collect();
        let all = counts.last().map(|(_, count)| *count).filter(|all| *all > 0.0)?;
        let wanted = all * part;
        let mut lower = (0.0, 0.0);
        for (limit, count) in counts {
            let limit = if limit == ENDLESS { return Some(lower.0) } else { seconds(limit) };
            if count >= wanted {
                let within = count - lower.1;
                let share = if within > 0.0 { (wanted - lower.1) / within } else { 1.0 };
                return Some((limit - lower.0).mul_add(share, lower.0));
            }
            lower = (limit, count);
        }
        Some(lower.0)
    }
}

/// The bucket without a limit.
const ENDLESS: u64 = u64::MAX;

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "limits of buckets are small and positive")]
fn micros(limit: f64) -> u64 {
    if limit.is_finite() { (limit * 1e6).round() as u64 } else { ENDLESS }
}

#[expect(clippy::cast_precision_loss, reason = "limits of buckets are small")]
fn seconds(micros: u64) -> f64 {
    micros as f64 / 1e6
}

/// Name, labels and value of a line.
fn parts(line: &str) -> Option<(&str, &str, f64)> {
    let (left, value) = line.rsplit_once(' ')?;
    let value = value.parse().ok()?;
    match left.split_once('{') {
        Some((name, labels)) => Some((name, labels.trim_end_matches('}'), value)),
        None => Some((left, "", value)),
    }
}

/// The value of a label. None of those that are read has a quote in it.
fn label<'a>(labels: &'a str, name: &str) -> Option<&'a str> {
    let mut found = labels.match_indices(name).filter_map(|(at, _)| {
        let before = labels.get(..at)?;
        let value = labels.get(at + name.len()..)?.strip_prefix("=\"")?;
        (before.is_empty() || before.ends_with(',')).then(|| value.split('"').next()).flatten()
    });
    found.next()
}

#[cfg(test)]
mod tests;
