//! Rows of `clients`. The metadata is one JSON column, because nothing but name and owner is searched for.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use shared_types::{
    db::{AnyConn, Error, stamp, unstamp},
    id::ClientId,
};

use super::{
    access_tokens, codes, device_requests, refresh_tokens,
    row::{Column, to_json},
    schema::clients as table,
};
use crate::model::client::{Client, SecretHashes};

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = table)]
#[diesel(treat_none_as_null = true)]
struct Row {
    id: String,
    name: String,
    owner: String,
    version: i64,
    metadata: String,
    secret_hash: Option<String>,
    rotated_secret_hashes: String,
    registration_digest: Option<Vec<u8>>,
    created_at: NaiveDateTime,
    updated_at: NaiveDateTime,
}

const fn column(name: &'static str) -> Column {
    Column("clients", name)
}

impl TryFrom<Row> for Client {
    type Error = Error;

    fn try_from(row: Row) -> Result<Self, Error> {
        Ok(Self {
            id: ClientId::new(row.id),
            version: row.version,
            metadata: column("metadata").json(&row.metadata)?,
            secrets: SecretHashes {
                current: row.secret_hash,
                rotated: column("rotated_secret_hashes").json(&row.rotated_secret_hashes)?,
            },
            registration_digest: row
                .registration_digest
                .map(|bytes| column("registration_digest").digest(&bytes))
                .transpose()?,
            created_at: unstamp(row.created_at),
            updated_at: unstamp(row.updated_at),
        })
    }
}

impl TryFrom<&Client> for Row {
    type Error = Error;

    fn try_from(client: &Client) -> Result<Self, Error> {
        Ok(Self {
            id: client.id.text(),
            name: client.client_name.clone(),
            owner: client.owner.clone(),
            version: client.version,
            metadata: to_json(&client.metadata)?,
            secret_hash: client.secrets.current.clone(),
            rotated_secret_hashes: to_json(&client.secrets.rotated)?,
            registration_digest: client.registration_digest.map(|digest| digest.to_vec()),
            created_at: stamp(client.created_at),
            updated_at: stamp(client.updated_at),
        })
    }
}

/// Which clients a list holds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Filter {
    pub(crate) name: Option<String>,
    pub(crate) owner: Option<String>,
    /// The last id of the page before.
    pub(crate) after: Option<String>,
    pub(crate) limit: i64,
}

/// Writes a new client; `Conflict` when the id is taken.
pub(crate) fn insert(conn: &mut AnyConn, client: &Client) -> Result<(), Error> {
    diesel::insert_into(table::table).values(&Row::try_from(client)?).execute(conn)?;
    Ok(())
}

/// Writes a changed client over the version it was made from. `false`: somebody changed it meanwhile.
pub(crate) fn update(conn: &mut AnyConn, client: &Client) -> Result<bool, Error> {
    let as_read = table::table.find(client.id.as_str()).filter(table::version.eq(client.version - 1));
    Ok(diesel::update(as_read).set(&Row::try_from(client)?).execute(conn)? == 1)
}

/// A client by its id.
pub(crate) fn get(conn: &mut AnyConn, id: &ClientId) -> Result<Option<Client>, Error> {
    let row: Option<Row> = table::table.find(id.as_str()).select(Row::as_select()).first(conn).optional()?;
    row.map(Client::try_from).transpose()
}

/// Clients in the order of their ids.
pub(crate) fn list(conn: &mut AnyConn, filter: &Filter) -> Result<Vec<Client>, Error> {
    let mut query = table::table.select(Row::as_select()).order(table::id.asc()).limit(filter.limit).into_boxed();
    if let Some(name) = &filter.name {
        query = query.filter(table::name.eq(name));
    }
    if let Some(owner) = &filter.owner {
        query = query.filter(table::owner.eq(owner));
    }
    if let Some(after) = &filter.after {
        query = query.filter(table::id.gt(after));
    }
    let rows: Vec<Row> = query.load(conn)?;
    rows.into_iter().map(Client::try_from).collect()
}

/// Removes a client with all its codes and tokens. `false`: there was none.
pub(crate) fn delete(conn: &mut AnyConn, id: &ClientId) -> Result<bool, Error> {
    let found = diesel::delete(table::table.find(id.as_str())).execute(conn)? == 1;
    codes::delete_client(conn, id)?;
    device_requests::delete_client(conn, id)?;
    // A rotation under way on PostgreSQL makes the delete wait for it, and its new token is only seen by the next pass.
    while refresh_tokens::delete_client(conn, id)? > 0 {}
    access_tokens::delete_client(conn, id)?;
    Ok(found)
}
