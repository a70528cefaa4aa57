//! What an operator meets: the files and environment of an ordinary Kratos or Hydra installation, a mistake in the
//! configuration, a busy port, a database nobody migrated, a polite stop.

use std::{
    io::Read as _,
    net::TcpListener,
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::Context as _;
use integration_tests::{
    binary::{self, Binary},
    person::plain_client,
    ports,
    settings::{Engine, Places, merge},
};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{block_on, on_both};

on_both!(a_polite_stop_is_quick_and_clean, a_database_nobody_migrated_is_refused);

/// A `kratos.yml` as the quick start of v0.13 has it, with ports of our own.
fn kratos_yml(folder: &Path, public: u16, admin: u16) -> String {
    include_str!("operator/kratos.yml")
        .replace("PUBLIC_PORT", &public.to_string())
        .replace("ADMIN_PORT", &admin.to_string())
        .replace("SCHEMA", &folder.join("identity.schema.json").display().to_string())
}

const SCHEMA: &str = r#"{
  "$id": "https://schemas.example/person.schema.json", "$schema": "http://json-schema.org/draft-07/schema#",
  "title": "Person", "type": "object",
  "properties": { "traits": { "type": "object", "additionalProperties": false, "required": ["email"], "properties": {
    "email": { "type": "string", "format": "email", "title": "E-Mail", "minLength": 3, "ory.sh/kratos": {
      "credentials": { "password": { "identifier": true } },
      "verification": { "via": "email" }, "recovery": { "via": "email" } } },
    "name": { "type": "object", "properties": {
      "first": { "title": "First Name", "type": "string" }, "last": { "title": "Last Name", "type": "string" } } }
  } } }
}"#;

/// A program with an environment of its own, ended with the value.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(name: &str, arguments: &[&str], env: &[(&str, String)]) -> anyhow::Result<Command> {
    let mut command = Command::new(binary::path(name)?);
    command.args(arguments).env_clear().envs(env.iter().map(|(name, value)| (name, value))).stdin(Stdio::null());
    Ok(command)
}

/// Runs to its end; everything it said.
fn run(name: &str, arguments: &[&str], env: &[(&str, String)]) -> anyhow::Result<(bool, String)> {
    let output = command(name, arguments, env)?.output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

async fn await_ready(program: &mut Program, port: u16) -> anyhow::Result<()> {
    let deadline = Instant::now() + Duration::from_secs(20);
    let client = plain_client()?;
    loop {
        if let Ok(answer) = client.get(format!("http://127.0.0.1:{port}/health/ready")).send().await
            && answer.status() == 200
        {
            return Ok(());
        }
        if let Some(status) = program.0.try_wait()? {
            let mut said = String::new();
            program.0.stderr.take().context("its complaints")?.read_to_string(&mut said)?;
            anyhow::bail!("it left with {status}: {said}");
        }
        anyhow::ensure!(Instant::now() < deadline, "not ready after 20 seconds");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[test]
fn a_kratos_quick_start_works_as_it_is() -> anyhow::Result<()> {
    block_on(async {
        let folder = TempDir::new()?;
        let (public, admin) = (ports::free()?, ports::free()?);
        std::fs::write(folder.path().join("identity.schema.json"), SCHEMA)?;
        let file = folder.path().join("kratos.yml");
        std::fs::write(&file, kratos_yml(folder.path(), public, admin))?;
        let file = file.to_str().context("a path")?;

        let env = [("DSN", format!("sqlite://{}?_fk=true&mode=rwc", folder.path().join("db.sqlite").display()))];
        let (migrated, said) = run("identity-service", &["-c", file, "migrate", "sql", "-e", "--yes"], &env)?;
        assert!(migrated, "{said}");
        let arguments = ["serve", "-c", file, "--dev", "--watch-courier"];
        let child =
            command("identity-service", &arguments, &env)?.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut program = Program(child);
        await_ready(&mut program, public).await?;

        let client = plain_client()?;
        let url = format!("http://127.0.0.1:{public}/self-service/login/browser");
        let answer = client.get(url).header("accept", "text/html").send().await?;
        let location = answer.headers()["location"].to_str()?.to_owned();
        assert_eq!(answer.status(), 303);
        assert!(location.starts_with("http://127.0.0.1:4455/login?flow="), "{location}");
        let created = client
            .post(format!("http://127.0.0.1:{admin}/identities"))
            .json(&json!({ "schema_id": "default", "traits": { "email": "a@example.org", "name": { "first": "A" } } }))
            .send()
            .await?;
        assert_eq!(created.status(), 201);
        Ok(())
    })
}

#[test]
fn a_hydra_quick_start_works_as_it_is() -> anyhow::Result<()> {
    block_on(async {
        let folder = TempDir::new()?;
        let (public, admin) = (ports::free()?, ports::free()?);
        let dsn = format!("sqlite://{}?_fk=true", folder.path().join("db.sqlite").display());
        let env = [
            ("DSN", dsn.clone()),
            ("URLS_SELF_ISSUER", format!("http://127.0.0.1:{public}/")),
            ("URLS_LOGIN", "http://127.0.0.1:3000/login".to_owned()),
            ("URLS_CONSENT", "http://127.0.0.1:3000/consent".to_owned()),
            ("SECRETS_SYSTEM", "youReallyNeedToChangeThis,an-older-one-that-still-opens".to_owned()),
            ("SERVE_PUBLIC_PORT", public.to_string()),
            ("SERVE_ADMIN_PORT", admin.to_string()),
            ("SERVE_COOKIES_SAME_SITE_MODE", "Lax".to_owned()),
            ("OIDC_SUBJECT_IDENTIFIERS_SUPPORTED_TYPES", "public,pairwise".to_owned()),
            ("OIDC_SUBJECT_IDENTIFIERS_PAIRWISE_SALT", "youReallyNeedToChangeThis".to_owned()),
        ];
        let (migrated, said) = run("oauth-service", &["migrate", "sql", "-e", "--yes", &dsn], &env)?;
        assert!(migrated, "{said}");
        let arguments = ["serve", "all", "--dev", "--sqa-opt-out"];
        let child = command("oauth-service", &arguments, &env)?.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?;
        let mut program = Program(child);
        await_ready(&mut program, public).await?;

        let endpoint = format!("http://127.0.0.1:{admin}");
        let arguments =
            ["create", "client", "--endpoint", &endpoint, "--grant-type", "client_credentials", "--format", "json"];
        let (created, said) = run("oauth-service", &arguments, &[])?;
        assert!(created, "{said}");
        let client: serde_json::Value = serde_json::from_str(&said).with_context(|| said.clone())?;
        let endpoint = format!("http://127.0.0.1:{public}");
        let text = |name: &str| client[name].as_str().context("a text");
        let arguments = [
            "perform",
            "client-credentials",
            "--endpoint",
            &endpoint,
            "--client-id",
            text("client_id")?,
            "--client-secret",
            text("client_secret")?,
            "--format",
            "json",
        ];
        let (performed, said) = run("oauth-service", &arguments, &[])?;
        assert!(performed && said.contains("access_token"), "{said}");
        Ok(())
    })
}

/// Starts each service on a wrong file; all of these places are named in one answer.
fn assert_named(name: &str, verbs: &[&str], wrong: &str, places: &[&str]) -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let file = folder.path().join("wrong.yml");
    std::fs::write(&file, wrong)?;
    let arguments: Vec<&str> = verbs.iter().copied().chain(["-c", file.to_str().context("a path")?]).collect();
    let (accepted, said) = run(name, &arguments, &[])?;
    assert!(!accepted);
    for place in places {
        assert!(said.contains(place), "{place} is not named in:\n{said}");
    }
    Ok(())
}

#[test]
fn mistakes_in_the_configuration_are_named_together() -> anyhow::Result<()> {
    let wrong =
        "serve: { public: { port: many, colour: green } }\nselfservice: { flows: { login: { lifespan: soon } } }\n";
    let places = ["serve.public.port", "serve.public.colour", "selfservice.flows.login.lifespan"];
    assert_named("identity-service", &["serve"], wrong, &places)?;
    let wrong = "dsn: mysql://a\nsession: { whoami: { required_aal: aal9 } }\nidentity: { default_schema_id: nobody, schemas: [{ id: a, url: b }] }\n";
    assert_named(
        "identity-service",
        &["serve"],
        wrong,
        &["dsn", "session.whoami.required_aal", "identity.default_schema_id"],
    )?;
    let wrong = "serve: { admin: { port: [] } }\nttl: { access_token: 15x }\noauth2: { pkce: { forced: true } }\n";
    assert_named(
        "oauth-service",
        &["serve", "all"],
        wrong,
        &["serve.admin.port", "ttl.access_token", "oauth2.pkce.forced"],
    )?;
    let wrong = "dsn: oracle://a\nstrategies: { access_token: paper }\noauth2: { access_token_alg: HS1 }\n";
    assert_named(
        "oauth-service",
        &["serve", "all"],
        wrong,
        &["dsn", "strategies.access_token", "oauth2.access_token_alg"],
    )
}

#[test]
fn a_busy_port_is_one_clear_line() -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let places = Places::draw()?;
    for (name, arguments, port, settings) in [
        (
            "identity-service",
            ["serve", "-c"].as_slice(),
            places.identity_public,
            places.identity_settings("memory", None),
        ),
        ("oauth-service", ["serve", "all", "-c"].as_slice(), places.oauth_public, places.oauth_settings("memory")),
    ] {
        let occupied = TcpListener::bind(("127.0.0.1", port))?;
        let file = folder.path().join(format!("{name}.json"));
        std::fs::write(&file, settings.to_string())?;
        let arguments: Vec<&str> = arguments.iter().copied().chain([file.to_str().context("a path")?]).collect();
        let (accepted, said) = run(name, &arguments, &[])?;
        assert!(!accepted);
        let lines: Vec<&str> = said.lines().filter(|line| line.contains(&port.to_string())).collect();
        assert_eq!(lines.len(), 1, "{said}");
        drop(occupied);
    }
    Ok(())
}

async fn a_database_nobody_migrated_is_refused(engine: Engine) -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let places = Places::draw()?;
    for (name, arguments) in
        [("identity-service", ["serve", "-c"].as_slice()), ("oauth-service", ["serve", "all", "-c"].as_slice())]
    {
        let Some(database) = engine.database() else { return Ok(()) };
        let mut settings = match name {
            "identity-service" => places.identity_settings(&database.dsn(), None),
            _ => places.oauth_settings(&database.dsn()),
        };
        merge(&mut settings, json!({ "auto_migrate": false }));
        let file = folder.path().join(format!("{name}.json"));
        std::fs::write(&file, settings.to_string())?;
        let arguments: Vec<&str> = arguments.iter().copied().chain([file.to_str().context("a path")?]).collect();
        let (accepted, said) = run(name, &arguments, &[])?;
        assert!(!accepted && said.contains("migrate sql"), "{said}");
    }
    Ok(())
}

async fn a_polite_stop_is_quick_and_clean(engine: Engine) -> anyhow::Result<()> {
    let folder = TempDir::new()?;
    let places = Places::draw()?;
    let (Some(of_identity), Some(of_oauth)) = (engine.database(), engine.database()) else { return Ok(()) };
    let identity = places.identity_settings(&of_identity.dsn(), None);
    let oauth = places.oauth_settings(&of_oauth.dsn());
    for (name, arguments, settings, port) in [
        ("identity-service", ["serve"].as_slice(), identity, places.identity_public),
        ("oauth-service", ["serve", "all"].as_slice(), oauth, places.oauth_public),
    ] {
        let mut binary = Binary::start(name, arguments, &settings, folder.path(), port).await?;
        let (status, took) = binary.terminate()?;
        assert!(status.success(), "{name}: {status}");
        assert!(took < Duration::from_secs(5), "{name} took {took:?} to leave");
    }
    Ok(())
}
