//! The tables of Ory Kratos, read as they are found: identities with what hangs on them, and sessions, a page at a time in the
//! order of their ids. Nothing is judged here, and nothing is written there.

mod account;
mod visit;

use shared_types::{
    db::{
        Dsn, Error,
        foreign::{Foreign, Page, Row, Unreadable},
    },
    id::Uuid,
};

pub(crate) use self::{
    account::{Account, Address, Held},
    visit::{Place, Visit},
};

/// The newest schema this was written for.
const KNOWN: &str = "20260703000000000000";

/// What an older schema must have: these came with Kratos 0.8.
const NEEDED: &[(&str, &[&str])] = &[
    ("networks", &["id"]),
    ("identities", &["id", "nid", "schema_id", "traits", "state"]),
    ("identity_credential_types", &["id", "name"]),
    ("identity_credentials", &["id", "identity_id", "config", "identity_credential_type_id"]),
    ("identity_credential_identifiers", &["identifier", "identity_credential_id"]),
    ("identity_verifiable_addresses", &["id", "identity_id", "via", "value", "verified", "status"]),
    ("identity_recovery_addresses", &["id", "identity_id", "via", "value"]),
    ("sessions", &["id", "nid", "identity_id", "token", "active", "expires_at", "aal", "authentication_methods"]),
];

/// A database that cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    /// It is no database of Kratos, or of a version that is too old.
    #[error(
        "the table {table} has no column {column}: this is no database of Kratos 0.8 or newer; bring an older one up with \
         `kratos migrate sql` of a newer version first"
    )]
    Foreign { table: &'static str, column: &'static str },
    /// It cannot be said which network is meant.
    #[error("{0}")]
    Network(String),
    /// Reading failed.
    #[error(transparent)]
    Db(#[from] Error),
}

/// One network of a database of Kratos.
pub(crate) struct Kratos {
    foreign: Foreign,
    network: Uuid,
    kinds: Vec<(String, String)>,
    version: String,
}

/// A row, or why it cannot be read, by its id.
pub(crate) type Read<T> = (Uuid, Result<T, Unreadable>);

impl Kratos {
    /// Opens a database and looks whether it can be read. Without a network named there must be one alone.
    pub(crate) fn open(dsn: &Dsn, network: Option<Uuid>) -> Result<Self, SourceError> {
        let mut foreign = Foreign::open(dsn)?;
        for (table, columns) in NEEDED {
            let found = foreign.columns(table)?;
            for column in *columns {
                if !found.iter().any(|known| known.name == *column) {
                    return Err(SourceError::Foreign { table, column });
                }
            }
        }
        let network = chosen(&mut foreign, network)?;
        let kinds = whole(&mut foreign, "identity_credential_types", "id")?;
        let kinds = kinds.iter().filter_map(|row| Some((row.key("id")?, row.text("name")?.to_owned()))).collect();
        let versions = whole(&mut foreign, "schema_migration", "version")?;
        let version = versions.iter().filter_map(|row| row.key("version")).max().unwrap_or_default();
        Ok(Self { foreign, network, kinds, version })
    }

    /// The network that is read.
    pub(crate) const fn network(&self) -> Uuid {
        self.network
    }

    /// The newest migration that was applied.
    pub(crate) fn version(&self) -> &str {
        &self.version
    }

    /// Whether the schema is newer than what this was written for.
    pub(crate) fn is_newer(&self) -> bool {
        self.version.as_str() > KNOWN
    }

    /// The identities after one, with what hangs on them.
    pub(crate) fn accounts(&mut self, after: Option<Uuid>, limit: u32) -> Result<Vec<Read<Account>>, Error> {
        let rows = self.page("identities", after, limit)?;
        account::read(&mut self.foreign, &self.kinds, &rows)
    }

    /// The sessions after one, ended and expired ones among them.
    pub(crate) fn visits(&mut self, after: Option<Uuid>, limit: u32) -> Result<Vec<Read<Visit>>, Error> {
        let rows = self.page("sessions", after, limit)?;
        visit::read(&mut self.foreign, &rows)
    }

    /// Sessions by their ids, whatever their condition.
    pub(crate) fn visits_by_id(&mut self, ids: &[Uuid]) -> Result<Vec<Read<Visit>>, Error> {
        let rows = self.foreign.belonging("sessions", "id", ids)?;
        visit::read(&mut self.foreign, &rows)
    }

    /// Which of these identities there are.
    pub(crate) fn present(&mut self, ids: &[Uuid]) -> Result<Vec<Uuid>, Error> {
        let rows = self.foreign.belonging("identities", "id", ids)?;
        Ok(rows.iter().filter_map(id_of).collect())
    }

    fn page(&mut self, table: &str, after: Option<Uuid>, limit: u32) -> Result<Vec<Row>, Error> {
        let (network, after) = (self.network.to_string(), after.map(|id| id.to_string()));
        let of = Some(("nid", network.as_str()));
        self.foreign.page(&Page { table, key: "id", of, only: None, after: after.as_deref(), limit })
    }
}

/// The network that is meant.
fn chosen(foreign: &mut Foreign, named: Option<Uuid>) -> Result<Uuid, SourceError> {
    let networks: Vec<Uuid> = whole(foreign, "networks", "id")?.iter().filter_map(id_of).collect();
    match (named, networks.as_slice()) {
        (Some(id), all) if all.contains(&id) => Ok(id),
        (Some(id), _) => Err(SourceError::Network(format!("there is no network {id}: {}", list(foreign, &networks)?))),
        (None, [one]) => Ok(*one),
        (None, _) => Err(SourceError::Network(format!(
            "say by --network which one of these is meant: {}",
            list(foreign, &networks)?
        ))),
    }
}

/// Networks with how many identities they have.
fn list(foreign: &mut Foreign, networks: &[Uuid]) -> Result<String, Error> {
    let mut texts = Vec::new();
    for id in networks {
        let count = foreign.count("identities", Some(("nid", &id.to_string())))?;
        texts.push(format!("{id} with {count} identities"));
    }
    Ok(if texts.is_empty() { "the database has none".to_owned() } else { texts.join(", ") })
}

/// A table with few rows.
fn whole(foreign: &mut Foreign, table: &str, key: &str) -> Result<Vec<Row>, Error> {
    foreign.page(&Page { table, key, of: None, only: None, after: None, limit: 100_000 })
}

fn id_of(row: &Row) -> Option<Uuid> {
    Uuid::parse_str(row.text("id")?).ok()
}
