//! The API behind the partner portal: what a resource server does with an access token of oauth-service.
//!
//! `token.rs` decides whether a token is good, `keys.rs` holds the issuer's keys, `refusal.rs` says no the way the standards want it, and
//! `data.rs` is the API's own business.

mod data;
mod keys;
mod refusal;
mod token;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{FromRequestParts, State},
    http::{header::AUTHORIZATION, request::Parts},
    routing::get,
};
use serde_json::Value;

use crate::{
    keys::Keys,
    refusal::Refusal,
    token::{Caller, Verifier},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let issuer = wanted("ISSUER")?;
    // Among containers the issuer is reached at another address than the one in its tokens.
    let keys =
        std::env::var("JWKS_URL").unwrap_or_else(|_| format!("{}/.well-known/jwks.json", issuer.trim_end_matches('/')));
    let verifier = Verifier::new(&issuer, &wanted("API_RESOURCE")?, Keys::at(&keys));
    let address = std::env::var("LISTEN").unwrap_or_else(|_| "127.0.0.1:3001".to_owned());
    let listener = tokio::net::TcpListener::bind(&address).await?;
    println!("partner-api listens on {}", listener.local_addr()?);
    axum::serve(listener, routes(verifier)).with_graceful_shutdown(stopped()).await?;
    Ok(())
}

fn wanted(name: &str) -> Result<String, String> {
    std::env::var(name).map_err(|_| format!("{name} is not set in the environment"))
}

async fn stopped() {
    let mut terminated = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()).ok();
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        Some(()) = async { terminated.as_mut()?.recv().await } => {}
    }
}

fn routes(verifier: Verifier) -> Router {
    Router::new()
        .route("/health", get(async || "ok"))
        .route("/orders", get(orders))
        .route("/invoices", get(invoices))
        .route("/team", get(team))
        .route("/bank", get(bank))
        .with_state(Arc::new(verifier))
}

async fn orders(caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.may("orders:read")?;
    Ok(Json(data::orders(&caller.company)))
}

async fn invoices(caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.may("invoices:read")?;
    Ok(Json(data::invoices(&caller.company)))
}

async fn team(caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.may("team:manage")?;
    Ok(Json(data::team(&caller.company)))
}

/// Asks for two factors, proved within the last five minutes.
async fn bank(caller: Caller) -> Result<Json<Value>, Refusal> {
    caller.may("bank:read")?;
    caller.has_just_proved("aal2", 300)?;
    Ok(Json(data::bank(&caller.company)))
}

/// Who calls: a handler that has a `Caller` has a good token.
impl FromRequestParts<Arc<Verifier>> for Caller {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &Arc<Verifier>) -> Result<Self, Refusal> {
        let State(verifier) =
            State::<Arc<Verifier>>::from_request_parts(parts, state).await.unwrap_or_else(|never| match never {});
        let header = parts.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        // RFC 9110 11.1: the name of a scheme is of either case.
        let bearer = |header: &str| {
            let (scheme, token) = header.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        };
        let token = header.and_then(bearer).ok_or(Refusal::NoToken)?;
        // Keys may have to be fetched, which waits.
        tokio::task::spawn_blocking(move || verifier.caller(&token)).await.map_err(|_| Refusal::NoKeys)?
    }
}

#[cfg(test)]
mod tests;
