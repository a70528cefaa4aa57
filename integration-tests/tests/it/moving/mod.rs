//! A database a real Kratos has made, moved in, and both sides compared: on demand, since nobody's program is part of the
//! tests. `kratos/make.py PROGRAM DSN FACTS` makes the database, of a Kratos you have built, and writes down what is known of it;
//! `PORTICO_KRATOS_FACTS=FACTS` names that file here.

mod authenticator;
mod people;

use std::{
    path::PathBuf,
    process::Command,
    time::{Duration, Instant},
};

use anyhow::{Context as _, ensure};
use integration_tests::{
    binary::{self, Binary},
    person::Person,
    settings::{Engine, Places, merge},
    totp,
};
use serde_json::{Value, json};
use shared_types::time::{Clock as _, SystemClock};
use tempfile::TempDir;

use crate::support::block_on;

const FACTS: &str = "PORTICO_KRATOS_FACTS";
/// Where the people of the database think that they are.
const ORIGIN: &str = "http://localhost:14433";

/// The move, and the service at its end.
struct Moved {
    facts: Value,
    places: Places,
    folder: TempDir,
    settings: Value,
}

#[test]
#[ignore = "needs a database of a real Kratos, named by PORTICO_KRATOS_FACTS"]
fn a_database_of_a_real_kratos_moves_without_one_forced_login() -> anyhow::Result<()> {
    block_on(async {
        let file = std::env::var(FACTS).with_context(|| format!("{FACTS} names no file"))?;
        let facts: Value = serde_json::from_str(&std::fs::read_to_string(file)?)?;
        let engine = if text(&facts["dsn"]).starts_with("sqlite") { Engine::Sqlite } else { Engine::Postgres };
        let database = engine.database().context("no PostgreSQL server is named")?;
        let moved = Moved::prepare(facts, &database.dsn())?;
        moved.import()?;
        let port = moved.places.identity_public;
        let mut service =
            Binary::start("identity-service", &["serve"], &moved.settings, moved.folder.path(), port).await?;
        moved.tokens_and_cookies().await?;
        moved.passwords().await?;
        moved.factors().await?;
        moved.keys().await?;
        let count = people::compare(&moved).await?;
        println!("{count} identities are the same on both sides");
        service.terminate()?;
        Ok(())
    })
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list<'a>(facts: &'a Value, name: &str) -> &'a [Value] {
    facts[name].as_array().map(Vec::as_slice).unwrap_or_default()
}

impl Moved {
    fn prepare(facts: Value, here: &str) -> anyhow::Result<Self> {
        let places = Places { host: "localhost", ..Places::draw()? };
        let mut settings = places.identity_settings(here, None);
        let rp = json!({"id": "localhost", "display_name": "Moving", "origins": [ORIGIN]});
        let old = text(&facts["secrets"]["cookie"][0]).to_owned();
        merge(
            &mut settings,
            json!({
                "identity": facts["identity"],
                "secrets": { "cookie": ["a cookie secret of today, long enough", old], "cipher": facts["secrets"]["cipher"] },
                "session": { "whoami": { "required_aal": "aal1" } },
                "watch-courier": false,
                "selfservice": {
                    "flows": { "recovery": { "enabled": true }, "login": { "after": { "password": { "hooks": [] } } } },
                    "methods": {
                        "totp": { "enabled": true }, "lookup_secret": { "enabled": true }, "code": { "enabled": true },
                        "passkey": { "enabled": true, "config": { "rp": rp } },
                        "webauthn": { "enabled": true, "config": { "rp": rp, "passwordless": false } },
                    },
                },
            }),
        );
        Ok(Self { facts, places, folder: TempDir::new()?, settings })
    }

    /// Twice: the second run has nothing to do.
    fn import(&self) -> anyhow::Result<()> {
        let file = self.folder.path().join("import.json");
        std::fs::write(&file, self.settings.to_string())?;
        let run = |more: &[&str]| -> anyhow::Result<(Value, Duration)> {
            let begun = Instant::now();
            let output = Command::new(binary::path("identity-service")?)
                .args(["import", "kratos", "--format", "json", "--from", text(&self.facts["dsn"]), "-c"])
                .arg(&file)
                .args(more)
                .env_clear()
                .output()?;
            ensure!(output.status.success(), "{}", String::from_utf8_lossy(&[output.stdout, output.stderr].concat()));
            Ok((serde_json::from_slice(&output.stdout)?, begun.elapsed()))
        };
        let (rehearsed, _) = run(&["--dry-run"])?;
        let (first, took) = run(&[])?;
        println!("{} in {took:?}", serde_json::to_string_pretty(&first)?);
        let all = &self.facts["count"];
        ensure!(&first["kinds"]["identities"]["imported"] == all, "all of {all}");
        ensure!(first["kinds"]["identities"] == rehearsed["kinds"]["identities"], "as in the rehearsal: {rehearsed}");
        ensure!(first["kinds"]["sessions"]["imported"] == rehearsed["kinds"]["sessions"]["imported"]);
        let (second, took) = run(&[])?;
        println!("again in {took:?}");
        ensure!(&second["kinds"]["identities"]["unchanged"] == all, "{second}");
        ensure!(second["kinds"]["sessions"]["unchanged"] == first["kinds"]["sessions"]["imported"], "{second}");
        Ok(())
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.places.identity())
    }

    async fn tokens_and_cookies(&self) -> anyhow::Result<()> {
        let client = integration_tests::person::plain_client()?;
        let whoami = |name: &'static str, value: String| client.get(self.url("/sessions/whoami")).header(name, value);
        for one in list(&self.facts, "tokens") {
            let answer = whoami("x-session-token", text(&one["token"]).to_owned()).send().await?;
            ensure!(answer.status() == 200, "{one}");
            let session: Value = answer.json().await?;
            ensure!(session["identity"]["id"] == one["identity"], "{one}");
        }
        for one in list(&self.facts, "cookies") {
            let answer = whoami("cookie", format!("ory_kratos_session={}", text(&one["cookie"]))).send().await?;
            ensure!(answer.status() == 200, "{one}");
            ensure!(answer.headers().contains_key("set-cookie"), "the browser gets a cookie of ours");
            let session: Value = answer.json().await?;
            ensure!(session["identity"]["id"] == one["identity"], "{one}");
            ensure!(session["authenticator_assurance_level"] == one["aal"], "{one}: {session}");
            ensure!(session["devices"][0]["user_agent"] == "a browser of the old days", "{session}");
        }
        for token in list(&self.facts, "ended") {
            let answer = whoami("x-session-token", text(token).to_owned()).send().await?;
            ensure!(answer.status() == 401, "it had ended");
        }
        Ok(())
    }

    /// Signs in by password in a browser.
    async fn signed_in(&self, who: &Value) -> anyhow::Result<Person> {
        let person = Person::new()?;
        let flow = person.call("GET", &self.url("/self-service/login/browser"), None).await?.expect(200)?;
        let fields = json!({"method": "password", "identifier": who["identifier"], "password": who["password"]});
        let answer = submit(&person, &flow, fields).await?;
        ensure!(matches!(answer.0, 200 | 422), "{who}: {answer:?}");
        Ok(person)
    }

    async fn passwords(&self) -> anyhow::Result<()> {
        for who in list(&self.facts, "passwords") {
            // Of the first hundred the first is disabled.
            let disabled = who["identifier"] == "person0@example.org";
            ensure!(self.signed_in(who).await.is_ok() != disabled, "{who}");
        }
        Ok(())
    }

    async fn factors(&self) -> anyhow::Result<()> {
        for who in list(&self.facts, "factors") {
            let code = totp::code(text(&who["totp"]), SystemClock.now())?;
            let tries = [
                (json!({"method": "totp", "totp_code": code}), 200),
                (json!({"method": "lookup_secret", "lookup_secret": who["codes"][0]}), 200),
                (json!({"method": "lookup_secret", "lookup_secret": who["spent"]}), 400),
            ];
            for (fields, expected) in tries {
                let person = self.signed_in(who).await?;
                let url = self.url("/self-service/login/browser?aal=aal2");
                let flow = person.call("GET", &url, None).await?.expect(200)?;
                let (status, body) = submit(&person, &flow, fields.clone()).await?;
                ensure!(status == expected, "{fields}: {status} {body}");
            }
        }
        let person = Person::new()?;
        let flow = person.call("GET", &self.url("/self-service/recovery/browser"), None).await?.expect(200)?;
        let fields = json!({"method": "code", "email": self.facts["recovery"]});
        ensure!(submit(&person, &flow, fields).await?.0 == 200);
        Ok(())
    }

    /// A passkey signs in by itself, a security key after the password.
    async fn keys(&self) -> anyhow::Result<()> {
        for key in list(&self.facts, "passkeys") {
            let person = Person::new()?;
            let flow = person.call("GET", &self.url("/self-service/login/browser"), None).await?.expect(200)?;
            let answer = authenticator::answer(key, authenticator::options(&flow, "passkey_challenge"))?;
            let (status, body) = submit(&person, &flow, json!({"method": "passkey", "passkey_login": answer})).await?;
            ensure!(status == 200 && body["session"]["identity"]["id"] == key["identity"], "{status} {body}");
        }
        for key in list(&self.facts, "security_keys") {
            let person = self.signed_in(key).await?;
            let url = self.url("/self-service/login/browser?aal=aal2");
            let flow = person.call("GET", &url, None).await?.expect(200)?;
            let answer = authenticator::answer(key, authenticator::options(&flow, "webauthn_login_trigger"))?;
            let fields = json!({"method": "webauthn", "identifier": key["identifier"], "webauthn_login": answer});
            let (status, body) = submit(&person, &flow, fields).await?;
            ensure!(status == 200 && body["session"]["authenticator_assurance_level"] == "aal2", "{status} {body}");
        }
        Ok(())
    }
}

/// Submits to a flow, with its CSRF token.
async fn submit(person: &Person, flow: &Value, mut fields: Value) -> anyhow::Result<(u16, Value)> {
    merge(&mut fields, json!({"csrf_token": node(flow, "csrf_token")["value"]}));
    let answer = person.call("POST", text(&flow["ui"]["action"]), Some(&fields)).await?;
    Ok((answer.status, answer.json()?))
}

/// The attributes of the first input of that name.
fn node<'a>(flow: &'a Value, name: &str) -> &'a Value {
    let nodes = flow["ui"]["nodes"].as_array().map(Vec::as_slice).unwrap_or_default();
    nodes.iter().map(|node| &node["attributes"]).find(|node| node["name"] == name).unwrap_or(&Value::Null)
}

/// A file the facts name.
fn file(facts: &Value, name: &str) -> PathBuf {
    PathBuf::from(text(&facts[name]))
}
