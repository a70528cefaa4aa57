//! The database.

use shared_types::{
    db::Db,
    doctor::{
        Finding,
        database::{self, Wanted},
    },
};

use super::Patient;
use crate::{config::Config, store};

const fn wanted(config: &Config) -> Wanted<'_> {
    Wanted {
        service: "oauth-service",
        dsn: &config.database.dsn,
        pool_size: config.database.pool_size,
        migrations: store::MIGRATIONS,
        auto_migrate: config.auto_migrate,
    }
}

pub(super) fn open(config: &Config) -> Result<Db, Finding> {
    database::open(wanted(config))
}

pub(super) async fn check(patient: &Patient) -> Vec<Finding> {
    match &patient.db {
        Ok(db) => database::check(wanted(&patient.config), db, || patient.now()).await,
        Err(finding) => vec![finding.clone()],
    }
}
