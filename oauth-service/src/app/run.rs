//! The listeners of a running service, the tasks beside them, and how both stop.

use std::sync::Arc;

use anyhow::Context as _;
use shared_types::http::{server::tls, unix::Socket};
use tokio::{sync::watch, task::JoinHandle};
use url::Url;

use super::{
    Cx, Env, Listeners,
    reload::{self, Source},
};
use crate::{
    config::{BoundPorts, Listener},
    housekeeping,
    http::routes::{self, Door, Serving},
};

/// A service that answers.
pub struct Running {
    /// What the public listener is reached at from this machine.
    pub public_url: Url,
    /// What the admin listener is reached at from this machine.
    pub admin_url: Url,
    servers: Vec<(Serving, JoinHandle<std::io::Result<()>>)>,
    tasks: Vec<JoinHandle<()>>,
    stop: watch::Sender<bool>,
    env: Arc<Env>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running")
            .field("public", &self.public_url.as_str())
            .field("admin", &self.admin_url.as_str())
            .finish_non_exhaustive()
    }
}

impl Running {
    /// From now on the configuration follows its files.
    pub fn follow(&mut self, source: Source) {
        if let Some(public) = self.public_url.port_or_known_default() {
            let (env, stopped) = (Arc::clone(&self.env), self.stop.subscribe());
            self.tasks.push(tokio::spawn(reload::follow(source, env, BoundPorts { public }, stopped)));
        }
    }

    /// Lets requests under way finish, then ends everything.
    pub async fn stop(self) {
        let _ = self.stop.send(true);
        for (serving, server) in self.servers {
            serving.stop().await;
            let _ = server.await;
        }
        for task in self.tasks {
            let _ = task.await;
        }
    }

    /// Waits until the listeners end by themselves.
    pub async fn wait(&mut self) {
        for (_, server) in &mut self.servers {
            let _ = server.await;
        }
    }
}

/// A listener that is bound and not yet answering.
struct Bound {
    door: Door,
    socket: Socket,
    url: Url,
}

/// Binds the listeners and starts answering.
pub(super) async fn start(mut env: Env, which: Listeners) -> anyhow::Result<Running> {
    let serve = env.config.serve.clone();
    let public = open(Door::Public, &serve.public, which != Listeners::Admin)?;
    let admin = open(Door::Admin, &serve.admin, which != Listeners::Public)?;
    let url_of = |bound: &Option<Bound>, listener: &Listener| {
        bound.as_ref().map_or_else(|| listener.own_url(listener.listen.port, false), |bound| bound.url.clone())
    };
    let (public_url, admin_url) = (url_of(&public, &serve.public), url_of(&admin, &serve.admin));
    if let Some(port) = public_url.port_or_known_default() {
        let config = env.config.with_bound_ports(BoundPorts { public: port })?;
        env.live.put(env.live.now().under(config.clone())?);
        env.config = Arc::new(config);
    }
    let env = Arc::new(env);
    let cx = Cx::begin(&env, Arc::from("start"));
    env.keys.check(&cx).await.context(
        "the stored signing keys cannot be used; `oauth-service doctor` says which secret is missing from secrets.system",
    )?;
    let mut servers = Vec::new();
    for bound in [public, admin].into_iter().flatten() {
        let listener = match bound.door {
            Door::Public => &serve.public,
            Door::Admin => &serve.admin,
        };
        let acceptor = listener.listen.tls.as_ref().map(|options| tls(bound.door.name(), options)).transpose()?;
        let url = bound.url.clone();
        let (serving, server, file) =
            routes::serve(&env, bound.door, bound.socket, acceptor).context("the listener cannot start")?;
        servers.push((
            serving,
            tokio::spawn(async move {
                let ended = server.await;
                drop(file);
                ended
            }),
        ));
        let socket = listener.socket.as_ref().map(|socket| socket.path.display().to_string());
        tracing::info!(listener = bound.door.name(), url = url.as_str(), socket, "listening");
    }
    let (stop, stopped) = watch::channel(false);
    let tasks = vec![
        tokio::spawn(housekeeping::run(Arc::clone(&env), stopped)),
        tokio::spawn(housekeeping::prepare_keys(Arc::clone(&env))),
    ];
    Ok(Running { public_url, admin_url, servers, tasks, stop, env })
}

fn open(door: Door, listener: &Listener, wanted: bool) -> anyhow::Result<Option<Bound>> {
    if !wanted {
        return Ok(None);
    }
    let socket = Socket::open(door.name(), &listener.listen, listener.socket.as_ref())?;
    let port = socket.port()?.unwrap_or(listener.listen.port);
    Ok(Some(Bound { door, url: listener.own_url(port, false), socket }))
}
