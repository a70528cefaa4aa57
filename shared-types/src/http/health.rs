//! What `/health/alive` and `/health/ready` answer (contract identity 12, oauth 1.2).

use serde_json::{Map, Value, json};

/// The outcome of the readiness checks: the name of each check and, where it failed, why.
#[derive(Debug, Clone, Default)]
pub struct Readiness(Vec<(&'static str, Option<String>)>);

impl Readiness {
    /// Adds a check.
    #[must_use]
    pub fn check(mut self, name: &'static str, outcome: Result<(), String>) -> Self {
        self.0.push((name, outcome.err()));
        self
    }

    /// Whether all checks passed.
    pub fn is_ready(&self) -> bool {
        self.0.iter().all(|(_, failure)| failure.is_none())
    }

    /// Status and body. On a public listener the reasons are withheld.
    pub fn answer(&self, show_reasons: bool) -> (u16, Value) {
        if self.is_ready() {
            return (200, alive());
        }
        let shown = |reason: &String| {
            if show_reasons { reason.clone() } else { "not ready".to_owned() }
        };
        let errors: Map<String, Value> = self
            .0
            .iter()
            .filter_map(|(name, failure)| Some(((*name).to_owned(), json!(shown(failure.as_ref()?)))))
            .collect();
        (503, json!({ "errors": errors }))
    }
}

/// The body of a healthy answer.
pub fn alive() -> Value {
    json!({"status": "ok"})
}
