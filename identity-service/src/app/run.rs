//! A running service: two listeners and the tasks beside them, stopped together.

use std::{future::Future, sync::Arc, time::Duration};

use shared_types::{audit::Events, http::metrics::Metrics};
use tokio::{sync::watch, task::JoinHandle};
use tokio_util::task::TaskTracker;
use url::Url;

use super::{
    Env, Live,
    reload::{self, Source},
};
use crate::{
    audit,
    config::BoundPorts,
    courier, figures, housekeeping,
    http::server::{self, Handle, Served},
    jsonnet::Jsonnet,
    outbox,
};

/// How long work beside answers is waited for at the end.
const LAST_WORK: Duration = Duration::from_secs(10);

/// A service that answers requests.
pub struct Running {
    /// Where the public API is reached.
    pub public_url: Url,
    /// Where the admin API is reached.
    pub admin_url: Url,
    handles: Vec<Handle>,
    servers: Vec<JoinHandle<std::io::Result<()>>>,
    tasks: Vec<JoinHandle<()>>,
    /// The courier ends the mail in hand after this.
    stopping: watch::Sender<bool>,
    /// Nothing more will happen that could be noted.
    closing: watch::Sender<bool>,
    jsonnet: Jsonnet,
    live: Live,
    place: watch::Sender<Arc<Env>>,
    ports: BoundPorts,
    /// Work beside answers; it is waited for, for a while.
    background: TaskTracker,
    courier: Option<JoinHandle<()>>,
    /// Keeps security events; it has to have the last one.
    audit: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Running {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Running").field("public_url", &self.public_url.as_str()).finish_non_exhaustive()
    }
}

/// Binds, starts the listeners and the tasks.
pub(super) fn start(mut env: Env, metrics: &Metrics) -> anyhow::Result<Running> {
    let bound = server::bind(&env.config)?;
    let ports = bound.ports(&env.config)?;
    env.config = Arc::new(env.config.with_bound_ports(ports)?);
    for warning in env.config.warnings() {
        tracing::warn!("{warning}");
    }
    let (place, live) = Live::place(env);
    let env = live.now();
    if env.config.courier.watch {
        courier::Worker::new(&env)?;
    }
    let served = server::serve(bound, &live, metrics)?;
    let mut running = Running {
        public_url: env.config.serve.public.base_url.clone(),
        admin_url: env.config.serve.admin.base_url.clone(),
        handles: Vec::new(),
        servers: Vec::new(),
        tasks: Vec::new(),
        stopping: watch::Sender::new(false),
        closing: watch::Sender::new(false),
        jsonnet: env.jsonnet.clone(),
        live: live.clone(),
        place,
        ports,
        background: env.background.clone(),
        courier: None,
        audit: None,
    };
    for Served { server, handle, file } in served {
        running.handles.push(handle);
        running.servers.push(tokio::spawn(async move {
            let ended = server.await;
            drop(file);
            ended
        }));
    }
    running.task(live.clone().each(housekeeping::run));
    running.task(live.clone().each(outbox::run));
    running.task(live.clone().each(figures::run));
    running.courier = Some(tokio::spawn(send_mails(live, running.stopping.subscribe())));
    tracing::info!(public = %running.public_url, admin = %running.admin_url, "identity-service is ready");
    Ok(running)
}

/// Sends mails until it is time to stop, and with another worker whenever the configuration has changed.
async fn send_mails(mut live: Live, mut stopping: watch::Receiver<bool>) {
    loop {
        let env = live.latest();
        let stop = async {
            tokio::select! {
                // A sender that is gone means the same as one that says so.
                _ = stopping.wait_for(|stopping| *stopping) => {}
                () = live.changed() => {}
            }
        };
        let worker = if env.config.courier.watch { courier::Worker::new(&env) } else { Ok(None) };
        match worker {
            Ok(Some(worker)) => worker.run(stop).await,
            Ok(None) => stop.await,
            Err(error) => {
                tracing::error!(%error, "mails cannot be sent as the changed configuration has it");
                stop.await;
            }
        }
        if *stopping.borrow() {
            return;
        }
    }
}

impl Running {
    /// Keeps security events, and hands them to the system the configuration names.
    pub fn report(&mut self, events: Events) {
        self.audit = Some(tokio::spawn(audit::run(self.live.clone(), events, self.closing.subscribe())));
    }

    /// From now on the configuration follows its files.
    pub fn follow(&mut self, source: Source) {
        self.task(reload::follow(source, self.place.clone(), self.ports));
    }

    fn task(&mut self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.push(tokio::spawn(task));
    }

    /// Stops taking requests, answers those under way, and ends the tasks.
    pub async fn stop(self) {
        futures_util::future::join_all(self.handles.iter().map(|handle| handle.stop(true))).await;
        let _ = self.stopping.send(true);
        for task in &self.tasks {
            task.abort();
        }
        if let Some(courier) = self.courier {
            let _ = courier.await;
        }
        for server in self.servers {
            let _ = server.await;
        }
        self.background.close();
        if tokio::time::timeout(LAST_WORK, self.background.wait()).await.is_err() {
            tracing::warn!(left = self.background.len(), "web hooks were still under way");
        }
        let _ = self.closing.send(true);
        if let Some(audit) = self.audit {
            let _ = audit.await;
        }
        self.jsonnet.stop();
    }

    /// Waits until a listener ends by itself, which only a fault makes it do.
    pub async fn wait(&mut self) -> anyhow::Result<()> {
        let (first, ..) = futures_util::future::select_all(&mut self.servers).await;
        Ok(first??)
    }
}
