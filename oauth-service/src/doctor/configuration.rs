//! The configuration itself, and the secrets in it.

use shared_types::{
    config::Problems,
    doctor::{self, Finding, or_fine},
};

use crate::config::{Config, KEYS};

/// Everything that keeps the service from starting.
pub(super) fn problems(problems: &Problems) -> Vec<Finding> {
    doctor::configuration::problems(problems, KEYS)
}

/// What it starts with, though it should be known.
pub(super) fn warnings(config: &Config) -> Vec<Finding> {
    doctor::configuration::warnings(config.warnings())
}

/// The secrets. Those that are not set are those of `secrets.system`, and told once.
pub(super) fn secrets(config: &Config) -> Vec<Finding> {
    let secrets = &config.secrets;
    let mut found = doctor::secrets::check("secrets.system", &secrets.system);
    for (key, list) in [("secrets.cookie", &secrets.cookie), ("secrets.pagination", &secrets.pagination)] {
        if *list != secrets.system {
            found.extend(doctor::secrets::check(key, list));
        }
    }
    or_fine(found, "long enough, and hard to guess")
}
