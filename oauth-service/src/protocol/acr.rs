//! The authentication context a request wants (OpenID Connect Core 3.1.2.1, 5.5.1.1; RFC 9470).

use serde_json::{Map, Value};

use super::claims_request::{self, Place};

/// Context classes, most wanted first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct WantedAcr {
    pub(crate) values: Vec<String>,
    /// Without one of them the login is none (`claims` with `essential`).
    essential: bool,
}

impl WantedAcr {
    /// What a request says: by `claims`, by `acr_values`, or by what its client has registered.
    pub(crate) fn of(claims: &Map<String, Value>, acr_values: Option<&str>, default: &[String]) -> Self {
        if let Some((essential, values)) = claims_request::wanted(claims, Place::IdToken, "acr")
            && !values.is_empty()
        {
            let values = values.into_iter().filter_map(Value::as_str).map(str::to_owned).collect();
            return Self { values, essential };
        }
        let values = match acr_values {
            Some(list) => list.split_whitespace().map(str::to_owned).collect(),
            None => default.to_vec(),
        };
        Self { values, essential: false }
    }

    /// Whether a login of this class is one the client cannot take.
    pub(crate) fn refuses(&self, acr: &str) -> bool {
        self.essential && !self.values.iter().any(|value| value == acr)
    }

    /// Whether an earlier login should give way to a fresh one of another class. A login whose class nobody named may do.
    pub(crate) fn outgrows(&self, acr: &str) -> bool {
        self.refuses(acr) || !(self.values.is_empty() || acr.is_empty() || self.values.iter().any(|value| value == acr))
    }
}

#[cfg(test)]
mod tests;
