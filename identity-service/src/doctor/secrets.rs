//! The secrets.

use shared_types::doctor::{Finding, or_fine, secrets};

use super::Patient;

pub(super) fn check(patient: &Patient) -> Vec<Finding> {
    let lists = patient.config.secrets.lists();
    let mut found: Vec<Finding> = lists.iter().flat_map(|(key, list)| secrets::check(key, list)).collect();
    let is_set = |name: &str| lists.iter().any(|(key, list)| *key == name && !list.is_empty());
    if !is_set("secrets.default") && !is_set("secrets.cookie") {
        let what = "is not set: each start makes another one";
        let why = "at every restart all sessions end, and what is sealed in the database can be opened no more";
        let fix = "set it to what `openssl rand -base64 48` writes, the same for all replicas";
        found.push(Finding::wrong("secrets.default", what).because(why, fix));
    } else if !is_set("secrets.cipher") {
        found.push(Finding::fine("secrets.cipher is not set: what is stored is sealed with secrets.default"));
    }
    or_fine(found, "long enough, and hard to guess")
}
