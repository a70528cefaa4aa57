//! Keys as they lie in the database, a JWK sealed with its set and its id, and what of a key may be shown to anybody.

use josekit::jwk::Jwk;
use serde_json::{Map, Value};
use shared_types::{entropy::Entropy, seal::Sealer};

use super::KeyError;
use crate::model::key::StoredKey;

/// Members only the holder of a private or symmetric key may see (RFC 7518 6.2.2, 6.3.2, 6.4.1; RFC 8037 2).
const PRIVATE: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

fn purpose(set: &str, kid: &str) -> String {
    format!("key {set} {kid}")
}

/// The sealed form of a key of this set and id.
pub(super) fn seal(sealer: &Sealer, entropy: &dyn Entropy, (set, kid): (&str, &str), jwk: &Jwk) -> Vec<u8> {
    sealer.seal(&purpose(set, kid), entropy, jwk.to_string().as_bytes())
}

/// Opens a key of the database.
pub(super) fn reveal(sealer: &Sealer, row: &StoredKey) -> Result<Jwk, KeyError> {
    let foreign = || KeyError::Sealed { set: row.set.clone(), kid: row.kid.clone() };
    let json = sealer.open(&purpose(&row.set, &row.kid), &row.sealed).map_err(|_| foreign())?;
    Jwk::from_bytes(&json).map_err(|source| KeyError::Unusable { set: row.set.clone(), source })
}

/// The members of a key that may be published. A symmetric key has none.
pub(super) fn public_members(jwk: &Jwk) -> Option<Map<String, Value>> {
    if jwk.key_type() == "oct" {
        return None;
    }
    let mut members = jwk.as_ref().clone();
    // `key_ops` of the private half speaks of signing, which the public half cannot.
    members.retain(|name, _| !PRIVATE.contains(&name.as_str()) && name != "key_ops");
    Some(members)
}
