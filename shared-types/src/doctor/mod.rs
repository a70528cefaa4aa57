//! What `doctor` finds and how it tells it. The judgements both services share are here, as functions of facts; where the
//! facts come from is each service's own matter.

pub mod clock;
pub mod configuration;
pub mod cookie;
pub mod cors;
pub mod database;
pub mod listener;
pub mod place;
pub mod probe;
pub mod redirect;
mod report;
pub mod secrets;
pub mod tls;

pub use place::Place;
pub use report::Report;

use serde::Serialize;

/// How bad something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Fine,
    /// It works, and may not be what is wanted.
    Warning,
    /// It does not work, or is open to whom it should not be.
    Wrong,
}

/// One thing that was looked at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// What there is.
    pub what: String,
    /// Why that matters.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub why: String,
    /// What to do.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub fix: String,
    /// The key of the configuration it is about.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub key: String,
}

impl Finding {
    /// As it should be.
    pub fn fine(what: impl Into<String>) -> Self {
        Self::new(Level::Fine, "", what.into())
    }

    /// Works, and may not be what is wanted.
    pub fn warning(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Level::Warning, key, what.into())
    }

    /// Does not work, or is open to whom it should not be.
    pub fn wrong(key: impl Into<String>, what: impl Into<String>) -> Self {
        Self::new(Level::Wrong, key, what.into())
    }

    /// Why it matters, and what to do.
    #[must_use]
    pub fn because(mut self, why: impl Into<String>, fix: impl Into<String>) -> Self {
        self.why = why.into();
        self.fix = fix.into();
        self
    }

    fn new(level: Level, key: impl Into<String>, what: String) -> Self {
        Self { level, what, why: String::new(), fix: String::new(), key: key.into() }
    }
}

/// What was found, or that all is well when nothing was.
pub fn or_fine(found: Vec<Finding>, fine: impl Into<String>) -> Vec<Finding> {
    if found.is_empty() { vec![Finding::fine(fine)] } else { found }
}

#[cfg(test)]
mod tests;
