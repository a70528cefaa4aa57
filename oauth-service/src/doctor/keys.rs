//! The signing keys: there, opened by the configured secrets, and not too old.

use shared_types::{db, doctor::Finding};

use super::Patient;
use crate::{
    config::{Config, TokenStrategy},
    key::{self, KeySet},
    model::key::StoredKey,
    protocol::alg::Alg,
    store,
};

/// A key that signs for longer should be followed by another one.
const OLD_DAYS: i64 = 365;

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    let Ok(database) = &patient.db else { return Vec::new() };
    let sets: Vec<String> = KeySet::ALL
        .iter()
        .map(|set| set.name().to_owned())
        .chain(patient.config.discovery.broadcast_keys.iter().cloned())
        .collect();
    let read = database.read(move |conn| {
        let of_set = |set: &String| store::keys::of_set(conn, set);
        sets.iter().map(of_set).collect::<Result<Vec<_>, db::Error>>()
    });
    // What is wrong with the schema is told where that is looked at.
    let Ok(keys) = read.await else { return Vec::new() };
    let keys: Vec<StoredKey> = keys.into_iter().flatten().collect();
    let mut found = unopened(patient, &keys);
    for set in KeySet::ALL {
        found.extend(signing(patient, set, &keys));
    }
    found
}

fn unopened(patient: &Patient, keys: &[StoredKey]) -> Vec<Finding> {
    let shut: Vec<&StoredKey> = keys.iter().filter(|key| !key::opens(&patient.sealer, key)).collect();
    if shut.is_empty() {
        return Vec::new();
    }
    let names: Vec<String> = shut.iter().map(|key| format!("{} of {}", key.kid, key.set)).collect();
    let what = format!("{} of {} keys cannot be opened: {}", shut.len(), keys.len(), names.join(", "));
    let why = "the service does not start; tokens they signed could not be checked";
    let fix = if shut.len() == keys.len() {
        "they were sealed with another secret: put it behind the new one, or name the database that belongs to this secret"
    } else {
        "an old secret was removed too early: put it back behind the others"
    };
    vec![Finding::wrong("secrets.system", what).because(why, fix)]
}

/// What a set has to sign with.
fn wanted(config: &Config, set: KeySet) -> Option<Alg> {
    match set {
        KeySet::IdToken => Some(Alg::Rs256),
        KeySet::AccessToken if config.strategies.access_token == TokenStrategy::Jwt => {
            Some(config.oauth2.access_token_alg)
        }
        KeySet::AccessToken => None,
    }
}

fn signing(patient: &Patient, set: KeySet, keys: &[StoredKey]) -> Option<Finding> {
    let alg = wanted(&patient.config, set)?;
    let of_alg = keys.iter().filter(|key| key.set == set.name() && key.alg == alg.as_str());
    let Some(newest) = of_alg.max_by_key(|key| key.created_at) else {
        return Some(Finding::fine(format!(
            "{} has no {} key yet: it is made when it is needed",
            set.name(),
            alg.as_str()
        )));
    };
    let days = (patient.now() - newest.created_at).num_days();
    if days > OLD_DAYS && patient.config.key_rotation.is_none() {
        let what = format!("the {} key of {} has signed for {days} days", alg.as_str(), set.name());
        let why = "the longer a key signs, the more a stolen copy of it is worth";
        let fix = "let keys follow one another by themselves: keys.rotation.interval: 2160h";
        return Some(Finding::warning("keys.rotation.interval", what).because(why, fix));
    }
    Some(Finding::fine(format!("{} signs with {}", set.name(), alg.as_str())))
}
