//! Figures for Prometheus: requests by method, endpoint and code, their duration and size, and what the service adds
//! (contract identity 12).

use std::time::Duration;

use prometheus::{Encoder as _, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, Opts, Registry, TextEncoder};

/// The figures of one service. Cloning shares them.
#[derive(Debug, Clone)]
pub struct Metrics {
    registry: Registry,
    requests: IntCounterVec,
    durations: HistogramVec,
    sizes: HistogramVec,
    memory: IntGauge,
}

/// Why a figure cannot be shown.
pub type MetricsError = prometheus::Error;

/// A count a service adds, by the values of its labels. Cloning shares it.
#[derive(Debug, Clone)]
pub struct Counter(IntCounterVec);

impl Counter {
    /// Counts one. A value for each label, in their order.
    pub fn count(&self, values: &[&str]) {
        // Fails for another number of values than labels, which a test of the caller would show.
        if let Ok(counter) = self.0.get_metric_with_label_values(values) {
            counter.inc();
        }
    }
}

/// One answered request.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// The route's pattern, such as `/admin/identities/{id}`; never a raw path, which anyone could make up.
    pub endpoint: &'a str,
    /// The HTTP method.
    pub method: &'a str,
    /// The HTTP status.
    pub code: u16,
    /// From the request's arrival to its answer.
    pub took: Duration,
    /// Bytes of the answer's body, where known.
    pub size: Option<u64>,
}

const SECONDS: &[f64] = &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];
const BYTES: &[f64] = &[256.0, 1024.0, 4096.0, 16_384.0, 65_536.0, 262_144.0, 1_048_576.0];

impl Metrics {
    /// Figures labelled with the service's name and version.
    pub fn new(app: &str, version: &str) -> Result<Self, prometheus::Error> {
        let labels = [("app".to_owned(), app.to_owned()), ("version".to_owned(), version.to_owned())].into();
        let registry = Registry::new_custom(None, Some(labels))?;
        let requests =
            IntCounterVec::new(Opts::new("http_requests_total", "Answered requests"), &["code", "method", "endpoint"])?;
        let durations = HistogramVec::new(
            HistogramOpts::new("http_requests_duration_seconds", "Time from a request's arrival to its answer")
                .buckets(SECONDS.to_vec()),
            &["code", "method", "endpoint"],
        )?;
        let sizes = HistogramVec::new(
            HistogramOpts::new("http_response_size_bytes", "Bytes of answers' bodies").buckets(BYTES.to_vec()),
            &["code", "method", "endpoint"],
        )?;
        let memory = IntGauge::new("process_resident_memory_bytes", "Resident memory of the process")?;
        registry.register(Box::new(requests.clone()))?;
        registry.register(Box::new(durations.clone()))?;
        registry.register(Box::new(sizes.clone()))?;
        registry.register(Box::new(memory.clone()))?;
        Ok(Self { registry, requests, durations, sizes, memory })
    }

    /// Where a service registers figures of its own.
    pub const fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Adds a count of the service's own.
    pub fn counter(&self, name: &str, help: &str, labels: &[&str]) -> Result<Counter, MetricsError> {
        let counter = IntCounterVec::new(Opts::new(name, help), labels)?;
        self.registry.register(Box::new(counter.clone()))?;
        Ok(Counter(counter))
    }

    /// Counts an answered request.
    pub fn count(&self, answered: Answered<'_>) {
        let code = answered.code.to_string();
        let labels = [code.as_str(), known_method(answered.method), answered.endpoint];
        self.requests.with_label_values(&labels).inc();
        self.durations.with_label_values(&labels).observe(answered.took.as_secs_f64());
        if let Some(size) = answered.size {
            #[expect(clippy::cast_precision_loss, reason = "a size of a body")]
            self.sizes.with_label_values(&labels).observe(size as f64);
        }
    }

    /// The text exposition.
    pub fn text(&self) -> String {
        if let Some(bytes) = resident_memory() {
            self.memory.set(bytes);
        }
        let mut out = Vec::new();
        // Writing to memory fails only for metrics without a value, which are then left out.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut out);
        String::from_utf8_lossy(&out).into_owned()
    }
}

/// A method may be any word; only those with a meaning here get a series of their own.
fn known_method(method: &str) -> &str {
    match method {
        "GET" | "HEAD" | "POST" | "PUT" | "PATCH" | "DELETE" | "OPTIONS" => method,
        _ => "other",
    }
}

/// Resident memory in bytes, where the system tells it (Linux).
pub fn resident_memory() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kilobytes * 1024)
}
