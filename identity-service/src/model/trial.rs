//! A sign-in at a provider that is tried for the operator: it goes there and back like any other, and leaves nothing but
//! a report of what the provider said and what the mapper made of it (contract §4.7).

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// What makes a login flow a trial.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Trial {
    /// The provider that is tried.
    pub(crate) provider: String,
    /// What the form has to bring. No browser began the flow, so that it is bound to no cookie.
    pub(crate) token: String,
    /// Whose the report is: the keyed digest of what the browser's cookie shows, in hex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) holder: Option<String>,
}

/// What came of a trial, as clients read it. The provider's tokens are no part of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// The claims, in the names every mapper knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id_token_claims: Option<Map<String, Value>>,
    /// What the provider's API said besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) userinfo: Option<Map<String, Value>>,
    /// Where the mapper comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jsonnet_mapper_url: Option<String>,
    /// What the mapper was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jsonnet_input: Option<Map<String, Value>>,
    /// What it said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jsonnet_output: Option<Map<String, Value>>,
    /// Why it said nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) jsonnet_stderr: Option<String>,
    /// What the identity schema has against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) schema_validation_errors: Vec<Objection>,
    /// The step that failed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) error: Option<Fault>,
}

/// One objection of the identity schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Objection {
    /// A JSON pointer to what is wrong.
    pub(crate) path: String,
    /// What is wrong with it.
    pub(crate) message: String,
}

/// The step at which a trial failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Fault {
    /// The step, for programs.
    pub(crate) step: String,
    /// The kind of failure, for programs.
    pub(crate) reason: String,
    /// What happened, for people.
    pub(crate) message: String,
}

impl Fault {
    /// A failure at a step.
    pub(crate) fn at(step: &str, reason: &str, message: impl Into<String>) -> Self {
        Self { step: step.to_owned(), reason: reason.to_owned(), message: message.into() }
    }
}
