//! Clients: every member of a registration, the hashes of the secrets as they are, and the token that manages the registration.

use std::time::Duration;

use serde_json::{Map, Value, json};
use shared_types::{
    db::{
        AnyConn, Error,
        foreign::{Row, Unreadable},
    },
    id::ClientId,
    import::Outcome,
    time::{GoDuration, whole_seconds},
};

use super::{
    batch::{Job, Kind, Rules},
    skipped, unreadable,
};
use crate::{
    key::rotate,
    model::client::{Client, Metadata, SecretHashes},
    store::{clients, hydra::Table},
    token::imported::REGISTRATION_ROW,
};

/// Members that are texts, named alike in the table and on the wire.
const TEXTS: [&str; 17] = [
    "client_name",
    "scope",
    "owner",
    "policy_uri",
    "tos_uri",
    "client_uri",
    "logo_uri",
    "subject_type",
    "sector_identifier_uri",
    "jwks_uri",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "request_object_signing_alg",
    "userinfo_signed_response_alg",
    "frontchannel_logout_uri",
    "backchannel_logout_uri",
    "access_token_strategy",
];

const LISTS: [&str; 8] = [
    "redirect_uris",
    "grant_types",
    "response_types",
    "audience",
    "allowed_cors_origins",
    "contacts",
    "request_uris",
    "post_logout_redirect_uris",
];

const FLAGS: [&str; 4] = [
    "frontchannel_logout_session_required",
    "backchannel_logout_session_required",
    "skip_consent",
    "skip_logout_consent",
];

/// In nanoseconds there.
const LIFESPANS: [&str; 13] = [
    "authorization_code_grant_access_token_lifespan",
    "authorization_code_grant_id_token_lifespan",
    "authorization_code_grant_refresh_token_lifespan",
    "client_credentials_grant_access_token_lifespan",
    "implicit_grant_access_token_lifespan",
    "implicit_grant_id_token_lifespan",
    "jwt_bearer_grant_access_token_lifespan",
    "refresh_token_grant_id_token_lifespan",
    "refresh_token_grant_access_token_lifespan",
    "refresh_token_grant_refresh_token_lifespan",
    "device_authorization_grant_id_token_lifespan",
    "device_authorization_grant_access_token_lifespan",
    "device_authorization_grant_refresh_token_lifespan",
];

pub(super) struct Clients;

impl Kind for Clients {
    const NAME: &'static str = "clients";
    const TABLE: Table = Table::Clients;
    type Item = Client;

    fn id(row: &Row) -> Option<String> {
        row.key("id")
    }

    fn read(job: &Job<'_>, row: &Row) -> Result<Client, Outcome> {
        client(job, row).map_err(|error| unreadable(&error))
    }

    fn keep(conn: &mut AnyConn, client: &Client, rules: Rules) -> Result<Outcome, Error> {
        match clients::get(conn, &client.id)? {
            None => {
                rotate::remember(conn, &client.lifespans, client.updated_at)?;
                clients::insert(conn, client).map(|()| Outcome::Imported)
            }
            Some(here) if rules.overwrite => overwrite(conn, &here, client, rules),
            Some(_) => Ok(skipped("a client of this id was made here; --overwrite-clients makes it as it is there")),
        }
    }

    fn again(conn: &mut AnyConn, client: &Client, rules: Rules) -> Result<Outcome, Error> {
        match clients::get(conn, &client.id)? {
            Some(here) if rules.overwrite => overwrite(conn, &here, client, rules),
            _ => Ok(Outcome::Unchanged),
        }
    }
}

fn overwrite(conn: &mut AnyConn, here: &Client, there: &Client, rules: Rules) -> Result<Outcome, Error> {
    let same = here.metadata == there.metadata
        && here.secrets == there.secrets
        && here.registration_digest == there.registration_digest;
    if same {
        return Ok(Outcome::Unchanged);
    }
    let changed = Client {
        version: here.version + 1,
        created_at: here.created_at,
        updated_at: whole_seconds(rules.now),
        ..there.clone()
    };
    rotate::remember(conn, &changed.lifespans, changed.updated_at)?;
    if clients::update(conn, &changed)? { Ok(Outcome::Updated) } else { Err(Error::Busy) }
}

fn client(job: &Job<'_>, row: &Row) -> Result<Client, Unreadable> {
    let metadata = serde_json::from_value(Value::Object(members(row)?));
    let metadata: Metadata = metadata.map_err(|error| Unreadable(format!("metadata ({error})")))?;
    let signature = row.text("registration_access_token_signature");
    Ok(Client {
        id: ClientId::from(row.required("id")?),
        version: 1,
        metadata,
        secrets: SecretHashes {
            current: row.text("client_secret").map(str::to_owned),
            rotated: list(row, "rotated_secrets")?,
        },
        registration_digest: signature.map(|text| job.cx.digester.digest(REGISTRATION_ROW, text)),
        created_at: whole_seconds(row.time("created_at")?.unwrap_or(job.cx.now)),
        updated_at: whole_seconds(row.time("updated_at")?.unwrap_or(job.cx.now)),
    })
}

fn members(row: &Row) -> Result<Map<String, Value>, Unreadable> {
    let mut members = Map::new();
    let mut set = |name: &str, value: Value| members.insert(name.to_owned(), value);
    for name in TEXTS {
        if let Some(text) = row.text(name) {
            set(name, json!(text));
        }
    }
    for name in LISTS {
        set(name, json!(list(row, name)?));
    }
    for name in FLAGS {
        if let Some(flag) = row.flag(name)? {
            set(name, json!(flag));
        }
    }
    for name in LIFESPANS {
        if let Some(nanoseconds) = row.integer(name)?.and_then(|length| u64::try_from(length).ok()) {
            set(name, json!(GoDuration(Duration::from_nanos(nanoseconds))));
        }
    }
    // A client without keys has `{}` or `{"keys":null}` there.
    if let Some(jwks) = row.json("jwks")?.filter(|jwks| jwks.get("keys").is_some_and(Value::is_array)) {
        set("jwks", jwks);
    }
    if let Some(metadata) = row.json("metadata")?.filter(Value::is_object) {
        set("metadata", metadata);
    }
    Ok(members)
}

/// A list of texts: JSON, or with bars between them as older schemas have it.
pub(super) fn list(row: &Row, name: &str) -> Result<Vec<String>, Unreadable> {
    match row.json(name) {
        Ok(None) => Ok(Vec::new()),
        Ok(Some(value)) => serde_json::from_value(value).map_err(|_| Unreadable(name.to_owned())),
        Err(_) => Ok(bars(row, name)),
    }
}

/// Texts with bars between them.
pub(super) fn bars(row: &Row, name: &str) -> Vec<String> {
    row.text_or_empty(name).split('|').filter(|text| !text.is_empty()).map(str::to_owned).collect()
}
