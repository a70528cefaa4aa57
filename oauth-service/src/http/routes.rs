//! Which URL leads where, and what stands before every handler.

use std::sync::Arc;

use actix_web::{
    App, HttpServer,
    dev::{Server, ServerHandle, Service as _},
    middleware::Condition,
    web::{self, ServiceConfig},
};
use openssl::ssl::{SslAcceptorBuilder, SslVerifyMode};
use shared_types::http::{
    cors::{Cors, CorsOptions},
    server::DRAIN,
    trace::{LogContext, RequestLog},
    unix::{Socket, SocketFile},
};

use super::{admin, cors, endpoint, extract, gate::Gate, unknown};
use crate::app::Env;

/// A listener of this service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Door {
    /// For browsers and clients.
    Public,
    /// For operators and the login provider.
    Admin,
}

impl Door {
    /// As logs and errors name it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Admin => "admin",
        }
    }
}

/// A listener that answers.
#[derive(Debug)]
pub(crate) struct Serving(ServerHandle);

impl Serving {
    /// Takes no more connections and lets requests under way finish.
    pub(crate) async fn stop(&self) {
        self.0.stop(true).await;
    }
}

/// Starts answering on a socket. The future ends when the listener has stopped; until then the file has to stay.
pub(crate) fn serve(
    env: &Arc<Env>,
    door: Door,
    socket: Socket,
    tls: Option<SslAcceptorBuilder>,
) -> std::io::Result<(Serving, Server, Option<SocketFile>)> {
    let listener = match door {
        Door::Public => &env.config.serve.public,
        Door::Admin => &env.config.serve.admin,
    };
    let log = RequestLog::new(LogContext {
        listener: door.name(),
        proxies: Arc::new(env.config.serve.trusted_proxies.clone()),
        metrics: env.metrics.clone(),
        entropy: Arc::clone(&env.entropy),
        skip_health: !listener.log_health,
        traced: env.config.log.otlp_endpoint.is_some(),
    });
    let gate = Arc::new(Gate::new(&env.config.serve, door));
    let sharing = Arc::new(listener.cors.clone());
    let shared = web::Data::from(Arc::clone(env));
    let server = HttpServer::new(move || {
        let (gate, options) = (Arc::clone(&gate), Arc::clone(&sharing));
        App::new()
            .app_data(shared.clone())
            .app_data(web::PayloadConfig::new(extract::MAX_BODY))
            .configure(match door {
                Door::Public => public,
                Door::Admin => admin_api,
            })
            .default_service(web::to(unknown::answer))
            .wrap_fn(move |request, service| cors::around(&options, door, request, |r| service.call(r)))
            .wrap(Condition::new(door == Door::Admin, Cors::new(CorsOptions::clone(&sharing))))
            .wrap_fn(move |request, service| gate.pass(request, |r| service.call(r)))
            .wrap(log.clone())
    })
    .on_connect(extract::remember_certificate)
    .shutdown_timeout(DRAIN.as_secs())
    .disable_signals();
    let (server, file) = match (socket, tls) {
        (Socket::Unix(socket, file), _) => (server.listen_uds(socket)?, Some(file)),
        (Socket::Tcp(socket), Some(mut tls)) => {
            if door == Door::Public && env.config.sender.request_certificates {
                // Any is taken here: who vouches for it, and whether anybody has to, is the matter of the client it belongs to.
                tls.set_verify_callback(SslVerifyMode::PEER, |_, _| true);
                // Without a name for its sessions the library breaks off every connection that goes on with one.
                tls.set_session_id_context(b"oauth-service").map_err(std::io::Error::other)?;
            }
            (server.listen_openssl(socket, tls)?, None)
        }
        (Socket::Tcp(socket), None) => (server.listen(socket)?, None),
    };
    let running = server.run();
    Ok((Serving(running.handle()), running, file))
}

fn public(routes: &mut ServiceConfig) {
    routes
        .configure(endpoint::authorize::configure)
        .configure(endpoint::par::configure)
        .configure(endpoint::token::configure)
        .configure(endpoint::revoke::configure)
        .configure(endpoint::userinfo::configure)
        .configure(endpoint::credentials::configure)
        .configure(endpoint::device::configure)
        .configure(endpoint::discovery::configure)
        .configure(endpoint::jwks::configure)
        .configure(endpoint::logout::configure)
        .configure(endpoint::check_session::configure)
        .configure(endpoint::register::configure)
        .configure(endpoint::fallback::configure)
        .configure(admin::health::public);
}

fn admin_api(routes: &mut ServiceConfig) {
    routes
        .configure(admin::clients::configure)
        .configure(admin::login::configure)
        .configure(admin::consent::configure)
        .configure(admin::logout::configure)
        .configure(admin::sessions::configure)
        .configure(admin::introspect::configure)
        .configure(admin::tokens::configure)
        .configure(admin::token_preview::configure)
        .configure(admin::keys::configure)
        .configure(admin::device::configure)
        .configure(admin::issuers::configure)
        .configure(admin::openapi::configure)
        .configure(admin::health::admin);
}
