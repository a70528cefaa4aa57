//! The load profiles behind `make bench`: closed loops of 64 connections against both services, on SQLite and on PostgreSQL,
//! or against another system that speaks the same API.
//!
//! The generator shares the machine with what it measures, so it is light: one thread, keep-alive connections, requests
//! written as bytes. Set-up goes through an ordinary client.

#![expect(
    clippy::indexing_slicing,
    reason = "a field that a JSON answer lacks reads as null, and is then complained of"
)]
#![expect(clippy::cast_precision_loss, reason = "figures for people to read")]

mod arguments;
mod closed_loop;
mod http;
mod profile;
mod report;
mod system;

use integration_tests::settings::Engine;

use arguments::Arguments;
use profile::Profile;
use report::Report;
use system::System;

fn main() -> anyhow::Result<()> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, run(&arguments))
}

async fn run(arguments: &Arguments) -> anyhow::Result<()> {
    let mut report = Report::default();
    report.machine();
    if let Some(elsewhere) = &arguments.elsewhere {
        let system = System::elsewhere(elsewhere.clone())?;
        measure(arguments, &system, &mut report).await?;
        return report.print();
    }
    if arguments.wants(Profile::PasswordLogin) {
        report.raw_bcrypt(profile::password::raw_bcrypt(arguments.measure)?);
    }
    for engine in [Engine::Sqlite, Engine::Postgres] {
        match System::start(engine).await? {
            Some(system) => {
                report.started(&system);
                measure(arguments, &system, &mut report).await?;
                report.stopped(&system);
            }
            None => report.note(format!("{engine:?}: not measured, no server is named by PORTICO_BENCH_POSTGRES_URL")),
        }
    }
    report.print()
}

async fn measure(arguments: &Arguments, system: &System, report: &mut Report) -> anyhow::Result<()> {
    for profile in Profile::ALL.into_iter().filter(|profile| arguments.wants(*profile)) {
        match profile.run(system, arguments).await {
            Ok(outcome) => report.row(&system.name, profile, &outcome),
            Err(error) => report.note(format!("{}: {}: {error:#}", system.name, profile.name())),
        }
    }
    Ok(())
}
