//! The configuration itself.

use shared_types::{config::Problems, doctor};

use crate::config::{Config, KEYS};

/// Everything that keeps the service from starting.
pub(super) fn problems(problems: &Problems) -> Vec<doctor::Finding> {
    doctor::configuration::problems(problems, KEYS)
}

/// What it starts with, though it should be known.
pub(super) fn warnings(config: &Config) -> Vec<doctor::Finding> {
    doctor::configuration::warnings(config.warnings())
}
