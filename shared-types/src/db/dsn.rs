//! Which database a `dsn` names, in the notations Kratos and Hydra accept (contract identity 11, oauth 8.4).

use std::{path::PathBuf, str::FromStr};

use crate::secret::Secret;

/// A database to connect to.
#[derive(Debug, Clone)]
pub enum Dsn {
    /// A SQLite file.
    Sqlite(PathBuf),
    /// SQLite in memory; gone with the process.
    Memory,
    /// PostgreSQL, or what speaks its protocol; the whole connection URL, which may hold a password.
    Postgres(Secret<String>),
}

/// A `dsn` nothing here can connect to.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DsnError {
    /// No scheme we know.
    #[error("dsn: the scheme {0:?} is not supported; use sqlite://, postgres://, cockroach:// or memory")]
    Scheme(String),
    /// `sqlite://` without a file.
    #[error("dsn: sqlite:// needs the path of a file, such as sqlite:///var/lib/portico/db.sqlite")]
    NoPath,
}

impl FromStr for Dsn {
    type Err = DsnError;

    fn from_str(text: &str) -> Result<Self, DsnError> {
        if text == "memory" {
            return Ok(Self::Memory);
        }
        let (scheme, rest) = text.split_once("://").unwrap_or(("", text));
        match scheme {
            "sqlite" | "sqlite3" => {
                let path = rest.split_once('?').map_or(rest, |(path, _)| path);
                let path = path.strip_prefix("file:").unwrap_or(path);
                match path {
                    "" => Err(DsnError::NoPath),
                    ":memory:" => Ok(Self::Memory),
                    _ => Ok(Self::Sqlite(PathBuf::from(path))),
                }
            }
            "postgres" | "postgresql" | "cockroach" | "cockroachdb" => {
                Ok(Self::Postgres(Secret::new(format!("postgres://{}", without_pool_options(rest)))))
            }
            other => Err(DsnError::Scheme(other.to_owned())),
        }
    }
}

impl Dsn {
    /// Reads a `dsn`.
    pub fn parse(text: &str) -> Result<Self, DsnError> {
        text.parse()
    }

    /// The `max_conns` option of a connection URL, if it has one.
    pub fn max_conns(text: &str) -> Option<usize> {
        let (_, query) = text.split_once('?')?;
        url::form_urlencoded::parse(query.as_bytes()).find(|(k, _)| k == "max_conns")?.1.parse().ok()
    }
}

/// libpq refuses options it does not know; these are the pool's, not the server's.
fn without_pool_options(rest: &str) -> String {
    let Some((head, query)) = rest.split_once('?') else {
        return rest.to_owned();
    };
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| {
            let name = pair.split('=').next().unwrap_or_default();
            !matches!(name, "max_conns" | "max_idle_conns" | "max_conn_lifetime" | "max_conn_idle_time" | "")
        })
        .collect();
    if kept.is_empty() { head.to_owned() } else { format!("{head}?{}", kept.join("&")) }
}

#[cfg(test)]
mod tests;
