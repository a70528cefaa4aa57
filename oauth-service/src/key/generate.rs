//! New keys, and keys as they lie in the database: a private JWK, sealed.

use josekit::{JoseError, jwk::Jwk};
use shared_types::{
    db::{AnyConn, Error},
    id::KeyId,
    seal::Sealer,
    time::Time,
};

use super::{Key, KeyError, KeySet, jose};
use crate::{app::Cx, model::key::StoredKey, protocol::alg::Alg, store::keys};

/// Makes a key and puts it in the set, unless the set has one of this algorithm by then.
pub(super) async fn add(cx: &Cx, set: KeySet, alg: Alg) -> Result<(), KeyError> {
    let kid = KeyId::random(&*cx.entropy).text();
    let bits = cx.config.oauth2.rsa_bits;
    let unusable = |source| KeyError::Unusable { set: set.name(), source };
    let made = {
        let kid = kid.clone();
        tokio::task::spawn_blocking(move || jose::pair(alg, bits, &kid)).await
    };
    let jwk = match made {
        Ok(jwk) => jwk.map_err(unusable)?,
        Err(stopped) => return Err(unusable(JoseError::InvalidKeyFormat(stopped.into()))),
    };
    let sealed = cx.sealer.seal(&purpose(set, &kid), &*cx.entropy, jwk.to_string().as_bytes());
    let row = StoredKey {
        set: set.name().to_owned(),
        kid: kid.clone(),
        alg: alg.as_str().to_owned(),
        sealed,
        created_at: cx.now,
    };
    let write = move |conn: &mut AnyConn| {
        // Replicas that start together take turns here, and only the first one keeps its key.
        keys::lock_set(conn, &row.set, row.created_at)?;
        if keys::has_alg(conn, &row.set, &row.alg)? {
            return Ok(false);
        }
        keys::insert(conn, &row).map(|()| true)
    };
    if cx.db.write(write).await? {
        tracing::info!(set = set.name(), kid, alg = alg.as_str(), "signing key made");
    }
    Ok(())
}

fn purpose(set: KeySet, kid: &str) -> String {
    format!("key {} {kid}", set.name())
}

/// Opens a key of the database. A key of an algorithm this server does not sign with is `None`.
pub(super) fn open(sealer: &Sealer, set: KeySet, row: &StoredKey) -> Result<Option<Key>, KeyError> {
    let Some(alg) = Alg::parse(&row.alg) else { return Ok(None) };
    let foreign = || KeyError::Sealed { set: set.name(), kid: row.kid.clone() };
    let json = sealer.open(&purpose(set, &row.kid), &row.sealed).map_err(|_| foreign())?;
    let unusable = |source| KeyError::Unusable { set: set.name(), source };
    let jwk = Jwk::from_bytes(&json).map_err(unusable)?;
    let mut public = jwk.to_public_key().map_err(unusable)?;
    // The library's public half keeps only the key itself; a relying party finds it by these.
    public.set_key_id(&row.kid);
    public.set_algorithm(alg.as_str());
    public.set_key_use("sig");
    let signer = jose::signer(alg, &jwk).map_err(unusable)?;
    let verifier = jose::verifier(alg, &public).map_err(unusable)?;
    Ok(Some(Key { kid: row.kid.clone(), alg, public, signer, verifier }))
}

/// Whether a load is old enough to be repeated.
pub(super) fn is_due(loaded: Time, now: Time, seconds: i64) -> bool {
    (now - loaded).num_seconds().abs() >= seconds
}

/// A conflict means that another replica was first, which is as good.
pub(super) fn unless_conflict(outcome: Result<(), KeyError>) -> Result<(), KeyError> {
    match outcome {
        Err(KeyError::Db(Error::Conflict(_))) => Ok(()),
        other => other,
    }
}
