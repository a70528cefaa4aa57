//! The service put together: what is made once (`Env`), what one request may use (`Cx`), the listeners, and the tasks
//! beside them.

mod live;
mod reload;
mod run;

use std::{ops::Deref, sync::Arc};

use anyhow::Context as _;
use shared_types::{
    db::{AnyConn, Coalescer, Db, DbOptions, Error as DbError, migrate},
    entropy::{Entropy, SystemEntropy},
    http::{
        client::HttpClient,
        limit::Quotas,
        metrics::{Counter, Metrics},
    },
    page::PageTokens,
    seal::Sealer,
    secret::Digester,
    time::{Clock, SystemClock, Time},
};

use self::live::{Live, Present};
pub use self::{reload::Source, run::Running};
use crate::{
    client::{ClientCache, ClientKeys, SecretChecks},
    config::Config,
    housekeeping,
    key::Keys,
    store::{
        self,
        used_nonces::{Nonce, spend_many},
    },
    token::{Tokens, imported::Imported},
};

/// What a service cannot make itself: the present and chance. Tests put their own here.
#[derive(Clone)]
pub struct Seams {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
}

impl Default for Seams {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy) }
    }
}

impl std::fmt::Debug for Seams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seams(..)")
    }
}

/// Which listeners to open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listeners {
    /// Both.
    All,
    /// The one browsers and clients reach.
    Public,
    /// The one operators and the login provider reach.
    Admin,
}

/// What is made once and used by every request.
pub(crate) struct Env {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    /// The configuration the service started with: for what is opened once.
    pub(crate) config: Arc<Config>,
    /// The configuration as it is now, and what follows it.
    pub(crate) live: Live,
    pub(crate) db: Db,
    /// Outgoing HTTP to the identity provider an operator named, which may well live at a private address.
    pub(crate) peer: HttpClient,
    /// Challenges, keys and claims at rest: `secrets.system`.
    pub(crate) sealer: Sealer,
    /// Cookies: `secrets.cookie`.
    pub(crate) cookie_sealer: Sealer,
    /// Codes and tokens at rest.
    pub(crate) digester: Digester,
    pub(crate) pages: PageTokens,
    pub(crate) clients: ClientCache,
    pub(crate) client_keys: ClientKeys,
    pub(crate) secret_checks: SecretChecks,
    pub(crate) keys: Keys,
    pub(crate) tokens: Tokens,
    /// What comes once, such as proofs and assertions; concurrent marks share a statement.
    pub(crate) nonces: Coalescer<Nonce, ()>,
    /// What checks the tokens of the server whose data came here.
    pub(crate) imported: Imported,
    pub(crate) metrics: Metrics,
    /// Answers with tokens, by grant.
    pub(crate) granted: Counter,
}

/// What one request may use. Its present stands still.
#[derive(Clone)]
pub(crate) struct Cx {
    env: Arc<Env>,
    /// As it was when the request began.
    pub(crate) config: Arc<Config>,
    /// Outgoing HTTP; guarded as configured.
    pub(crate) http: HttpClient,
    pub(crate) limits: Arc<Quotas>,
    pub(crate) now: Time,
    /// For logs and outgoing calls.
    pub(crate) request_id: Arc<str>,
}

impl Cx {
    /// The context of a request that begins now.
    pub(crate) fn begin(env: &Arc<Env>, request_id: Arc<str>) -> Self {
        let Present { config, http, limits } = env.live.now();
        Self { config, http, limits, now: env.clock.now(), env: Arc::clone(env), request_id }
    }
}

impl Deref for Cx {
    type Target = Env;

    fn deref(&self) -> &Env {
        &self.env
    }
}

/// A service that is ready to listen.
pub struct App {
    env: Env,
    listeners: Listeners,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App(..)")
    }
}

impl App {
    /// Opens the database, checks its schema, and makes what requests need.
    pub async fn build(mut config: Config, seams: Seams) -> anyhow::Result<Self> {
        let options = DbOptions { pool_size: config.database.pool_size };
        let db = Db::open(&config.database.dsn, options).context("the database cannot be opened")?;
        let auto_migrate = config.auto_migrate;
        // Not a write: migrating holds a lock beyond its own commits.
        db.read(move |conn| check_schema(conn, auto_migrate)).await?;
        config.secrets.complete(&*seams.entropy);
        let secrets = &config.secrets;
        let metrics = Metrics::new("oauth-service", env!("CARGO_PKG_VERSION"))?;
        let env = Env {
            peer: HttpClient::trusted()?,
            sealer: Sealer::new(&secrets.system),
            cookie_sealer: Sealer::new(&secrets.cookie),
            digester: Digester::new(&secrets.system),
            pages: PageTokens::new(Sealer::new(&secrets.pagination)),
            clients: ClientCache::default(),
            client_keys: ClientKeys::default(),
            secret_checks: SecretChecks::new(&*seams.entropy),
            keys: Keys::default(),
            tokens: Tokens::new(&db),
            nonces: Coalescer::write(&db, 256, spend_many),
            granted: metrics.counter("oauth2_grants_total", "Answers with tokens, by grant", &["grant_type"])?,
            imported: Imported::default(),
            metrics,
            clock: seams.clock,
            entropy: seams.entropy,
            db,
            live: Live::new(Present::of(config.clone())?),
            config: Arc::new(config),
        };
        Ok(Self { env, listeners: Listeners::All })
    }

    /// Chooses the listeners to open; both unless said otherwise.
    #[must_use]
    pub fn listen(self, listeners: Listeners) -> Self {
        Self { listeners, ..self }
    }

    /// One round of what a running service does every minute: expired rows go, keys that are due are followed by new ones.
    pub async fn housekeep(self) -> anyhow::Result<()> {
        housekeeping::once(&Arc::new(self.env)).await
    }

    /// What one command may use, as a request would.
    pub(crate) fn into_cx(self) -> Cx {
        Cx::begin(&Arc::new(self.env), Arc::from(""))
    }

    /// The inside, for tests of what runs without a listener.
    #[cfg(test)]
    pub(crate) fn into_env(self) -> Arc<Env> {
        Arc::new(self.env)
    }

    /// Binds the listeners and starts answering.
    pub async fn start(self) -> anyhow::Result<Running> {
        run::start(self.env, self.listeners).await
    }
}

/// Why the schema of a database keeps the service from starting.
#[derive(Debug, thiserror::Error)]
enum SchemaError {
    #[error(
        "the database schema is {0} migrations behind: run `oauth-service migrate sql -e --yes`, or start with --auto-migrate"
    )]
    Behind(usize),
    #[error("the database was migrated by a newer version of this service ({0})")]
    Ahead(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

fn check_schema(conn: &mut AnyConn, auto_migrate: bool) -> Result<(), SchemaError> {
    let migrated = if auto_migrate { migrate::run(conn, store::MIGRATIONS).map(drop) } else { Ok(()) };
    let pending = migrate::pending(conn, store::MIGRATIONS)?;
    // On SQLite another process may have been faster: its work is as good as ours.
    if !pending.is_empty() {
        migrated?;
    }
    if !pending.is_empty() {
        return Err(SchemaError::Behind(pending.len()));
    }
    match migrate::unknown(conn, store::MIGRATIONS)?.pop() {
        Some(version) => Err(SchemaError::Ahead(version)),
        None => Ok(()),
    }
}
