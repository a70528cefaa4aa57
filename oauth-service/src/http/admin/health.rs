//! Health, version and figures (contract 1.2, 1.3).

use actix_web::{HttpResponse, http::StatusCode, web};
use serde_json::json;
use shared_types::{
    db::{Error, migrate},
    http::health::{Readiness, alive},
};

use crate::{app::Cx, http::extract::Ctx, store};

/// Mounts what the public listener has.
pub(crate) fn public(routes: &mut web::ServiceConfig) {
    routes
        .route("/health/alive", web::get().to(is_alive))
        .route("/health/ready", web::get().to(|Ctx(cx): Ctx| async move { is_ready(&cx, false).await }));
}

/// Mounts what the admin listener has.
pub(crate) fn admin(routes: &mut web::ServiceConfig) {
    routes
        .route("/admin/health/alive", web::get().to(is_alive))
        .route("/admin/health/ready", web::get().to(|Ctx(cx): Ctx| async move { is_ready(&cx, true).await }))
        .route("/admin/version", web::get().to(version))
        .route("/admin/metrics/prometheus", web::get().to(figures));
}

async fn is_alive() -> HttpResponse {
    HttpResponse::Ok().json(alive())
}

/// Whether the database answers and has this version's schema.
async fn is_ready(cx: &Cx, show_reasons: bool) -> HttpResponse {
    let pending = cx.db.read(|conn| migrate::pending(conn, store::MIGRATIONS)).await;
    let (database, migrations) = match pending {
        Ok(pending) if pending.is_empty() => (Ok(()), Ok(())),
        Ok(pending) => (Ok(()), Err(format!("{} migrations are pending", pending.len()))),
        Err(error) => (Err(Error::to_string(&error)), Err("not known without a database".to_owned())),
    };
    let (status, body) =
        Readiness::default().check("database", database).check("migrations", migrations).answer(show_reasons);
    HttpResponse::build(StatusCode::from_u16(status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE)).json(body)
}

async fn version() -> HttpResponse {
    HttpResponse::Ok().json(json!({"version": env!("CARGO_PKG_VERSION")}))
}

async fn figures(Ctx(cx): Ctx) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(cx.metrics.text())
}
