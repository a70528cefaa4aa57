//! The keys of clients: registered (`jwks`) or behind an address of theirs (`jwks_uri`). What a client signs is checked with them
//! (RFC 7523 2.2, RFC 9101 6.2), what is encrypted for it is encrypted with them.
//!
//! What came from an address is kept for an hour; a `kid` that is not among it has it fetched again, so that a client may rotate its
//! keys whenever it likes (OpenID Connect Core 10.1.1), but not more often than every few seconds.

use std::sync::Arc;

use chrono::Duration;
use josekit::jwk::Jwk;
use quick_cache::sync::Cache;
use serde_json::{Map, Value};
use shared_types::{
    http::client::{HttpError, HttpRequest},
    time::Time,
};
use tokio::sync::Mutex;
use url::Url;

use crate::{
    app::Cx,
    key::compact::{Compact, Malformed},
    model::client::Client,
    protocol::alg::Alg,
};

/// How long keys that were fetched are good.
const KEPT: Duration = Duration::hours(1);
/// How often a key that is missing may have them fetched again.
const PAUSE: Duration = Duration::seconds(5);
const CAPACITY: usize = 10_000;
/// Keys of one client that are looked at.
const MOST: usize = 100;

/// Why what a client signed is not believed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ClientKeyError {
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// An algorithm that is unknown, or not the registered one.
    #[error("its algorithm is not one the client may use")]
    Alg,
    /// No key of the client made the signature.
    #[error("it is not signed by a key of the client")]
    Foreign,
    /// The client has registered no keys.
    #[error("the client has registered neither jwks nor jwks_uri")]
    None,
    /// The client's keys cannot be had.
    #[error("the client's jwks_uri cannot be read")]
    Unreachable(#[source] FetchError),
}

/// Why the keys behind an address cannot be had.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FetchError {
    #[error(transparent)]
    Http(#[from] HttpError),
    #[error("it does not answer 200 with a JSON Web Key Set")]
    Answer,
}

type Fetched = Arc<Mutex<Option<Loaded>>>;

/// Keys fetched from clients lately.
pub(crate) struct ClientKeys {
    by_address: Cache<String, Fetched>,
}

impl Default for ClientKeys {
    fn default() -> Self {
        Self { by_address: Cache::new(CAPACITY) }
    }
}

#[derive(Clone)]
struct Loaded {
    keys: Arc<[Jwk]>,
    at: Time,
}

/// The payload of what a client signed. `alg` is the registered algorithm; without one any that this server knows will do.
pub(crate) async fn verify(
    cx: &Cx,
    client: &Client,
    token: &str,
    alg: Option<Alg>,
) -> Result<Map<String, Value>, ClientKeyError> {
    let compact = Compact::parse(token)?;
    let said = compact.alg().filter(|said| alg.is_none_or(|alg| alg == *said)).ok_or(ClientKeyError::Alg)?;
    let kid = compact.header("kid").map(str::to_owned);
    for wanted in [Wanted::Known, Wanted::Fresh] {
        let keys = keys(cx, client, wanted).await?;
        let fitting = keys.iter().filter(|key| is_called(key, kid.as_deref()));
        if fitting.take(MOST).any(|key| compact.is_signed_by(said, key)) {
            return Ok(compact.into_claims());
        }
    }
    Err(ClientKeyError::Foreign)
}

/// The key to encrypt with for a client: the first that is meant for it and fits.
pub(crate) async fn for_encryption(
    cx: &Cx,
    client: &Client,
    fits: impl Fn(&Jwk) -> bool,
) -> Result<Option<Jwk>, ClientKeyError> {
    let usable = |key: &&Jwk| key.key_use().is_none_or(|purpose| purpose == "enc") && fits(key);
    Ok(keys(cx, client, Wanted::Known).await?.iter().find(usable).cloned())
}

/// Whether a key of the client is the one that is looked for; the keys behind an address are fetched again before the answer is no.
pub(super) async fn find(cx: &Cx, client: &Client, is_it: impl Fn(&Jwk) -> bool) -> Result<bool, ClientKeyError> {
    for wanted in [Wanted::Known, Wanted::Fresh] {
        if keys(cx, client, wanted).await?.iter().take(MOST).any(&is_it) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn is_called(key: &Jwk, kid: Option<&str>) -> bool {
    kid.is_none() || key.key_id() == kid
}

/// How new the keys of an address have to be.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Known,
    /// Newer than what has just been looked at.
    Fresh,
}

async fn keys(cx: &Cx, client: &Client, wanted: Wanted) -> Result<Arc<[Jwk]>, ClientKeyError> {
    if !client.jwks.is_empty() {
        return Ok(read(&client.jwks));
    }
    let address = &client.jwks_uri;
    let Ok(url) = Url::parse(address) else { return Err(ClientKeyError::None) };
    let Ok(place) =
        cx.client_keys.by_address.get_or_insert_with(address, || Ok::<_, std::convert::Infallible>(Fetched::default()));
    // Who waits here finds what the one before has fetched.
    let mut place = place.lock().await;
    if let Some(loaded) = &*place {
        let age = cx.now - loaded.at;
        let bound = if wanted == Wanted::Fresh { PAUSE } else { KEPT };
        if age < bound && age > -PAUSE {
            return Ok(Arc::clone(&loaded.keys));
        }
    }
    let keys = fetch(cx, url).await.map_err(ClientKeyError::Unreachable)?;
    *place = Some(Loaded { keys: Arc::clone(&keys), at: cx.now });
    Ok(keys)
}

async fn fetch(cx: &Cx, url: Url) -> Result<Arc<[Jwk]>, FetchError> {
    let reply = cx.http.send(HttpRequest::new("GET", url).header("accept", "application/json")).await?;
    let document: Option<Map<String, Value>> =
        (reply.status == 200).then(|| serde_json::from_slice(&reply.body).ok()).flatten();
    document
        .filter(|members| members.get("keys").is_some_and(Value::is_array))
        .map(|d| read(&d))
        .ok_or(FetchError::Answer)
}

/// The keys of a set that can be read and are public. Others are none of ours (RFC 7517 5: they are ignored).
fn read(set: &Map<String, Value>) -> Arc<[Jwk]> {
    let keys = set.get("keys").and_then(Value::as_array).into_iter().flatten();
    let parsed = keys.filter_map(Value::as_object).filter_map(|members| Jwk::from_map(members.clone()).ok());
    parsed.filter(|key| key.key_type() != "oct" && key.parameter("d").is_none()).collect()
}
