//! Client secrets: made once, hashed slowly at rest, checked on few threads, and a secret that has been verified remembered for a
//! short time so that a busy client does not hash on every token (contract 2.4).

use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread::available_parallelism,
};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use chrono::Duration;
use openssl::{hash::MessageDigest, pkcs5::pbkdf2_hmac};
use quick_cache::sync::Cache;
use shared_types::{
    entropy::{Entropy, random_bytes, random_from, random_token},
    http::limit::RetryAfter,
    id::ClientId,
    seal::Sealer,
    secret::{Digest, Digester, Secret, constant_time_eq},
    time::Time,
};
use tokio::sync::Semaphore;

use crate::{
    app::Cx,
    config::ClientHasher,
    model::client::{Client, Metadata, SecretHashes},
};

/// How long a verified secret is taken on trust.
const REMEMBERED: Duration = Duration::seconds(120);
const CAPACITY: usize = 10_000;
/// More waiting hashes than this, and callers are told to come back.
const MAX_WAITING: usize = 256;
/// bcrypt reads no more of a secret.
const BCRYPT_MAX: usize = 72;
const SALT: usize = 16;
const PBKDF2: &str = "$pbkdf2-sha256$";
/// Before a secret that is sealed, not hashed.
const SEALED: &str = "$sealed$";
/// The method that needs the secret itself.
const SIGNING: &str = "client_secret_jwt";
/// Quota of checks that hash, by client and address.
const ACTION: &str = "client_authentication";

/// Why a secret could not be checked or hashed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SecretError {
    /// Too many checks that needed a hash.
    #[error(transparent)]
    Limited(#[from] RetryAfter),
    /// All hashing threads are taken and too much waits.
    #[error("too many secrets are being checked")]
    Busy,
    /// The library failed.
    #[error("hashing failed")]
    Hash(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Checks and makes secrets; remembers what it verified.
pub(crate) struct SecretChecks {
    /// Random for each process: what is remembered means nothing elsewhere.
    digester: Digester,
    verified: Cache<Digest, Time>,
    threads: Arc<Semaphore>,
    waiting: AtomicUsize,
}

impl SecretChecks {
    pub(crate) fn new(entropy: &dyn Entropy) -> Self {
        let threads = available_parallelism().map_or(2, usize::from);
        Self {
            digester: Digester::new(&[Secret::new(random_token(entropy))]),
            verified: Cache::new(CAPACITY),
            threads: Arc::new(Semaphore::new(threads)),
            waiting: AtomicUsize::new(0),
        }
    }

    /// What a verified secret is remembered under. The stored hashes are part of it: a client whose secrets change, or one
    /// made anew under the same id, has nothing remembered.
    fn name_of(&self, client: &Client, secret: &str) -> Digest {
        let SecretHashes { current, rotated } = &client.secrets;
        let hashes = current.iter().chain(rotated).map(String::as_str).collect::<Vec<_>>().join("\0");
        self.digester.digest("verified secret", &format!("{}\0{hashes}\0\0{secret}", client.id))
    }

    /// Runs a slow hash on a blocking thread.
    async fn slowly<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, SecretError> {
        let _place = Place::take(&self.waiting)?;
        let permit = Arc::clone(&self.threads).acquire_owned().await.map_err(|e| SecretError::Hash(e.into()))?;
        let done = tokio::task::spawn_blocking(move || {
            let _permit = permit;
            work()
        });
        done.await.map_err(|e| SecretError::Hash(e.into()))
    }
}

/// A place in the queue before the hashing threads.
struct Place<'a>(&'a AtomicUsize);

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Result<Self, SecretError> {
        let place = Self(waiting);
        if waiting.fetch_add(1, Ordering::Relaxed) < MAX_WAITING { Ok(place) } else { Err(SecretError::Busy) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A new secret: 26 characters, or 64 for a client that signs with it.
pub(super) fn generate(entropy: &dyn Entropy, method: &str) -> Secret<String> {
    let length = if method == SIGNING { 64 } else { 26 };
    Secret::new(random_from(entropy, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~", length))
}

/// The least bytes of a secret. A key of an HMAC is at least as long as its hash (RFC 7518 3.2).
pub(super) fn least(metadata: &Metadata) -> usize {
    if metadata.auth_method() != SIGNING {
        return 6;
    }
    match metadata.token_endpoint_auth_signing_alg.as_str() {
        "HS512" => 64,
        "HS384" => 48,
        _ => 32,
    }
}

/// Whether the configured hash takes secrets of this length.
pub(super) const fn is_hashable(hasher: ClientHasher, length: usize) -> bool {
    match hasher {
        ClientHasher::Bcrypt { .. } => length <= BCRYPT_MAX,
        ClientHasher::Pbkdf2 { .. } => true,
    }
}

/// What to store of a secret. It is a hash, unless the client signs with its secret (`client_secret_jwt`): that secret is needed
/// again, and is sealed.
pub(super) async fn stored(
    cx: &Cx,
    id: &ClientId,
    method: &str,
    secret: &Secret<String>,
) -> Result<String, SecretError> {
    if method != SIGNING {
        return hash(cx, secret).await;
    }
    let sealed = cx.sealer.seal(&purpose(id), cx.entropy.as_ref(), secret.expose().as_bytes());
    Ok(format!("{SEALED}{}", STANDARD_NO_PAD.encode(sealed)))
}

fn purpose(id: &ClientId) -> String {
    format!("client secret {id}")
}

/// The secrets of a client that signs with them, the current one first. Those that were stored as hashes are not among them.
pub(super) fn readable(cx: &Cx, client: &Client) -> Vec<Secret<String>> {
    let stored = client.secrets.current.iter().chain(&client.secrets.rotated);
    stored.filter_map(|text| opened(&cx.sealer, &client.id, text)).collect()
}

fn opened(sealer: &Sealer, id: &ClientId, column: &str) -> Option<Secret<String>> {
    let bytes = STANDARD_NO_PAD.decode(column.strip_prefix(SEALED)?).ok()?;
    let plain = sealer.open(&purpose(id), &bytes).ok()?;
    String::from_utf8(plain).ok().map(Secret::new)
}

/// The hash to store.
async fn hash(cx: &Cx, secret: &Secret<String>) -> Result<String, SecretError> {
    let (hasher, secret, salt) = (cx.config.oauth2.hasher, secret.clone(), random_bytes::<SALT>(cx.entropy.as_ref()));
    cx.secret_checks.slowly(move || hash_with(hasher, secret.expose(), salt)).await?
}

fn hash_with(hasher: ClientHasher, secret: &str, salt: [u8; SALT]) -> Result<String, SecretError> {
    match hasher {
        ClientHasher::Bcrypt { cost } => bcrypt::hash_with_salt(secret, cost, salt)
            .map(|parts| parts.to_string())
            .map_err(|e| SecretError::Hash(e.into())),
        ClientHasher::Pbkdf2 { iterations } => {
            let mut key = [0; 32];
            let rounds = usize::try_from(iterations).unwrap_or(usize::MAX);
            pbkdf2_hmac(secret.as_bytes(), &salt, rounds, MessageDigest::sha256(), &mut key)
                .map_err(|e| SecretError::Hash(e.into()))?;
            let (salt, key) = (STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(key));
            Ok(format!("{PBKDF2}i={iterations},l=32${salt}${key}"))
        }
    }
}

/// Whether `secret` is the client's current or a rotated one.
pub(super) async fn check(cx: &Cx, client: &Client, secret: &str, address: IpAddr) -> Result<bool, SecretError> {
    let checks = &cx.secret_checks;
    let key = checks.name_of(client, secret);
    if checks.verified.get(&key).is_some_and(|at| !is_stale(at, cx.now)) {
        return Ok(true);
    }
    // Who has proven himself here before does not pay for the guesses of others.
    let known = checks.verified.remove_if(&key, |at| is_stale(*at, cx.now)).is_some();
    // One hash serves all who wait for the same answer.
    let Err(guard) = checks.verified.get_value_or_guard_async(&key).await else { return Ok(true) };
    if !known {
        cx.limits.check(ACTION, &format!("{} {}", network(address), client.id))?;
    }
    let sealed = readable(cx, client);
    if sealed.iter().any(|known| constant_time_eq(known.expose().as_bytes(), secret.as_bytes())) {
        return Ok(true);
    }
    let hashes: Vec<String> = client.secrets.current.iter().chain(&client.secrets.rotated).cloned().collect();
    let given = Secret::new(secret.to_owned());
    let good = checks.slowly(move || hashes.iter().any(|hash| verify(hash, given.expose()))).await?;
    if good {
        // A guard whose place was taken meanwhile has nothing to remember.
        let _ = guard.insert(cx.now);
    }
    Ok(good)
}

/// An IPv6 caller has a whole /64 to himself.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 64 << 64)),
    }
}

fn is_stale(verified_at: Time, now: Time) -> bool {
    let age = now - verified_at;
    age >= REMEMBERED || age < Duration::zero()
}

/// Compares with a stored hash of either kind; a hash that cannot be read matches nothing.
fn verify(hash: &str, secret: &str) -> bool {
    match hash.strip_prefix(PBKDF2) {
        Some(rest) => verify_pbkdf2(rest, secret).unwrap_or(false),
        None if hash.starts_with(SEALED) => false,
        None => secret.len() <= BCRYPT_MAX && bcrypt::verify(secret, hash).unwrap_or(false),
    }
}

/// `i=<rounds>,l=<length>$<salt>$<key>`.
fn verify_pbkdf2(rest: &str, secret: &str) -> Option<bool> {
    let mut parts = rest.split('$');
    let (options, salt, key) = (parts.next()?, parts.next()?, parts.next()?);
    let option = |name: &str| options.split(',').find_map(|pair| pair.strip_prefix(name)?.parse::<usize>().ok());
    let (salt, key) = (STANDARD_NO_PAD.decode(salt).ok()?, STANDARD_NO_PAD.decode(key).ok()?);
    let rounds = option("i=").filter(|rounds| (1..=10_000_000).contains(rounds))?;
    let length = option("l=").filter(|length| *length == key.len() && (16..=128).contains(length))?;
    let mut computed = vec![0; length];
    pbkdf2_hmac(secret.as_bytes(), &salt, rounds, MessageDigest::sha256(), &mut computed).ok()?;
    Some(constant_time_eq(&computed, &key))
}

#[cfg(test)]
mod tests;
