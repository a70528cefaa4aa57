//! Moving in from a database of Ory Kratos, by the command line; the database is one we wrote ourselves.

mod again;
mod source;
mod stays_signed_in;

use std::process::Command;

use serde_json::{Value, json};
use shared_types::testing::{TempDatabase, execute};
use tempfile::TempDir;

use crate::{
    self_service::{
        people::everything,
        world::{World, merged},
    },
    world::program,
};

/// A secret Kratos signed cookies with.
const OLD_SECRET: &str = "an old cookie secret of ours";
/// Identities of the database.
const ADA: &str = "a0000000-0000-4000-8000-000000000001";
const BEN: &str = "b0000000-0000-4000-8000-000000000002";
const CLEO: &str = "c0000000-0000-4000-8000-000000000003";
const EMIL: &str = "e0000000-0000-4000-8000-000000000005";
const GRETA: &str = "f0000000-0000-4000-8000-000000000007";
/// Tokens of sessions there.
const ADAS: &str = "ory_st_AAAAbbbbCCCCddddEEEEffffGGGGhhhh";
const EMILS: &str = "eeeeEEEEeeeeEEEEeeeeEEEEeeeeEEEE";

/// A database of Kratos and a service to move into, on the same engine.
struct Move {
    there: TempDatabase,
    folder: TempDir,
    here: String,
}

/// What an import said.
#[derive(Debug)]
struct Said {
    well: bool,
    out: String,
    err: String,
}

impl Said {
    /// The report.
    fn report(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// A line of the table: imported, updated, unchanged, skipped, failed.
    fn counts(&self, kind: &str) -> [u64; 5] {
        let report = self.report();
        ["imported", "updated", "unchanged", "skipped", "failed"]
            .map(|word| report["kinds"][kind][word].as_u64().unwrap_or_else(|| panic!("{kind}: {report}")))
    }

    /// The reasons of one outcome of a kind, each with the rows it was given for.
    fn reasons(&self, kind: &str, outcome: &str) -> Vec<(String, Vec<String>)> {
        let report = self.report();
        let all = report["kinds"][kind]["reasons"].as_array().cloned().unwrap_or_default();
        let texts = |rows: &Value| {
            rows.as_array().unwrap().iter().map(|row| row.as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        all.iter()
            .filter(|reason| reason["outcome"] == outcome)
            .map(|reason| (reason["reason"].as_str().unwrap().to_owned(), texts(&reason["rows"])))
            .collect()
    }
}

/// The configuration of the service, with the secret of old cookies.
fn settings() -> Value {
    let mut config = everything();
    let cookies = ["a cookie secret of today, long enough", OLD_SECRET];
    merged(&mut config, json!({"secrets": {"default": ["a secret of the tests, long enough"], "cookie": cookies}}));
    config
}

impl Move {
    /// Empty tables there; nothing here.
    fn from_tables(here: &str, keep: impl Fn(&str) -> bool) -> Self {
        let sqlite = here.starts_with("sqlite");
        let there = if sqlite { TempDatabase::sqlite() } else { TempDatabase::postgres().expect("the server") };
        let [uuid, data, time] = if sqlite { ["char(36)", "text", "datetime"] } else { ["uuid", "jsonb", "timestamp"] };
        let tables = include_str!("tables.sql").replace("{uuid}", uuid).replace("{json}", data).replace("{time}", time);
        let tables: Vec<&str> = tables.lines().filter(|line| keep(line)).collect();
        execute(&there.dsn(), &tables.join("\n"));
        Self { there, folder: TempDir::new().expect("a folder"), here: here.to_owned() }
    }

    /// The people of `rows.sql`.
    fn with_people(here: &str) -> Self {
        let moving = Self::from_tables(here, |_| true);
        moving.change(include_str!("rows.sql"));
        moving
    }

    /// Changes the database there.
    fn change(&self, sql: &str) {
        execute(&self.there.dsn(), sql);
    }

    /// Runs the import.
    fn run(&self, arguments: &[&str]) -> Said {
        let mut config = settings();
        merged(&mut config, json!({"dsn": self.here, "auto_migrate": true}));
        let file = self.folder.path().join("identity.json");
        std::fs::write(&file, config.to_string()).unwrap();
        let output = Command::new(program())
            .env_clear()
            .args(["import", "kratos", "--format", "json", "--from", &self.there.dsn(), "-c"])
            .arg(&file)
            .args(arguments)
            .output()
            .unwrap();
        Said {
            well: output.status.success(),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// The service that was moved into.
    async fn serve(&self) -> World {
        World::start(&self.here, settings()).await
    }
}

/// An identity as administrators see it; `null` where there is none.
async fn identity(world: &World, id: &str) -> Value {
    let kinds = ["password", "oidc", "totp", "lookup_secret", "webauthn", "code"];
    let query: Vec<String> = kinds.iter().map(|kind| format!("include_credential={kind}")).collect();
    let url = world.admin.join(&format!("admin/identities/{id}?{}", query.join("&"))).unwrap();
    let answer = crate::world::client().get(url).send().await.unwrap();
    if answer.status() == 404 { Value::Null } else { answer.json().await.unwrap() }
}

/// What whoami says of a token: the status and the identity.
async fn owner(world: &World, token: &str) -> (u16, Value) {
    let program = world.program();
    let request = program.client.get(program.url("/sessions/whoami")).header("x-session-token", token);
    let (status, body) = crate::self_service::world::parts(request.send().await.unwrap()).await;
    (status, body["identity"]["id"].clone())
}
