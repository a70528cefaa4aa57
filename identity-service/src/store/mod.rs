//! The only place with SQL. Every function takes the connection of the caller's unit of work; rows are private and
//! become model values through `TryFrom`, which names the table and column of a corrupt row.

pub(crate) mod addresses;
pub(crate) mod audit_events;
pub(crate) mod codes;
pub(crate) mod credentials;
pub(crate) mod flow_errors;
pub(crate) mod flows;
pub(crate) mod identities;
pub(crate) mod identity_list;
pub(crate) mod imports;
pub(crate) mod kratos;
pub(crate) mod leases;
pub(crate) mod login_failures;
pub(crate) mod mails;
pub(crate) mod outbox;
pub(crate) mod pending_traits;
pub(crate) mod phones;
mod row;
mod schema;
pub(crate) mod session_batches;
pub(crate) mod session_exchanges;
pub(crate) mod sessions;

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use shared_types::db::migrate::Migrations;

/// The migrations of this service, embedded.
pub(crate) static MIGRATIONS: Migrations = Migrations { sqlite: &SQLITE, postgres: &POSTGRES };
static SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
static POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
