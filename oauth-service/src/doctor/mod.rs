//! `doctor`: looks at a configuration and at what it leads to, and says what is wrong, why that matters and what to do.
//! Each check is a file and a row of the table; nothing is changed by any of them.

mod clients;
mod configuration;
mod cookies;
mod cors;
mod keys;
mod listeners;
mod pages;
mod peer;
mod storage;
mod tls;

use std::{future::Future, path::PathBuf, pin::Pin, sync::Arc};

use shared_types::{
    db::Db,
    doctor::{Finding, Place, Report},
    entropy::SystemEntropy,
    http::client::HttpClient,
    seal::Sealer,
    time::{Clock, SystemClock, Time},
};

use crate::config::Config;

/// Whom is looked at.
struct Patient {
    config: Config,
    sealer: Sealer,
    http: HttpClient,
    clock: Arc<dyn Clock>,
    /// The database, or why it cannot be opened.
    db: Result<Db, Finding>,
    /// Whether others are asked as well.
    asks_others: bool,
}

type Looking<'a> = Pin<Box<dyn Future<Output = Vec<Finding>> + 'a>>;
type Check = for<'a> fn(&'a Patient) -> Looking<'a>;

/// What is looked at, in the order it is told.
const CHECKS: &[(&str, Check)] = &[
    ("configuration", |patient| ready(configuration::warnings(&patient.config))),
    ("database", |patient| Box::pin(storage::check(patient))),
    ("secrets", |patient| ready(configuration::secrets(&patient.config))),
    ("keys", |patient| Box::pin(keys::check(patient))),
    ("listeners", |patient| ready(listeners::check(patient))),
    ("tls", |patient| ready(tls::check(patient))),
    ("cookies", |patient| ready(cookies::check(patient))),
    ("cors", |patient| ready(cors::check(patient))),
    ("clients", |patient| Box::pin(clients::check(patient))),
    ("issuer", |patient| Box::pin(pages::issuer(patient))),
    ("pages", |patient| Box::pin(pages::check(patient))),
    ("identity-service", |patient| Box::pin(peer::check(patient))),
];

fn ready<'a>(found: Vec<Finding>) -> Looking<'a> {
    Box::pin(std::future::ready(found))
}

/// Looks at everything. `asks_others`: over the network, the pages, identity-service and this service's own address as well.
pub(crate) async fn examine(
    files: &[PathBuf],
    env: impl Iterator<Item = (String, String)>,
    asks_others: bool,
) -> anyhow::Result<Report> {
    let mut report = Report::new("oauth-service");
    let mut config = match Config::diagnose(files, env) {
        Ok(config) => config,
        Err(problems) => {
            report.add("configuration", configuration::problems(&problems));
            return Ok(report);
        }
    };
    config.secrets.complete(&SystemEntropy);
    let patient = Patient {
        sealer: Sealer::new(&config.secrets.system),
        http: HttpClient::trusted()?,
        clock: Arc::new(SystemClock),
        db: storage::open(&config),
        config,
        asks_others,
    };
    for (name, check) in CHECKS {
        report.add(name, check(&patient).await);
    }
    Ok(report)
}

impl Patient {
    fn now(&self) -> Time {
        self.clock.now()
    }

    /// What browsers and clients call this service.
    fn home(&self) -> Place<'_> {
        Place { key: "urls.self.public", url: &self.config.urls.public }
    }
}
