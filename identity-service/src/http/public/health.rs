//! Health, version, figures and the state of the configuration (contract §12).

use actix_web::{HttpResponse, http::StatusCode, http::header::CONTENT_TYPE, web::Data};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use shared_types::{
    db::{self, migrate},
    http::{
        health::{self, Readiness},
        metrics::Metrics,
    },
};

use crate::{
    http::{error::ApiError, extract::Ctx, reply},
    store,
};

/// The process answers.
pub(crate) async fn alive() -> Result<HttpResponse, ApiError> {
    reply::json(&health::alive())
}

/// Requests can be served; the reasons why not are withheld.
pub(crate) async fn ready_public(cx: Ctx) -> Result<HttpResponse, ApiError> {
    answer(&ready(&cx).await, false)
}

/// Requests can be served, or why not.
pub(crate) async fn ready_admin(cx: Ctx) -> Result<HttpResponse, ApiError> {
    answer(&ready(&cx).await, true)
}

async fn ready(cx: &Ctx) -> Readiness {
    let pending = cx.db.read(|conn| migrate::pending(conn, store::MIGRATIONS)).await;
    let (database, migrations) = match pending {
        Ok(pending) if pending.is_empty() => (Ok(()), Ok(())),
        Ok(pending) => (Ok(()), Err(format!("{} migrations are pending", pending.len()))),
        Err(error @ db::Error::Busy) => (Err(error.to_string()), Ok(())),
        Err(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the database is not ready");
            (Err(error.to_string()), Err("unknown".to_owned()))
        }
    };
    Readiness::default().check("database", database).check("migrations", migrations)
}

fn answer(readiness: &Readiness, show_reasons: bool) -> Result<HttpResponse, ApiError> {
    let (status, body) = readiness.answer(show_reasons);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    reply::with(HttpResponse::build(status), &body)
}

/// The version of this program.
pub(crate) async fn version() -> Result<HttpResponse, ApiError> {
    reply::json(&json!({ "version": concat!("v", env!("CARGO_PKG_VERSION")) }))
}

/// Figures for Prometheus.
pub(crate) async fn metrics(metrics: Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; version=0.0.4")).body(metrics.text())
}

/// What tells one configuration from another: its `revision`, else a hash of it.
pub(crate) async fn config(cx: Ctx) -> HttpResponse {
    let hashed = || reply::hex(&Sha256::digest(cx.config.raw().to_string().as_bytes()));
    let text = cx.config.revision.clone().unwrap_or_else(hashed);
    HttpResponse::Ok().insert_header((CONTENT_TYPE, "text/plain; charset=utf-8")).body(text)
}
