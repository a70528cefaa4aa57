//! Making, changing and removing clients (contract 2.3, 2.4).

use json_patch::{Patch, PatchOperation};
use serde_json::Value;
use shared_types::{
    db,
    entropy::random_token,
    id::{ClientId, uuid_v4},
    secret::{Digest, Secret},
    time::whole_seconds,
};

use super::{
    cache::possible,
    metadata::{MetadataError, complete},
    secret::{SecretError, generate, is_hashable, least, stored},
    types::{self, Registration},
};
use crate::{
    app::Cx,
    key::rotate,
    model::client::{Client, Metadata, SecretHashes},
    store::clients,
    token::imported,
};

/// Why a client was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum WriteError {
    #[error("no client has this id")]
    Missing,
    #[error("a client of this id exists")]
    Exists,
    /// Another write came between reading and writing.
    #[error("the client was changed meanwhile")]
    Changed,
    #[error(transparent)]
    Metadata(#[from] MetadataError),
    /// The request cannot be applied.
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// A written client, with what is shown this once.
#[derive(Debug)]
pub(crate) struct Written {
    pub(crate) client: Client,
    pub(crate) secret: Option<Secret<String>>,
    /// Manages the registration.
    pub(crate) registration_token: Option<Secret<String>>,
}

impl Written {
    const fn quietly(client: Client) -> Self {
        Self { client, secret: None, registration_token: None }
    }
}

/// Registers a client.
pub(crate) async fn create(cx: &Cx, sent: Registration) -> Result<Written, WriteError> {
    let id = match sent.client_id {
        Some(text) => checked_id(&text)?,
        None => ClientId::new(uuid_v4(cx.entropy.as_ref()).to_string()),
    };
    let metadata = complete(cx, sent.metadata).await?;
    let secret = match sent.secret.filter(|_| !metadata.is_public()) {
        None if metadata.is_public() => None,
        None => Some(generate(cx.entropy.as_ref(), metadata.auth_method())),
        Some(given) => Some(checked_secret(cx, &metadata, given)?),
    };
    let current = match &secret {
        Some(secret) => Some(stored(cx, &id, metadata.auth_method(), secret).await?),
        None => None,
    };
    let (token, digest) = registration_token(cx);
    let now = whole_seconds(cx.now);
    let client = Client {
        id,
        version: 1,
        metadata,
        secrets: SecretHashes { current, rotated: Vec::new() },
        registration_digest: Some(digest),
        created_at: now,
        updated_at: now,
    };
    let row = client.clone();
    let write = move |conn: &mut db::AnyConn| {
        rotate::remember(conn, &row.lifespans, row.created_at)?;
        clients::insert(conn, &row)
    };
    match cx.db.write(write).await {
        Err(db::Error::Conflict(_)) => return Err(WriteError::Exists),
        done => done?,
    }
    log(cx, "client.created", &client);
    Ok(Written { client, secret, registration_token: Some(token) })
}

/// What the digest of a registration token is made of, beside the token.
const TOKEN: &str = "registration token";

/// A new token that manages a registration, and what is kept of it.
pub(super) fn registration_token(cx: &Cx) -> (Secret<String>, Digest) {
    let random = || random_token(cx.entropy.as_ref());
    let token = Secret::new(format!("ory_at_{}.{}", random(), random()));
    let digest = cx.digester.digest(TOKEN, token.expose());
    (token, digest)
}

/// The client whose registration a token manages, as it is in the database: a token that was replaced is good nowhere.
pub(super) async fn managed_by(cx: &Cx, id: &str, token: &str) -> Result<Option<Client>, db::Error> {
    let Some(id) = possible(id) else { return Ok(None) };
    let found = cx.db.read(move |conn| clients::get(conn, &id)).await?;
    let Some(known) = found.as_ref().and_then(|client| client.registration_digest) else { return Ok(None) };
    let good = cx.digester.candidates(TOKEN, token).contains(&known)
        || imported::registration_candidates(cx, token).await?.contains(&known);
    Ok(found.filter(|_| good))
}

fn checked_id(text: &str) -> Result<ClientId, MetadataError> {
    let unfit = || MetadataError::of("client_id", "must have at most 255 bytes and no control characters");
    possible(text).ok_or_else(unfit)
}

fn checked_secret(cx: &Cx, metadata: &Metadata, secret: Secret<String>) -> Result<Secret<String>, MetadataError> {
    let length = secret.expose().len();
    let least = least(metadata);
    if length < least {
        return Err(MetadataError::of("client_secret", format_args!("must have at least {least} characters")));
    }
    if metadata.auth_method() != "client_secret_jwt" && !is_hashable(cx.config.oauth2.hasher, length) {
        return Err(MetadataError::of(
            "client_secret",
            "must have at most 72 bytes, because secrets are hashed with bcrypt",
        ));
    }
    Ok(secret)
}

/// Clients in the order of their ids.
pub(crate) async fn list(cx: &Cx, filter: clients::Filter) -> Result<Vec<Client>, db::Error> {
    cx.db.read(move |conn| clients::list(conn, &filter)).await
}

/// Replaces all of a registration; a secret that is not sent stays.
pub(crate) async fn replace(cx: &Cx, id: &str, sent: Registration) -> Result<Written, WriteError> {
    let client = read(cx, id).await?;
    let metadata = complete(cx, sent.metadata).await?;
    change(cx, client, metadata, sent.secret).await
}

/// Applies a JSON Patch (RFC 6902) to the registration as answers show it.
pub(crate) async fn patch(cx: &Cx, id: &str, patch: Patch) -> Result<Written, WriteError> {
    if let Some(path) = patch.0.iter().find_map(forbidden) {
        return Err(WriteError::Invalid(format!("The path {path} cannot be patched.")));
    }
    let client = read(cx, id).await?;
    let mut document = client.to_json();
    json_patch::patch(&mut document, &patch)
        .map_err(|error| WriteError::Invalid(format!("The patch cannot be applied: {error}.")))?;
    let sent = Registration::parse(document)?;
    let metadata = complete(cx, sent.metadata).await?;
    let mut client = client;
    if sent.secret.is_some() {
        client.secrets.rotated.clear();
    }
    change(cx, client, metadata, sent.secret).await
}

/// The path of an operation that touches what is not the caller's to set.
fn forbidden(operation: &PatchOperation) -> Option<String> {
    const KEPT: [&str; 7] =
        ["", "id", "client_id", "created_at", "updated_at", "rotated_secrets", "registration_access_token"];
    let from = match operation {
        PatchOperation::Move(op) => Some(op.from.to_string()),
        PatchOperation::Copy(op) => Some(op.from.to_string()),
        _ => None,
    };
    if matches!(operation, PatchOperation::Test(_)) {
        return None;
    }
    let first = |path: &String| path.trim_start_matches('/').split('/').next().unwrap_or_default().to_ascii_lowercase();
    [Some(operation.path().to_string()), from].into_iter().flatten().find(|path| KEPT.contains(&first(path).as_str()))
}

/// Sets the thirteen lifetimes.
pub(crate) async fn set_lifespans(cx: &Cx, id: &str, sent: Value) -> Result<Written, WriteError> {
    let lifespans = types::lifespans(sent)?;
    let mut client = read(cx, id).await?;
    client.metadata.lifespans = lifespans;
    write(cx, client).await.map(Written::quietly)
}

/// Gives a client a fresh secret; the one it had stays good until it is dropped.
pub(crate) async fn rotate_secret(cx: &Cx, id: &str) -> Result<Written, WriteError> {
    let mut client = read(cx, id).await?;
    if !matches!(client.auth_method(), "client_secret_basic" | "client_secret_post" | "client_secret_jwt") {
        let method = client.auth_method();
        return Err(WriteError::Invalid(format!("A client registered for {method} has no secret to rotate.")));
    }
    let secret = generate(cx.entropy.as_ref(), client.auth_method());
    client.secrets.rotate(stored(cx, &client.id, client.auth_method(), &secret).await?);
    let client = write(cx, client).await?;
    log(cx, "client.secret.rotated", &client);
    Ok(Written { secret: Some(secret), ..Written::quietly(client) })
}

/// Ends all secrets but the current one.
pub(crate) async fn drop_rotated_secrets(cx: &Cx, id: &str) -> Result<Written, WriteError> {
    let mut client = read(cx, id).await?;
    client.secrets.rotated.clear();
    write(cx, client).await.map(Written::quietly)
}

/// Removes a client with its consents, codes and tokens.
pub(crate) async fn delete(cx: &Cx, id: &str) -> Result<(), WriteError> {
    let id = possible(id).ok_or(WriteError::Missing)?;
    let gone = id.clone();
    let found = cx.db.write(move |conn| clients::delete(conn, &gone)).await?;
    cx.clients.forget(&id);
    if !found {
        return Err(WriteError::Missing);
    }
    tracing::info!(
        event = "client.deleted",
        client_id = id.as_str(),
        request_id = &*cx.request_id,
        "a client was deleted"
    );
    Ok(())
}

async fn read(cx: &Cx, id: &str) -> Result<Client, WriteError> {
    let id = possible(id).ok_or(WriteError::Missing)?;
    cx.db.read(move |conn| clients::get(conn, &id)).await?.ok_or(WriteError::Missing)
}

/// Gives a client other metadata, and a secret where one was sent.
pub(super) async fn change(
    cx: &Cx,
    mut client: Client,
    metadata: Metadata,
    secret: Option<Secret<String>>,
) -> Result<Written, WriteError> {
    let secret =
        secret.filter(|_| !metadata.is_public()).map(|secret| checked_secret(cx, &metadata, secret)).transpose()?;
    let signs = metadata.auth_method() == "client_secret_jwt";
    match &secret {
        Some(secret) => client.secrets.current = Some(stored(cx, &client.id, metadata.auth_method(), secret).await?),
        // Only its hash is known, and nothing can be signed with that.
        None if signs && client.auth_method() != "client_secret_jwt" => {
            return Err(MetadataError::of("client_secret", "must be sent when a client begins to sign with it").into());
        }
        None => {}
    }
    client.metadata = metadata;
    let client = write(cx, client).await?;
    Ok(Written { secret, ..Written::quietly(client) })
}

/// Writes a changed client over the version it was read as.
async fn write(cx: &Cx, mut client: Client) -> Result<Client, WriteError> {
    client.version += 1;
    client.updated_at = whole_seconds(cx.now);
    let row = client.clone();
    let write = move |conn: &mut db::AnyConn| {
        rotate::remember(conn, &row.lifespans, row.updated_at)?;
        clients::update(conn, &row)
    };
    let won = cx.db.write(write).await?;
    cx.clients.forget(&client.id);
    if !won {
        return Err(WriteError::Changed);
    }
    log(cx, "client.updated", &client);
    Ok(client)
}

fn log(cx: &Cx, event: &'static str, client: &Client) {
    tracing::info!(event, client_id = client.id.as_str(), request_id = &*cx.request_id, "a client was written");
}
