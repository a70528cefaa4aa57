//! `doctor`: looks at a configuration and at what it leads to, and says what is wrong, why that matters and what to do.
//! Each check is a file and a row of the table; nothing is changed by any of them.

mod addresses;
mod configuration;
mod cookies;
mod cors;
mod listeners;
mod messages;
mod peer;
mod sealed;
mod secrets;
mod storage;
mod tls;

use std::{future::Future, path::PathBuf, pin::Pin, sync::Arc};

use shared_types::{
    db::Db,
    doctor::{Finding, Place, Report},
    entropy::SystemEntropy,
    http::client::HttpClient,
    time::{Clock, SystemClock, Time},
};

use crate::config::{Config, Secrets};

/// Whom is looked at.
struct Patient {
    config: Config,
    secrets: Secrets,
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
    ("secrets", |patient| ready(secrets::check(patient))),
    ("sealed columns", |patient| Box::pin(sealed::check(patient))),
    ("listeners", |patient| ready(listeners::check(patient))),
    ("tls", |patient| ready(tls::check(patient))),
    ("cookies", |patient| ready(cookies::check(patient))),
    ("addresses", |patient| ready(addresses::check(patient))),
    ("cors", |patient| ready(cors::check(patient))),
    ("messages", |patient| Box::pin(messages::check(patient))),
    ("oauth-service", |patient| Box::pin(peer::check(patient))),
];

fn ready<'a>(found: Vec<Finding>) -> Looking<'a> {
    Box::pin(std::future::ready(found))
}

/// Looks at everything. `asks_others`: over the network, oauth-service and this service's own address as well.
pub(crate) async fn examine(
    files: &[PathBuf],
    env: impl Iterator<Item = (String, String)>,
    asks_others: bool,
) -> anyhow::Result<Report> {
    let mut report = Report::new("identity-service");
    let config = match Config::diagnose(files, env) {
        Ok(config) => config,
        Err(problems) => {
            report.add("configuration", configuration::problems(&problems));
            return Ok(report);
        }
    };
    let patient = Patient {
        secrets: config.secrets.keys(&SystemEntropy),
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

    /// What browsers call this service.
    fn home(&self) -> Place<'_> {
        Place { key: "serve.public.base_url", url: &self.config.serve.public.base_url }
    }

    /// The pages, each origin once.
    fn pages(&self) -> Vec<Place<'_>> {
        let flows = &self.config.selfservice;
        let all = [
            ("selfservice.flows.login.ui_url", &flows.login.ui_url),
            ("selfservice.flows.registration.ui_url", &flows.registration.ui_url),
            ("selfservice.flows.verification.ui_url", &flows.verification.ui_url),
            ("selfservice.flows.recovery.ui_url", &flows.recovery.ui_url),
            ("selfservice.flows.settings.ui_url", &flows.settings.ui_url),
            ("selfservice.flows.error.ui_url", &flows.error_ui_url),
        ];
        let mut pages: Vec<Place<'_>> = Vec::new();
        for (key, url) in all {
            let place = Place { key, url };
            if !pages.iter().any(|page| page.origin() == place.origin()) {
                pages.push(place);
            }
        }
        pages
    }
}

#[cfg(test)]
mod tests;
