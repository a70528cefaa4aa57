//! The only place that knows tables. One file per aggregate; rows are private, and a row that cannot be read is named by its
//! table and column.

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use shared_types::db::migrate::Migrations;

pub(crate) mod access_tokens;
pub(crate) mod clients;
pub(crate) mod codes;
pub(crate) mod consents;
pub(crate) mod device_requests;
pub(crate) mod forced_subjects;
pub(crate) mod hydra;
pub(crate) mod imported;
pub(crate) mod keys;
pub(crate) mod leases;
pub(crate) mod login_sessions;
pub(crate) mod pending_requests;
pub(crate) mod refresh_tokens;
mod row;
mod schema;
pub(crate) mod session_clients;
pub(crate) mod stale_consents;
#[cfg(test)]
mod support;
pub(crate) mod trusted_issuers;
pub(crate) mod used_nonces;

static SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
static POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The schema on both engines.
pub(crate) const MIGRATIONS: Migrations = Migrations { sqlite: &SQLITE, postgres: &POSTGRES };
