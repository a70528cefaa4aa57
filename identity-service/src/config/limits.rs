//! `rate_limit` and `database`: how much is done at once.

use std::time::Duration;

use serde_json::Value;
use shared_types::http::limit::Rule;

use super::read::Reader;

/// Quotas by action.
#[derive(Debug, Clone)]
pub(crate) struct RateLimit {
    pub(crate) enabled: bool,
    pub(crate) rules: Vec<RateRule>,
}

/// The quota of one action.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RateRule {
    /// One of [`ACTIONS`]; `*` stands for those that have no rule of their own.
    pub(crate) action: String,
    pub(crate) rule: Rule,
}

/// How the housekeeping task works.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cleanup {
    pub(crate) batch_size: i64,
    /// The pause between two rounds.
    pub(crate) every: Duration,
    /// Rows are kept this long after they expired.
    pub(crate) older_than: Duration,
}

const ACTIONS: &[&str] = &["login", "registration", "verification", "recovery", "settings", "*"];

/// Reads `rate_limit`.
pub(super) fn rate_limit(r: &Reader<'_>) -> RateLimit {
    let items = r.items("rate_limit.rules");
    let mut rules: Vec<_> = items.into_iter().filter_map(|(path, item)| rate_rule(r, &path, item)).collect();
    if !rules.iter().any(|rule| rule.action == "*") {
        rules.push(RateRule { action: "*".to_owned(), rule: Rule::default() });
    }
    RateLimit { enabled: r.flag("rate_limit.enabled", true), rules }
}

fn rate_rule(r: &Reader<'_>, path: &str, item: &Value) -> Option<RateRule> {
    let action = item.get("action").and_then(Value::as_str).filter(|action| ACTIONS.contains(action));
    let per_second = item.get("per_second").and_then(Value::as_f64).filter(|rate| *rate > 0.0);
    let burst = item.get("burst").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let (Some(action), Some(per_second), Some(burst)) = (action, per_second, burst) else {
        let actions = ACTIONS.join(", ");
        r.problem(path, format_args!("needs `action` ({actions}), and `per_second` and `burst` above 0"));
        return None;
    };
    Some(RateRule { action: action.to_owned(), rule: Rule { per_second, burst } })
}

/// Reads `database.cleanup`.
pub(super) fn cleanup(r: &Reader<'_>) -> Cleanup {
    Cleanup {
        batch_size: r.number("database.cleanup.batch_size", 100, 1..=10_000),
        every: r.duration("database.cleanup.sleep.tables", Duration::from_mins(1)).max(Duration::from_secs(1)),
        older_than: r.duration("database.cleanup.older_than", Duration::ZERO),
    }
}
