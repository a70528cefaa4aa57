//! New keys, and keys made ready for use.

use josekit::{JoseError, jwk::Jwk};
use shared_types::{
    db::{AnyConn, Error},
    id::KeyId,
    seal::Sealer,
    time::Time,
};

use super::{Key, KeyError, KeySet, jose, sealed};
use crate::{app::Cx, model::key::StoredKey, protocol::alg::Alg, store::keys};

/// Makes a key and puts it in the set, unless the set has one of this algorithm by then.
pub(super) async fn add(cx: &Cx, set: KeySet, alg: Alg) -> Result<(), KeyError> {
    let kid = KeyId::random(&*cx.entropy).text();
    let jwk = pair(cx, set.name(), alg, &kid).await?;
    let row = stored(cx, (set.name(), &kid), alg.as_str(), &jwk);
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

/// A new key pair, made on a thread that may take its time.
pub(super) async fn pair(cx: &Cx, set: &str, alg: Alg, kid: &str) -> Result<Jwk, KeyError> {
    let bits = cx.config.oauth2.rsa_bits;
    let unusable = |source| KeyError::Unusable { set: set.to_owned(), source };
    let kid = kid.to_owned();
    match tokio::task::spawn_blocking(move || jose::pair(alg, bits, &kid)).await {
        Ok(jwk) => jwk.map_err(unusable),
        Err(stopped) => Err(unusable(JoseError::InvalidKeyFormat(stopped.into()))),
    }
}

/// The row of a key made here that signs at once.
pub(super) fn stored(cx: &Cx, (set, kid): (&str, &str), alg: &str, jwk: &Jwk) -> StoredKey {
    StoredKey {
        set: set.to_owned(),
        kid: kid.to_owned(),
        alg: alg.to_owned(),
        sealed: sealed::seal(&cx.sealer, &*cx.entropy, (set, kid), jwk),
        created_at: cx.now,
        signs_from: None,
        made_here: true,
    }
}

/// Opens a key of the database. A key of an algorithm this server does not sign with is `None`.
pub(super) fn open(sealer: &Sealer, row: &StoredKey) -> Result<Option<Key>, KeyError> {
    let Some(alg) = Alg::parse(&row.alg) else { return Ok(None) };
    let jwk = sealed::reveal(sealer, row)?;
    ready(&jwk, row, alg).map_err(|source| KeyError::Unusable { set: row.set.clone(), source })
}

/// A key with its signer and its verifier. One without private members only verifies.
pub(super) fn ready(jwk: &Jwk, row: &StoredKey, alg: Alg) -> Result<Option<Key>, JoseError> {
    let Some(members) = sealed::public_members(jwk) else { return Ok(None) };
    let mut public = Jwk::from_map(members)?;
    public.set_key_id(&row.kid);
    public.set_algorithm(alg.as_str());
    public.set_key_use("sig");
    let signer = jwk.parameter("d").map(|_| jose::signer(alg, jwk)).transpose()?;
    let verifier = jose::verifier(alg, &public)?;
    Ok(Some(Key { kid: row.kid.clone(), alg, public, begins: row.begins(), signer, verifier }))
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
