//! The listeners: bound first, so that a busy port is one clear line, then started.

use std::{sync::Arc, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle},
    middleware::from_fn,
    web,
};
use shared_types::http::{
    cors::Cors,
    metrics::Metrics,
    server::{self, DRAIN, ListenError, ListenOptions},
    trace::{LogContext, RequestLog},
    unix::{Socket, SocketFile},
};

use super::{extract::body, layer, routes};
use crate::{
    app::{Env, Live},
    config::{BoundPorts, Config, Listener},
};

/// Two bound sockets.
pub(crate) struct Bound {
    public: Socket,
    admin: Socket,
}

fn open(name: &'static str, listener: &Listener) -> Result<Socket, ListenError> {
    Socket::open(name, &options(listener, listener.port), listener.socket.as_ref())
}

fn options(listener: &Listener, port: u16) -> ListenOptions {
    ListenOptions { host: listener.host.clone(), port, tls: listener.tls.clone() }
}

/// Binds both listeners.
pub(crate) fn bind(config: &Config) -> anyhow::Result<Bound> {
    Ok(Bound { public: open("public", &config.serve.public)?, admin: open("admin", &config.serve.admin)? })
}

impl Bound {
    /// The ports that were taken; for a file, the one it was configured with, which means nothing.
    pub(crate) fn ports(&self, config: &Config) -> anyhow::Result<BoundPorts> {
        let port = |socket: &Socket, listener: &Listener| socket.port().map(|port| port.unwrap_or(listener.port));
        let serve = &config.serve;
        Ok(BoundPorts { public: port(&self.public, &serve.public)?, admin: port(&self.admin, &serve.admin)? })
    }
}

/// Stops a listener.
pub(crate) type Handle = ServerHandle;

/// A running listener.
pub(crate) struct Served {
    /// Ends when the server has stopped.
    pub(crate) server: Server,
    pub(crate) handle: Handle,
    /// What has to stay until the server has stopped.
    pub(crate) file: Option<SocketFile>,
}

/// Starts answering on both listeners.
pub(crate) fn serve(bound: Bound, live: &Live, metrics: &Metrics) -> anyhow::Result<[Served; 2]> {
    Ok([public(bound.public, live, metrics)?, admin(bound.admin, live, metrics)?])
}

fn log(name: &'static str, listener: &Listener, env: &Env, metrics: &Metrics) -> RequestLog {
    RequestLog::new(LogContext {
        listener: name,
        proxies: Arc::new(env.config.serve.trusted_proxies.clone()),
        metrics: metrics.clone(),
        entropy: Arc::clone(&env.entropy),
        skip_health: !listener.log_health,
        traced: env.config.log.otlp_endpoint.is_some(),
    })
}

fn public(socket: Socket, live: &Live, metrics: &Metrics) -> anyhow::Result<Served> {
    let env = live.now();
    let listener = env.config.serve.public.clone();
    let log = log("public", &listener, &env, metrics);
    let (data, sharing) = (web::Data::new(live.clone()), live.clone());
    let cors = Cors::following(move || Arc::clone(&sharing.now().config.serve.cors));
    let app = move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(body::MAX_BYTES))
            .configure(routes::public)
            .default_service(web::to(routes::nowhere))
            .wrap(from_fn(layer::public_port))
            .wrap(cors.clone())
            .wrap(from_fn(layer::answers))
            .wrap(log.clone())
    };
    let http = HttpServer::new(app)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(15))
        .shutdown_timeout(DRAIN.as_secs())
        .disable_signals();
    let (server, file) = match (socket, &listener.tls) {
        (Socket::Unix(socket, file), _) => (http.listen_uds(socket)?, Some(file)),
        (Socket::Tcp(socket), Some(tls)) => (http.listen_openssl(socket, server::tls("public", tls)?)?, None),
        (Socket::Tcp(socket), None) => (http.listen(socket)?, None),
    };
    Ok(started(server.run(), file))
}

fn admin(socket: Socket, live: &Live, metrics: &Metrics) -> anyhow::Result<Served> {
    let env = live.now();
    let listener = env.config.serve.admin.clone();
    let log = log("admin", &listener, &env, metrics);
    let (data, figures) = (web::Data::new(live.clone()), web::Data::new(metrics.clone()));
    let app = move || {
        App::new()
            .app_data(data.clone())
            .app_data(figures.clone())
            .app_data(web::PayloadConfig::new(body::MAX_BYTES))
            .configure(routes::admin)
            .default_service(web::to(routes::not_found))
            .wrap(from_fn(layer::admin_port))
            .wrap(from_fn(layer::answers))
            .wrap(log.clone())
    };
    let http = HttpServer::new(app)
        .keep_alive(Duration::from_secs(75))
        .client_request_timeout(Duration::from_secs(30))
        .shutdown_timeout(DRAIN.as_secs())
        .disable_signals();
    let (server, file) = match (socket, &listener.tls) {
        (Socket::Unix(socket, file), _) => (http.listen_uds(socket)?, Some(file)),
        (Socket::Tcp(socket), Some(tls)) => (http.listen_openssl(socket, server::tls("admin", tls)?)?, None),
        (Socket::Tcp(socket), None) => (http.listen(socket)?, None),
    };
    Ok(started(server.run(), file))
}

/// Figures alone, on a port of the admin listener's address: for a process that does nothing but send messages.
pub(crate) fn figures(port: u16, live: &Live, metrics: &Metrics) -> anyhow::Result<Served> {
    let env = live.now();
    let listener = &env.config.serve.admin;
    let log = log("figures", listener, &env, metrics);
    let socket = server::bind("figures", &options(listener, port))?;
    let (data, figures) = (web::Data::new(live.clone()), web::Data::new(metrics.clone()));
    let app = move || {
        App::new()
            .app_data(data.clone())
            .app_data(figures.clone())
            .configure(routes::figures)
            .default_service(web::to(routes::not_found))
            .wrap(log.clone())
    };
    let http = HttpServer::new(app).workers(1).shutdown_timeout(DRAIN.as_secs()).disable_signals();
    let server = match &listener.tls {
        Some(tls) => http.listen_openssl(socket, server::tls("figures", tls)?)?,
        None => http.listen(socket)?,
    };
    Ok(started(server.run(), None))
}

fn started(server: Server, file: Option<SocketFile>) -> Served {
    let handle = server.handle();
    Served { server, handle, file }
}
