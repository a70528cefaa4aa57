//! What another server, Ory Hydra, issued before its data came here: it is found by its signature and checked with that server's secrets,
//! which came with the data. Nothing of our own is ever looked for here: only what is not ours gets this far.
//!
//! Hydra's texts are `ory_<kind>_<random>.<signature>`, the signature an HMAC-SHA-512/256 of the random bytes. Its database holds the
//! signatures of refresh tokens and of registration tokens, and hashes of those of access tokens. A signature alone proves nothing, since
//! a copy of that database has it; that is why the secrets are needed.

mod cookie;

use std::{
    fmt::Write as _,
    sync::{Arc, PoisonError, RwLock},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use openssl::sha::{sha256, sha384};
use sha2::Sha512_256;
use shared_types::{
    db::{AnyConn, Error},
    id::LoginSessionId,
    secret::{Digest, Secret, constant_time_eq},
    time::Time,
};
use tokio::sync::Mutex;

use super::opaque::Kind;
use crate::{
    app::Cx,
    store::{
        imported::{self as store, ImportedSecret},
        used_nonces,
    },
};

/// How old the secrets in memory may be.
const FRESH_SECONDS: i64 = 10;

/// What a secret of the other server is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Use {
    /// Signs tokens: the SHA-256 of a system secret.
    Tokens,
    /// Signs and encrypts cookies.
    Cookies,
}

impl Use {
    const fn name(self) -> &'static str {
        match self {
            Self::Tokens => "tokens",
            Self::Cookies => "cookies",
        }
    }
}

/// The other server's secrets, opened.
#[derive(Debug, Default)]
struct Secrets {
    tokens: Vec<Secret<Vec<u8>>>,
    cookies: Vec<Secret<Vec<u8>>>,
    /// One-time ids of assertions came too.
    jtis: bool,
}

/// The secrets in memory. A server that never imported anything looks for them once in a while, and only when it was shown something that
/// is not its own.
#[derive(Debug, Default)]
pub(crate) struct Imported {
    loaded: RwLock<Option<(Time, Arc<Secrets>)>>,
    loading: Mutex<()>,
}

impl Imported {
    fn known(&self) -> Option<(Time, Arc<Secrets>)> {
        self.loaded.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn secrets(&self, cx: &Cx) -> Result<Arc<Secrets>, Error> {
        let is_fresh = |at: &Time| (cx.now - *at).num_seconds().abs() < FRESH_SECONDS;
        let before = self.known();
        if let Some((at, secrets)) = &before
            && is_fresh(at)
        {
            return Ok(Arc::clone(secrets));
        }
        // One request looks again; the others go on with what is there.
        let _one_loader = match (self.loading.try_lock(), before) {
            (Ok(guard), _) => guard,
            (Err(_), Some((_, secrets))) => return Ok(secrets),
            (Err(_), None) => self.loading.lock().await,
        };
        if let Some((at, secrets)) = self.known()
            && is_fresh(&at)
        {
            return Ok(secrets);
        }
        let look = |conn: &mut AnyConn| Ok::<_, Error>((store::secrets(conn)?, store::has_jtis(conn)?));
        let (rows, jtis) = cx.db.read(look).await?;
        let mut secrets = Secrets { jtis, ..Secrets::default() };
        for row in rows {
            let Ok(plain) = cx.sealer.open(&purpose(&row.kind), &row.sealed) else {
                tracing::warn!(kind = row.kind, "an imported secret does not open with any of secrets.system");
                continue;
            };
            match row.kind.as_str() {
                "tokens" => secrets.tokens.push(Secret::new(plain)),
                _ => secrets.cookies.push(Secret::new(plain)),
            }
        }
        let secrets = Arc::new(secrets);
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Some((cx.now, Arc::clone(&secrets)));
        Ok(secrets)
    }
}

fn purpose(kind: &str) -> String {
    format!("imported secret {kind}")
}

/// A secret of the other server as it is kept.
pub(crate) fn sealed_secret(cx: &Cx, used: Use, plain: &[u8]) -> ImportedSecret {
    let kind = used.name().to_owned();
    let sealed = cx.sealer.seal(&purpose(&kind), &*cx.entropy, plain);
    // Named by what only who has the secret can tell.
    let name = cx.digester.digest(&purpose(&kind), &URL_SAFE_NO_PAD.encode(plain));
    ImportedSecret { kind, digest: name.to_vec(), sealed }
}

/// What the digest of an imported row is made of, beside the signature.
pub(crate) const REFRESH_ROW: &str = "imported refresh token";
/// Likewise, beside the hash of the signature.
pub(crate) const ACCESS_ROW: &str = "imported access token";
/// Likewise, beside the signature.
pub(crate) const REGISTRATION_ROW: &str = "imported registration token";

/// The hash of an access token's signature, as Hydra writes it.
pub(crate) fn hash_of_signature(signature: &str) -> String {
    sha384(signature.as_bytes()).iter().fold(String::with_capacity(96), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What the row of an opaque token may be found by: a digest for each of our own secrets. None: the other server did not make it.
pub(crate) async fn candidates(cx: &Cx, kind: Kind, text: &str) -> Result<Vec<Digest>, Error> {
    let bare = text.strip_prefix(kind.prefix()).unwrap_or(text);
    let secrets = cx.imported.secrets(cx).await?;
    let Some(signature) = signature_of(&secrets, bare) else { return Ok(Vec::new()) };
    Ok(match kind {
        Kind::Access => cx.digester.candidates(ACCESS_ROW, &hash_of_signature(signature)),
        _ => cx.digester.candidates(REFRESH_ROW, signature),
    })
}

/// Likewise for a JWT, whose signature has been checked already.
pub(crate) async fn jwt_candidates(cx: &Cx, text: &str) -> Result<Vec<Digest>, Error> {
    if cx.imported.secrets(cx).await?.tokens.is_empty() {
        return Ok(Vec::new());
    }
    let signature = text.rsplit('.').next().unwrap_or_default();
    Ok(cx.digester.candidates(ACCESS_ROW, &hash_of_signature(signature)))
}

/// Likewise for the token that manages a client's registration.
pub(crate) async fn registration_candidates(cx: &Cx, text: &str) -> Result<Vec<Digest>, Error> {
    let secrets = cx.imported.secrets(cx).await?;
    let bare = text.strip_prefix(Kind::Access.prefix()).unwrap_or(text);
    let signature = signature_of(&secrets, bare);
    Ok(signature.map(|text| cx.digester.candidates(REGISTRATION_ROW, text)).unwrap_or_default())
}

/// The signature of a text without its prefix, if one of the other server's secrets made it.
fn signature_of<'a>(secrets: &Secrets, bare: &'a str) -> Option<&'a str> {
    let (random, signature) = bare.split_once('.')?;
    if secrets.tokens.is_empty() || random.is_empty() {
        return None;
    }
    let (random, given) = (URL_SAFE_NO_PAD.decode(random).ok()?, URL_SAFE_NO_PAD.decode(signature).ok()?);
    let good = secrets.tokens.iter().any(|key| mac(key, &random).is_some_and(|mac| constant_time_eq(&mac, &given)));
    good.then_some(signature)
}

fn mac(key: &Secret<Vec<u8>>, random: &[u8]) -> Option<Vec<u8>> {
    let mut mac = Hmac::<Sha512_256>::new_from_slice(key.expose()).ok()?;
    mac.update(random);
    Some(mac.finalize().into_bytes().to_vec())
}

/// The login session a cookie of the other server names.
pub(crate) async fn session_of(cx: &Cx, name: &str, value: &str) -> Result<Option<LoginSessionId>, Error> {
    let secrets = cx.imported.secrets(cx).await?;
    Ok(secrets.cookies.iter().find_map(|key| cookie::session(key.expose(), name, value)))
}

/// Whether the other server has seen the one-time id of an assertion, which may not come again here.
pub(crate) async fn knows_jti(cx: &Cx, jti: &str) -> Result<bool, Error> {
    if !cx.imported.secrets(cx).await?.jtis {
        return Ok(false);
    }
    let mark = sha256(jti.as_bytes());
    cx.db.read(move |conn| used_nonces::is_spent(conn, store::JTI, &mark)).await
}
