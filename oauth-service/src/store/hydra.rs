//! The tables of an Ory Hydra database, read only. What is there is said; what it means is the importer's matter.

use shared_types::db::{
    Dsn, Error,
    foreign::{Foreign, Page, Row},
};

/// Rows read at once.
const LIMIT: u32 = 500;
/// The first migration of Hydra 2, which made networks. A schema that is older cannot be read.
const FIRST: &str = "20220210000001";
/// The newest migration this reader was made for.
const NEWEST: &str = "20260420120000";

/// A table that is brought over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Table {
    Clients,
    Keys,
    LoginSessions,
    /// Flows that ended in a yes.
    Consents,
    /// Subjects the login page chose for pairwise clients.
    Subjects,
    Issuers,
    RefreshTokens,
    AccessTokens,
    Jtis,
}

impl Table {
    const fn name(self) -> &'static str {
        match self {
            Self::Clients => "hydra_client",
            Self::Keys => "hydra_jwk",
            Self::LoginSessions => "hydra_oauth2_authentication_session",
            Self::Consents => "hydra_oauth2_flow",
            Self::Subjects => "hydra_oauth2_obfuscated_authentication_session",
            Self::Issuers => "hydra_oauth2_trusted_jwt_bearer_issuer",
            Self::RefreshTokens => "hydra_oauth2_refresh",
            Self::AccessTokens => "hydra_oauth2_access",
            Self::Jtis => "hydra_oauth2_jti_blacklist",
        }
    }

    const fn key(self) -> &'static str {
        match self {
            Self::Clients | Self::LoginSessions | Self::Issuers => "id",
            Self::Keys => "pk",
            Self::Consents => "login_challenge",
            Self::Subjects => "subject",
            Self::RefreshTokens | Self::AccessTokens | Self::Jtis => "signature",
        }
    }

    const fn only(self) -> Option<&'static str> {
        match self {
            Self::Consents => Some("consent_challenge_id IS NOT NULL AND consent_handled_at IS NOT NULL"),
            _ => None,
        }
    }
}

/// Why a database cannot be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SourceError {
    #[error("this is no database of Ory Hydra: it has no table {0}")]
    NotHydra(&'static str),
    #[error("the schema is of Hydra 1 (its last migration is {0}); migrate it with Hydra 2 first: hydra migrate sql")]
    TooOld(String),
    #[error("the database has no network {0}; it has {1}")]
    NoNetwork(String, String),
    #[error("the database holds {0} networks; choose one with --network: {1}")]
    ManyNetworks(usize, String),
    #[error("the Hydra database cannot be read")]
    Db(#[from] Error),
}

/// A Hydra database and the network in it that is read.
#[derive(Debug)]
pub(crate) struct Source {
    foreign: Foreign,
    /// The last migration.
    version: String,
    network: String,
}

impl Source {
    /// Connects and chooses the network.
    pub(crate) fn open(dsn: &Dsn, wanted: Option<&str>) -> Result<Self, SourceError> {
        let mut foreign = Foreign::open(dsn)?;
        let version = version(&mut foreign)?;
        let networks = networks(&mut foreign)?;
        let all = || networks.join(", ");
        let network = match (wanted, networks.as_slice()) {
            (Some(wanted), known) if known.iter().any(|id| id == wanted) => wanted.to_owned(),
            (Some(wanted), _) => return Err(SourceError::NoNetwork(wanted.to_owned(), all())),
            (None, [one]) => one.clone(),
            (None, many) => return Err(SourceError::ManyNetworks(many.len(), all())),
        };
        Ok(Self { foreign, version, network })
    }

    /// The network that is read.
    pub(crate) fn network(&self) -> &str {
        &self.network
    }

    /// Whether the schema is newer than any this reader was made for, and how new.
    pub(crate) fn is_newer(&self) -> Option<&str> {
        (self.version.get(..NEWEST.len()) > Some(NEWEST)).then_some(self.version.as_str())
    }

    /// Rows behind a key, and the key that the next ones are behind; none: there are no more.
    pub(crate) fn rows(&mut self, table: Table, after: Option<&str>) -> Result<(Vec<Row>, Option<String>), Error> {
        let page = Page {
            table: table.name(),
            key: table.key(),
            of: Some(("nid", &self.network)),
            only: table.only(),
            after,
            limit: LIMIT,
        };
        let mut rows = self.foreign.page(&page)?;
        if rows.len() < LIMIT as usize {
            return Ok((rows, None));
        }
        let last = rows.last().and_then(|row| row.key(table.key()));
        // A key that several rows share must not be cut in two.
        if table == Table::Subjects && rows.iter().any(|row| row.key(table.key()) != last) {
            rows.retain(|row| row.key(table.key()) != last);
            let end = rows.last().and_then(|row| row.key(table.key()));
            return Ok((rows, end));
        }
        Ok((rows, last))
    }

    /// How many rows of a table do not come and were not looked at.
    pub(crate) fn left(&mut self, table: &'static str) -> Result<usize, Error> {
        self.foreign.count(table, Some(("nid", &self.network)))
    }
}

fn version(foreign: &mut Foreign) -> Result<String, SourceError> {
    const MIGRATIONS: &str = "schema_migration";
    if foreign.columns(MIGRATIONS)?.is_empty() || foreign.columns(Table::Clients.name())?.is_empty() {
        return Err(SourceError::NotHydra(Table::Clients.name()));
    }
    let mut newest = String::new();
    let mut after: Option<String> = None;
    loop {
        let page =
            Page { table: MIGRATIONS, key: "version", of: None, only: None, after: after.as_deref(), limit: LIMIT };
        let rows = foreign.page(&page)?;
        let Some(last) = rows.last().and_then(|row| row.key("version")) else { break };
        newest.clone_from(&last);
        after = Some(last);
    }
    let has_networks = foreign.columns(Table::Clients.name())?.iter().any(|column| column.name == "nid");
    if !has_networks || newest.get(..FIRST.len()) < Some(FIRST) {
        return Err(SourceError::TooOld(newest));
    }
    Ok(newest)
}

fn networks(foreign: &mut Foreign) -> Result<Vec<String>, Error> {
    let page = Page { table: "networks", key: "id", of: None, only: None, after: None, limit: LIMIT };
    Ok(foreign.page(&page)?.iter().filter_map(|row| row.key("id")).collect())
}
