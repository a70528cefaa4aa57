//! Key sets in the hands of an operator (contract 7): made, read with their private members, brought, replaced, removed. What changes
//! in a set of ours counts here at once and on other replicas within seconds.

use josekit::jwk::Jwk;
use serde_json::{Map, Value};
use shared_types::{
    db::{AnyConn, Error},
    id::KeyId,
    time::Time,
};

use super::{
    KeyError, KeySet,
    generate::{pair, ready, stored},
    sealed,
};
use crate::{app::Cx, model::key::StoredKey, protocol::alg::Alg, store::keys};

/// Bytes of a set's name or a key's id.
const MAX_NAME: usize = 255;
/// Keys of one set.
const MAX_KEYS: usize = 500;

/// Why a set was not read or changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyAdminError {
    /// There is no such set, or no such key in it.
    #[error("there is no such key")]
    Missing,
    /// The set has a key of this id.
    #[error("the set has a key of this id")]
    Exists,
    /// What was given cannot be a key of this set.
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl From<Error> for KeyAdminError {
    fn from(error: Error) -> Self {
        match error {
            Error::Conflict(_) => Self::Exists,
            other => Self::Key(KeyError::Db(other)),
        }
    }
}

fn invalid(why: impl Into<String>) -> KeyAdminError {
    KeyAdminError::Invalid(why.into())
}

/// What kind of key is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewKey {
    pub(crate) alg: String,
    /// One is made up where it is empty.
    pub(crate) kid: String,
    /// `sig` or `enc`.
    pub(crate) purpose: String,
}

/// Makes a key and adds it to a set, which it makes too.
pub(crate) async fn create(cx: &Cx, set: &str, new: NewKey) -> Result<Value, KeyAdminError> {
    check_name("The name of the set", set)?;
    let alg =
        Alg::parse(&new.alg).ok_or_else(|| invalid(format!("The alg must be one of {}.", Alg::names().join(", "))))?;
    let purpose = match (new.purpose.as_str(), KeySet::named(set)) {
        ("" | "sig", _) => "sig",
        ("enc", None) => "enc",
        ("enc", Some(_)) => return Err(invalid("This server signs with the keys of this set: their use is sig.")),
        _ => return Err(invalid("The use must be sig or enc.")),
    };
    let kid = if new.kid.is_empty() { KeyId::random(&*cx.entropy).text() } else { new.kid };
    check_name("The kid", &kid)?;
    let mut jwk = pair(cx, set, alg, &kid).await?;
    jwk.set_key_use(purpose);
    let row = stored(cx, (set, &kid), alg.as_str(), &jwk);
    let write = move |conn: &mut AnyConn| {
        keys::lock_set(conn, &row.set, row.created_at)?;
        keys::insert(conn, &row)
    };
    cx.db.write(write).await?;
    changed(cx, "key.created", set, &kid);
    Ok(shown(&jwk))
}

/// The keys of a set, private members included, newest first.
pub(crate) async fn read_set(cx: &Cx, set: &str) -> Result<Vec<Value>, KeyAdminError> {
    possible(&[set])?;
    let name = set.to_owned();
    let rows = cx.db.read(move |conn| keys::of_set(conn, &name)).await?;
    if rows.is_empty() {
        return Err(KeyAdminError::Missing);
    }
    Ok(rows.iter().map(|row| sealed::reveal(&cx.sealer, row).map(|jwk| shown(&jwk))).collect::<Result<_, _>>()?)
}

/// One key, private members included.
pub(crate) async fn read_key(cx: &Cx, set: &str, kid: &str) -> Result<Value, KeyAdminError> {
    possible(&[set, kid])?;
    let (name, id) = (set.to_owned(), kid.to_owned());
    let row = cx.db.read(move |conn| keys::get(conn, &name, &id)).await?.ok_or(KeyAdminError::Missing)?;
    Ok(shown(&sealed::reveal(&cx.sealer, &row)?))
}

/// Replaces all keys of a set. The first of them signs.
pub(crate) async fn replace_set(cx: &Cx, set: &str, given: Vec<Value>) -> Result<Vec<Value>, KeyAdminError> {
    check_name("The name of the set", set)?;
    if given.len() > MAX_KEYS {
        return Err(invalid(format!("A set holds {MAX_KEYS} keys at most.")));
    }
    let mut rows: Vec<StoredKey> = Vec::new();
    let mut jwks = Vec::new();
    for (place, value) in given.into_iter().enumerate() {
        let (mut row, jwk) = brought(cx, set, value, None)
            .map_err(|error| invalid(format!("The key at place {place} is refused: {error}")))?;
        if rows.iter().any(|known| known.kid == row.kid) {
            return Err(invalid(format!("Two keys have the kid {}.", row.kid)));
        }
        // Newer rows come first: the order of the document is kept.
        row.created_at = earlier(row.created_at, place);
        rows.push(row);
        jwks.push(shown(&jwk));
    }
    let (name, now) = (set.to_owned(), cx.now);
    let write = move |conn: &mut AnyConn| {
        keys::lock_set(conn, &name, now)?;
        keys::delete_all(conn, &name)?;
        rows.iter().try_for_each(|row| keys::insert(conn, row))
    };
    cx.db.write(write).await?;
    changed(cx, "key_set.replaced", set, "");
    Ok(jwks)
}

fn earlier(time: Time, place: usize) -> Time {
    time - chrono::Duration::microseconds(i64::try_from(place).unwrap_or(0))
}

/// Replaces a key, or adds it.
pub(crate) async fn put_key(cx: &Cx, set: &str, kid: &str, given: Value) -> Result<Value, KeyAdminError> {
    check_name("The name of the set", set)?;
    let (row, jwk) = brought(cx, set, given, Some(kid))?;
    let write = move |conn: &mut AnyConn| {
        keys::lock_set(conn, &row.set, row.created_at)?;
        keys::delete(conn, &row.set, &row.kid)?;
        keys::insert(conn, &row)
    };
    cx.db.write(write).await?;
    changed(cx, "key.replaced", set, kid);
    Ok(shown(&jwk))
}

/// Removes a set with all its keys. One whose last key has gone is removed already.
pub(crate) async fn delete_set(cx: &Cx, set: &str) -> Result<(), KeyAdminError> {
    possible(&[set])?;
    let name = set.to_owned();
    cx.db.write(move |conn| keys::delete_all(conn, &name)).await?;
    changed(cx, "key_set.deleted", set, "");
    Ok(())
}

/// Removes one key.
pub(crate) async fn delete_key(cx: &Cx, set: &str, kid: &str) -> Result<(), KeyAdminError> {
    possible(&[set, kid])?;
    let (name, id) = (set.to_owned(), kid.to_owned());
    if !cx.db.write(move |conn| keys::delete(conn, &name, &id)).await? {
        return Err(KeyAdminError::Missing);
    }
    changed(cx, "key.deleted", set, kid);
    Ok(())
}

fn changed(cx: &Cx, event: &'static str, set: &str, kid: &str) {
    cx.keys.forget(set);
    tracing::info!(event, set, kid, request_id = &*cx.request_id, "an operator changed a key set");
}

fn shown(jwk: &Jwk) -> Value {
    Value::Object(jwk.as_ref().clone())
}

fn check_name(what: &str, text: &str) -> Result<(), KeyAdminError> {
    if text.is_empty() || text.len() > MAX_NAME || text.chars().any(char::is_control) {
        return Err(invalid(format!("{what} must have 1 to {MAX_NAME} bytes and no control characters.")));
    }
    Ok(())
}

/// Nothing is kept under a name that none can have, and databases need not be asked.
fn possible(names: &[&str]) -> Result<(), KeyAdminError> {
    names.iter().try_for_each(|name| check_name("The name", name)).map_err(|_| KeyAdminError::Missing)
}

/// A key an operator brings, as a row. `kid` is the one of the URL, which the key may leave out.
fn brought(cx: &Cx, set: &str, given: Value, kid: Option<&str>) -> Result<(StoredKey, Jwk), KeyAdminError> {
    let Value::Object(members) = given else { return Err(invalid("A key must be a JSON object.")) };
    let mut jwk = parsed(members)?;
    match (jwk.key_id().map(str::to_owned), kid) {
        (Some(own), Some(wanted)) if own != wanted => {
            return Err(invalid("The kid of the key is not the one of the URL."));
        }
        (None, None) => return Err(invalid("The key has no kid.")),
        (None, Some(wanted)) => jwk.set_key_id(wanted),
        _ => {}
    }
    let kid = jwk.key_id().unwrap_or_default().to_owned();
    check_name("The kid", &kid)?;
    let mut row = stored(cx, (set, &kid), jwk.algorithm().unwrap_or_default(), &jwk);
    row.made_here = false;
    if KeySet::named(set).is_some() {
        let alg = signs_with(&jwk)?;
        alg.as_str().clone_into(&mut row.alg);
        let unfit = |error| invalid(format!("The key cannot sign with {}: {error}.", alg.as_str()));
        if ready(&jwk, &row, alg).map_err(unfit)?.is_none() {
            return Err(invalid("This server signs with keys that have a public half alone."));
        }
    }
    Ok((row, jwk))
}

/// Reads a JWK and looks whether it is all there (RFC 7517 4, RFC 7518 6).
fn parsed(members: Map<String, Value>) -> Result<Jwk, KeyAdminError> {
    let jwk = Jwk::from_map(members).map_err(|error| invalid(format!("The key cannot be read: {error}.")))?;
    let needed: &[&str] = match jwk.key_type() {
        "RSA" => &["n", "e"],
        "EC" => &["crv", "x", "y"],
        "OKP" => &["crv", "x"],
        "oct" => &["k"],
        other => return Err(invalid(format!("The kty {other} is not known."))),
    };
    match needed.iter().find(|name| !jwk.parameter(name).is_some_and(Value::is_string)) {
        Some(missing) => Err(invalid(format!("The key has no {missing}."))),
        None => Ok(jwk),
    }
}

/// What a key of a set of ours signs with: its own `alg`, or the one its kind is for.
fn signs_with(jwk: &Jwk) -> Result<Alg, KeyAdminError> {
    if jwk.key_use().is_some_and(|purpose| purpose != "sig") {
        return Err(invalid("This server signs with the keys of this set: their use is sig."));
    }
    let name = match (jwk.algorithm(), jwk.key_type(), jwk.curve()) {
        (Some(alg), ..) => alg,
        (None, "RSA", _) => "RS256",
        (None, "EC", Some("P-256")) => "ES256",
        (None, "EC", Some("P-384")) => "ES384",
        (None, "EC", Some("P-521")) => "ES512",
        (None, "OKP", Some("Ed25519")) => "EdDSA",
        _ => "",
    };
    Alg::parse(name).ok_or_else(|| {
        invalid(format!("This server signs with the keys of this set: by one of {}.", Alg::names().join(", ")))
    })
}

/// A public key of somebody else, in the set named like him.
pub(crate) struct PublicKey {
    pub(crate) row: StoredKey,
    pub(crate) jwk: Jwk,
}

/// Reads a key somebody is to be believed by.
pub(crate) fn public_key(cx: &Cx, set: &str, given: Value) -> Result<PublicKey, KeyAdminError> {
    check_name("The name of the set", set)?;
    // Whoever could put a key there would sign in this server's name.
    if KeySet::named(set).is_some() {
        return Err(invalid("The set of this name is this server's own."));
    }
    let (row, jwk) = brought(cx, set, given, None)?;
    if jwk.key_type() == "oct" || jwk.parameter("d").is_some() {
        return Err(invalid("The key must be public."));
    }
    Ok(PublicKey { row, jwk })
}

/// A key of the database, opened.
pub(crate) fn opened(cx: &Cx, row: &StoredKey) -> Result<Jwk, KeyError> {
    sealed::reveal(&cx.sealer, row)
}

/// The row of a key that comes from elsewhere.
pub(crate) fn moved(cx: &Cx, (set, kid): (&str, &str), jwk: &Jwk, created_at: Time) -> StoredKey {
    let row = stored(cx, (set, kid), jwk.algorithm().unwrap_or_default(), jwk);
    StoredKey { created_at, made_here: false, ..row }
}
