//! What is under load: both services as release binaries on databases of their own, or another system's addresses.

use std::time::Duration;

use anyhow::Context as _;
use integration_tests::{
    binary::Binary,
    person::{self, Answer},
    settings::{Engine, Places, loopback, merge},
};
use serde_json::{Value, json};
use shared_types::testing::{POSTGRES_URL, TempDatabase};
use tempfile::TempDir;

use crate::arguments::Elsewhere;

/// Two services and how to speak to them.
pub(crate) struct System {
    pub(crate) name: String,
    pub(crate) at: Elsewhere,
    http: reqwest::Client,
    running: Option<Running>,
}

struct Running {
    engine: Engine,
    identity: Binary,
    oauth: Binary,
    places: Places,
    oauth_settings: Value,
    folder: TempDir,
    _databases: [TempDatabase; 2],
}

/// An oauth-service beside the others, on a database of its own.
pub(crate) struct Signer {
    pub(crate) system: System,
    _binary: Binary,
    _database: TempDatabase,
}

impl System {
    pub(crate) fn elsewhere(at: Elsewhere) -> anyhow::Result<Self> {
        Ok(Self { name: "target".to_owned(), at, http: person::plain_client()?, running: None })
    }

    /// Starts both services on this engine; `None` where it is not to be had.
    pub(crate) async fn start(engine: Engine) -> anyhow::Result<Option<Self>> {
        let (Some(of_identity), Some(of_oauth)) = (database(engine), database(engine)) else {
            return Ok(None);
        };
        let places = Places::draw()?;
        let folder = TempDir::new()?;
        let mut identity = places.identity_settings(&of_identity.dsn(), None);
        merge(
            &mut identity,
            json!({
                "hashers": { "bcrypt": { "cost": 12 } },
                "watch-courier": false,
                "selfservice": { "flows": { "login": { "after": null }, "registration": { "after": null } } },
            }),
        );
        let mut oauth = places.oauth_settings(&of_oauth.dsn());
        // The subjects of these profiles are nobody's; the hook has a profile of its own.
        merge(&mut oauth, json!({ "oauth2": { "refresh_token_hook": null } }));
        let running = Running {
            engine,
            identity: Binary::start("identity-service", &["serve"], &identity, folder.path(), places.identity_public)
                .await?,
            oauth: Binary::start("oauth-service", &["serve", "all"], &oauth, folder.path(), places.oauth_public)
                .await?,
            oauth_settings: oauth,
            folder,
            _databases: [of_identity, of_oauth],
            places: places.clone(),
        };
        let at = Elsewhere {
            oauth_public: places.oauth(),
            oauth_admin: loopback(places.oauth_admin),
            identity_public: places.identity(),
            identity_admin: loopback(places.identity_admin),
            oauth_key: places.oauth_key.clone(),
            identity_key: places.identity_key.clone(),
        };
        let name = format!("{engine:?}").to_lowercase();
        Ok(Some(Self { name, at, http: person::plain_client()?, running: Some(running) }))
    }

    /// Name, resident bytes and time to readiness of each service.
    pub(crate) fn state(&self) -> Vec<(&'static str, u64, Duration)> {
        self.running
            .iter()
            .flat_map(|running| {
                [("identity-service", &running.identity), ("oauth-service", &running.oauth)]
                    .map(|(name, binary)| (name, binary.resident(), binary.started_in))
            })
            .collect()
    }

    /// The database of oauth-service.
    pub(crate) fn oauth_database(&self) -> anyhow::Result<(Engine, String)> {
        let running = self.running.as_ref().context("only on services started here")?;
        let dsn = running.oauth_settings["dsn"].as_str().context("a dsn")?;
        Ok((running.engine, dsn.to_owned()))
    }

    /// A second oauth-service on the same database that asks identity-service for claims at every refresh, and where it is.
    pub(crate) async fn with_claims_hook(&self) -> anyhow::Result<(Binary, Places)> {
        let running = self.running.as_ref().context("only on services started here")?;
        let mut places = running.places.clone();
        let fresh = Places::draw()?;
        (places.oauth_public, places.oauth_admin) = (fresh.oauth_public, fresh.oauth_admin);
        let mut settings = places.oauth_settings("");
        merge(&mut settings, json!({ "dsn": running.oauth_settings["dsn"] }));
        let folder = running.folder.path().join("hook");
        std::fs::create_dir_all(&folder)?;
        let binary = Binary::start("oauth-service", &["serve", "all"], &settings, &folder, places.oauth_public).await?;
        Ok((binary, places))
    }

    /// An oauth-service that signs access tokens with this algorithm; `None` for a system that was not started here.
    pub(crate) async fn signing_with(&self, alg: &str) -> anyhow::Result<Option<Signer>> {
        let Some(running) = &self.running else { return Ok(None) };
        let database = database(running.engine).context("a database")?;
        let places = Places::draw()?;
        let mut settings = places.oauth_settings(&database.dsn());
        merge(&mut settings, json!({ "oauth2": { "access_token_alg": alg, "refresh_token_hook": null } }));
        let folder = running.folder.path().join(alg);
        std::fs::create_dir_all(&folder)?;
        let binary = Binary::start("oauth-service", &["serve", "all"], &settings, &folder, places.oauth_public).await?;
        let at = Elsewhere {
            oauth_public: places.oauth(),
            oauth_admin: loopback(places.oauth_admin),
            oauth_key: places.oauth_key.clone(),
            ..self.at.clone()
        };
        let system = Self { name: self.name.clone(), at, http: self.http.clone(), running: None };
        Ok(Some(Signer { system, _binary: binary, _database: database }))
    }

    pub(crate) async fn oauth_admin(&self, method: &str, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.call(method, &format!("{}{path}", self.at.oauth_admin), &self.at.oauth_key, body).await
    }

    pub(crate) async fn identity_admin(&self, method: &str, path: &str, body: &Value) -> anyhow::Result<Answer> {
        self.call(method, &format!("{}{path}", self.at.identity_admin), &self.at.identity_key, body).await
    }

    async fn call(&self, method: &str, url: &str, key: &str, body: &Value) -> anyhow::Result<Answer> {
        let mut request = self.http.request(method.parse()?, url).json(body);
        if !key.is_empty() {
            request = request.bearer_auth(key);
        }
        Answer::read(request.send().await?).await
    }

    /// A client of the OAuth2 profiles.
    pub(crate) async fn client(&self, fields: Value) -> anyhow::Result<Value> {
        self.oauth_admin("POST", "/admin/clients", &fields).await?.expect(201)
    }
}

/// The load server keeps its promises (`fsync`), unlike the tests' one, so it has a name of its own.
fn database(engine: Engine) -> Option<TempDatabase> {
    if engine == Engine::Postgres {
        let server = std::env::var("PORTICO_BENCH_POSTGRES_URL").or_else(|_| std::env::var(POSTGRES_URL)).ok()?;
        return Some(TempDatabase::postgres_on(&server));
    }
    engine.database()
}
