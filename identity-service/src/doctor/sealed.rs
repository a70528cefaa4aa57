//! What is stored sealed: whether the configured secrets open it.

use shared_types::doctor::Finding;

use super::Patient;
use crate::identity::vault;

/// So many of the oldest and of the newest of each type are tried.
const TRIED: i64 = 200;

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let Ok(database) = &patient.db else { return Vec::new() };
    // What is wrong with the schema is told where that is looked at.
    let Ok((all, shut)) = vault::sample(database, &patient.secrets.ciphers, TRIED).await else { return Vec::new() };
    if shut == 0 {
        return vec![Finding::fine(format!("the {all} sealed credentials that were tried can be opened"))];
    }
    let what = format!("{shut} of {all} sealed credentials cannot be opened");
    let why = "their owners cannot use their authenticator app, backup codes or linked accounts";
    let fix = if shut == all {
        "they were sealed with another secret: put that behind the new one, or name the database that belongs to this one"
    } else {
        "an old secret was removed too early: put it back behind the others"
    };
    vec![Finding::wrong("secrets.cipher", what).because(why, fix)]
}
