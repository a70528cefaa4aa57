//! New keys, and keys as they lie in the database: a private JWK, sealed.

use josekit::{
    JoseError,
    jwk::{
        Jwk,
        alg::{ec::EcCurve, ec::EcKeyPair, rsa::RsaKeyPair},
    },
    jws::{ES256, JwsSigner, JwsVerifier, RS256},
};
use shared_types::{
    db::{AnyConn, Error},
    id::KeyId,
    seal::Sealer,
    time::Time,
};

use super::{Key, KeyError, KeySet};
use crate::{app::Cx, config::Alg, model::key::StoredKey, store::keys};

/// Makes a key pair of the wanted algorithm. An RSA key takes a good part of a second: callers run this on the blocking pool.
pub(super) fn pair(alg: Alg, rsa_bits: u32, kid: &str) -> Result<Jwk, JoseError> {
    let mut jwk = match alg {
        Alg::Rs256 => RsaKeyPair::generate(rsa_bits)?.to_jwk_key_pair(),
        Alg::Es256 => EcKeyPair::generate(EcCurve::P256)?.to_jwk_key_pair(),
    };
    jwk.set_key_id(kid);
    jwk.set_algorithm(alg.as_str());
    jwk.set_key_use("sig");
    Ok(jwk)
}

/// Makes a key and puts it in the set, unless the set has one of this algorithm by then.
pub(super) async fn add(cx: &Cx, set: KeySet, alg: Alg) -> Result<(), KeyError> {
    let kid = KeyId::random(&*cx.entropy).text();
    let bits = cx.config.oauth2.rsa_bits;
    let unusable = |source| KeyError::Unusable { set: set.name(), source };
    let made = {
        let kid = kid.clone();
        tokio::task::spawn_blocking(move || pair(alg, bits, &kid)).await
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
    let (signer, verifier): (Box<dyn JwsSigner>, Box<dyn JwsVerifier>) = match alg {
        Alg::Rs256 => (
            Box::new(RS256.signer_from_jwk(&jwk).map_err(unusable)?),
            Box::new(RS256.verifier_from_jwk(&public).map_err(unusable)?),
        ),
        Alg::Es256 => (
            Box::new(ES256.signer_from_jwk(&jwk).map_err(unusable)?),
            Box::new(ES256.verifier_from_jwk(&public).map_err(unusable)?),
        ),
    };
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
