//! `rate_limit` and `database`: how much is done at once.

use serde_json::Value;
use shared_types::{
    db::Dsn,
    http::limit::{Quotas, Rule},
};

use super::read::Reader;

/// What quotas can be set for.
const ACTIONS: &[&str] = &["client_authentication", "authorization", "client_registration", "user_code", "*"];

/// Quotas by action.
#[derive(Debug, Clone)]
pub(crate) struct RateLimit {
    rules: Vec<(String, Rule)>,
}

impl RateLimit {
    /// Whether anything is limited.
    pub(crate) const fn is_on(&self) -> bool {
        !self.rules.is_empty()
    }

    /// The counters.
    pub(crate) fn quotas(&self) -> Quotas {
        Quotas::new(self.rules.clone())
    }
}

/// Which database, and how many connections to it.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pub(crate) dsn: Dsn,
    pub(crate) pool_size: usize,
}

/// Reads `rate_limit`.
pub(super) fn rate_limit(r: &Reader<'_>) -> RateLimit {
    let given: Vec<_> =
        r.items("rate_limit.rules").into_iter().filter_map(|(path, item)| rule(r, &path, item)).collect();
    if !r.flag("rate_limit.enabled", true) {
        return RateLimit { rules: Vec::new() };
    }
    let of = |action: &str| given.iter().find(|(name, _)| name == action).map(|(_, rule)| *rule);
    let rules = ACTIONS.iter().filter(|action| **action != "*");
    RateLimit {
        rules: rules.map(|action| ((*action).to_owned(), of(action).or_else(|| of("*")).unwrap_or_default())).collect(),
    }
}

fn rule(r: &Reader<'_>, path: &str, item: &Value) -> Option<(String, Rule)> {
    let action = item.get("action").and_then(Value::as_str).filter(|action| ACTIONS.contains(action));
    let per_second = item.get("per_second").and_then(Value::as_f64).filter(|rate| *rate > 0.0);
    let burst = item.get("burst").and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0);
    let (Some(action), Some(per_second), Some(burst)) = (action, per_second, burst) else {
        let actions = ACTIONS.join(", ");
        r.problem(path, format_args!("needs `action` ({actions}), and `per_second` and `burst` above 0"));
        return None;
    };
    Some((action.to_owned(), Rule { per_second, burst }))
}

/// Reads `dsn` and `database`.
pub(super) fn database(r: &Reader<'_>) -> Database {
    let text = r.text("dsn");
    if text.is_none() {
        r.problem("dsn", "is required, e.g. sqlite:///var/lib/portico/oauth.sqlite or postgres://..");
    }
    let dsn = text.as_deref().map(Dsn::parse).transpose().unwrap_or_else(|error| {
        r.problem("dsn", error);
        None
    });
    let size = text.as_deref().and_then(Dsn::max_conns).and_then(|n| i64::try_from(n).ok()).unwrap_or(8);
    Database {
        dsn: dsn.unwrap_or(Dsn::Memory),
        pool_size: r.number("database.pool_size", size.clamp(1, 1000), 1..=1000).try_into().unwrap_or(8),
    }
}
