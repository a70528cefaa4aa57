//! The service put together: what is made once (`Env`), what one request may use (`Cx`), the listeners, and the tasks
//! beside them.

mod live;
mod reload;
mod run;

use std::{collections::BTreeMap, ops::Deref, path::PathBuf, sync::Arc};

use anyhow::Context as _;
use shared_types::{
    audit::Events,
    db::{AnyConn, Db, DbOptions, Error as DbError, migrate},
    entropy::{Entropy, SystemEntropy},
    http::{client::HttpClient, metrics::Metrics},
    id::IdentityId,
    import::Report,
    time::{Clock, SystemClock, Time},
};

use tokio::sync::watch;
use tokio_util::task::TaskTracker;

pub(crate) use self::live::Live;
pub use self::{reload::Source, run::Running};
use crate::{
    audit,
    config::{Config, Secrets},
    courier,
    figures::Figures,
    hash::Hasher,
    http::server::{self, Served},
    identity::{schema::Schemas, vault},
    jsonnet::{Jsonnet, Library},
    kratos,
    limit::Limits,
    outbox,
    peer::{breaches::Breaches, oidc::Directory},
    session::{tokenize::Tokenizers, verify::Sessions},
    store::{self, kratos::Kratos},
    ui::{page::OwnPages, words::Catalogues},
};

/// What a service cannot make itself: the present, chance, and itself once more. Tests put their own here.
#[derive(Clone)]
pub struct Seams {
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// Random bytes.
    pub entropy: Arc<dyn Entropy>,
    /// The program of this service: further runs of it evaluate Jsonnet. The program of a test is another one.
    pub program: PathBuf,
    /// What outgoing requests go through; what the configuration says when there is nothing.
    pub http: Option<HttpClient>,
}

impl Default for Seams {
    fn default() -> Self {
        Self { clock: Arc::new(SystemClock), entropy: Arc::new(SystemEntropy), program: own_program(), http: None }
    }
}

/// What this process runs. On Linux by a name that means the same though the file should be replaced meanwhile.
fn own_program() -> PathBuf {
    if cfg!(target_os = "linux") {
        return PathBuf::from("/proc/self/exe");
    }
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("identity-service"))
}

impl std::fmt::Debug for Seams {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Seams(..)")
    }
}

/// What is made once and used by every request. Cloning shares everything.
#[derive(Clone)]
pub(crate) struct Env {
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) entropy: Arc<dyn Entropy>,
    pub(crate) config: Arc<Config>,
    pub(crate) db: Db,
    /// Outgoing HTTP; guarded as configured.
    pub(crate) http: HttpClient,
    /// HTTP to oauth-service's admin API, which may well live at a private address.
    pub(crate) peer: HttpClient,
    pub(crate) limits: Arc<Limits>,
    pub(crate) hasher: Hasher,
    pub(crate) schemas: Arc<Schemas>,
    pub(crate) jsonnet: Jsonnet,
    pub(crate) tokenizers: Arc<Tokenizers>,
    /// The Jsonnet the configuration names.
    pub(crate) snippets: Arc<Library>,
    /// What is known of breached passwords.
    pub(crate) breaches: Arc<Breaches>,
    /// Work beside answers, such as web hooks nobody waits for.
    pub(crate) background: TaskTracker,
    /// What is known of the providers people sign in at.
    pub(crate) directory: Arc<Directory>,
    pub(crate) secrets: Arc<Secrets>,
    pub(crate) sessions: Sessions,
    /// Rung when a mail was queued.
    pub(crate) mail_bell: courier::Bell,
    /// The operator's templates for pages.
    pub(crate) own_pages: Arc<OwnPages>,
    /// The operator's texts for messages.
    pub(crate) wordings: Arc<courier::Wordings>,
    /// The languages of our pages.
    pub(crate) catalogues: Arc<Catalogues>,
    /// What became of messages.
    pub(crate) courier_figures: courier::Figures,
    /// Rung when the OAuth2 provider is to be told something.
    pub(crate) outbox_bell: outbox::Bell,
    /// What this replica has counted, over time.
    pub(crate) figures: Arc<Figures>,
}

/// What the configuration names by URL, read.
struct Read {
    schemas: Schemas,
    tokenizers: Tokenizers,
    snippets: Library,
    wordings: courier::Wordings,
    own_pages: OwnPages,
    catalogues: Catalogues,
}

impl Read {
    async fn of(config: &Config, http: &HttpClient, now: Time) -> anyhow::Result<Self> {
        Ok(Self {
            schemas: Schemas::load(&config.identity, http).await?,
            tokenizers: Tokenizers::load(&config.session.tokenizers, http, now).await?,
            snippets: Library::open(config.snippets(), http, now).await?,
            wordings: courier::Wordings::open(&config.courier, http, now).await?,
            own_pages: OwnPages::open(config)?,
            catalogues: Catalogues::open(&config.i18n)?,
        })
    }
}

fn outgoing(config: &Config) -> anyhow::Result<HttpClient> {
    Ok(HttpClient::guarded(config.http_guard.clone())?)
}

fn hasher(config: &Config, entropy: &Arc<dyn Entropy>) -> anyhow::Result<Hasher> {
    Ok(Hasher::start(&config.hashers, Arc::clone(entropy))?)
}

/// What one request may use. Its present stands still.
#[derive(Clone)]
pub(crate) struct Cx {
    env: Arc<Env>,
    pub(crate) now: Time,
    /// For logs and outgoing calls.
    pub(crate) request_id: Arc<str>,
    /// The headers of the request that other systems may be told of.
    pub(crate) request_headers: Arc<BTreeMap<String, Vec<String>>>,
    /// The operator who acts on somebody else's account.
    actor: Option<IdentityId>,
}

impl Cx {
    /// The context of a request that begins now.
    pub(crate) fn begin(env: &Arc<Env>, request_id: Arc<str>) -> Self {
        Self { now: env.clock.now(), env: Arc::clone(env), request_id, request_headers: Arc::default(), actor: None }
    }

    /// The same context for what an operator does.
    pub(crate) const fn acting(mut self, operator: IdentityId) -> Self {
        self.actor = Some(operator);
        self
    }

    /// Who acts, for the log; absent where people act for themselves, and programs by the admin API.
    pub(crate) fn actor(&self) -> Option<tracing::field::DisplayValue<IdentityId>> {
        self.actor.map(tracing::field::display)
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
    metrics: Metrics,
}

impl std::fmt::Debug for App {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("App(..)")
    }
}

impl App {
    /// Opens the database, checks its schema, and loads what requests need.
    pub async fn build(config: Config, seams: Seams) -> anyhow::Result<Self> {
        let db = Db::open(&config.dsn, DbOptions { pool_size: config.pool_size })
            .context("the database cannot be opened")?;
        let auto_migrate = config.auto_migrate;
        // A read has no transaction around it: migrations bring their own, and a lock that must outlive them.
        db.read(move |conn| check_schema(conn, auto_migrate)).await?;
        let http = seams.http.map_or_else(|| outgoing(&config), Ok)?;
        let read = Read::of(&config, &http, seams.clock.now()).await?;
        let metrics = Metrics::new("identity-service", env!("CARGO_PKG_VERSION"))?;
        let secrets = Arc::new(config.secrets.keys(&*seams.entropy));
        vault::tell_of_unreadable(&db, &secrets.ciphers).await;
        let env = Env {
            sessions: Sessions::new(&db, &secrets.digester),
            mail_bell: courier::Bell::default(),
            wordings: Arc::new(read.wordings),
            own_pages: Arc::new(read.own_pages),
            catalogues: Arc::new(read.catalogues),
            courier_figures: courier::Figures::new(&metrics)?,
            outbox_bell: outbox::Bell::default(),
            figures: Arc::new(Figures::new(&metrics)?),
            limits: Arc::new(Limits::new(&config.rate_limit)),
            hasher: hasher(&config, &seams.entropy)?,
            clock: seams.clock,
            entropy: seams.entropy,
            db,
            http,
            peer: HttpClient::trusted()?,
            schemas: Arc::new(read.schemas),
            jsonnet: Jsonnet::new(seams.program),
            tokenizers: Arc::new(read.tokenizers),
            snippets: Arc::new(read.snippets),
            breaches: Arc::default(),
            directory: Arc::new(Directory::new(&config.selfservice.methods.oidc)),
            background: TaskTracker::new(),
            secrets,
            config: Arc::new(config),
        };
        Ok(Self { env, metrics })
    }

    /// Sends queued messages until `stop` is done; nothing listens but, when asked for, a port with figures. `false`: there
    /// is no way to send anything.
    pub async fn watch_courier(
        self,
        stop: impl Future<Output = ()>,
        metrics_port: Option<u16>,
        events: Option<Events>,
    ) -> anyhow::Result<bool> {
        let (_place, live) = Live::place(self.env);
        let env = live.now();
        let Some(worker) = courier::Worker::new(&env)? else { return Ok(false) };
        let figures = metrics_port.map(|port| server::figures(port, &live, &self.metrics)).transpose()?;
        let handle = figures.map(|Served { server, handle, .. }| {
            tokio::spawn(server);
            handle
        });
        let closing = watch::Sender::new(false);
        let kept = events.map(|events| tokio::spawn(audit::run(live.clone(), events, closing.subscribe())));
        worker.run(stop).await;
        let _ = closing.send(true);
        if let Some(kept) = kept {
            let _ = kept.await;
        }
        if let Some(handle) = handle {
            handle.stop(true).await;
        }
        env.jsonnet.stop();
        Ok(true)
    }

    /// Moves in from a database of Kratos; what became of everything there.
    pub(crate) async fn import_kratos(self, from: &mut Kratos, options: &kratos::Options) -> anyhow::Result<Report> {
        let cx = Cx::begin(&Arc::new(self.env), "import".into());
        Ok(kratos::run(&cx, from, options).await?)
    }

    /// Binds the listeners and starts answering.
    #[expect(clippy::unused_async, reason = "callers start both services alike, and the listeners need their runtime")]
    pub async fn start(self) -> anyhow::Result<Running> {
        run::start(self.env, &self.metrics)
    }
}

#[cfg(test)]
impl App {
    /// What it is made of, for tests of parts that need no listener.
    pub(crate) fn into_env(self) -> Arc<Env> {
        Arc::new(self.env)
    }
}

/// Why the schema of a database keeps the service from starting.
#[derive(Debug, thiserror::Error)]
enum SchemaError {
    #[error(
        "the database schema is {0} migrations behind: run `identity-service migrate sql -e --yes`, or start with --auto-migrate"
    )]
    Behind(usize),
    #[error("the database was migrated by a newer version of this service ({0})")]
    Ahead(String),
    #[error(transparent)]
    Db(#[from] DbError),
}

fn check_schema(conn: &mut AnyConn, auto_migrate: bool) -> Result<(), SchemaError> {
    if auto_migrate {
        migrate::run(conn, store::MIGRATIONS)?;
    }
    let pending = migrate::pending(conn, store::MIGRATIONS)?;
    if !pending.is_empty() {
        return Err(SchemaError::Behind(pending.len()));
    }
    match migrate::unknown(conn, store::MIGRATIONS)?.pop() {
        Some(version) => Err(SchemaError::Ahead(version)),
        None => Ok(()),
    }
}
