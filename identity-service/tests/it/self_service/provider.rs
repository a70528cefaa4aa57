//! An OAuth2 provider's admin API as far as login goes: it hands out one login request and keeps the answers.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::{Value, json};

/// What a provider was told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Provider {
    pub(crate) port: u16,
    skip: bool,
    /// `acr_values` of the client.
    wants: Arc<Mutex<Vec<&'static str>>>,
    answers: Arc<Mutex<Vec<Value>>>,
    revoked: Arc<Mutex<Vec<String>>>,
    /// Answers to revocations are failures while this is set.
    pub(crate) fails: Arc<AtomicBool>,
}

/// Where the browser goes when a login is accepted.
pub(crate) const GO_ON: &str = "https://op.example.org/oauth2/auth?login_verifier=v";
/// The key the provider asks for.
const KEY: &str = "Bearer a key of the tests";

impl Provider {
    /// Starts one whose only challenge is `c`.
    pub(crate) fn start(skip: bool) -> Self {
        let mut provider = Self { skip, ..Self::default() };
        let shared = web::Data::new(provider.clone());
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .route("/admin/oauth2/auth/requests/login", web::get().to(read))
                .route("/admin/oauth2/auth/requests/login/accept", web::put().to(accept))
                .route("/admin/oauth2/auth/sessions/{what}", web::delete().to(revoke))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        provider.port = server.addrs()[0].port();
        tokio::spawn(server.run());
        provider
    }

    /// From now on the client asks for these context classes.
    pub(crate) fn want(&self, values: &[&'static str]) {
        *self.wants.lock().unwrap() = values.to_vec();
    }

    /// How the service is told of it.
    pub(crate) fn config(&self) -> Value {
        json!({"oauth2_provider": {"url": format!("http://127.0.0.1:{}", self.port), "headers": {"Authorization": KEY}}})
    }

    /// What was revoked, as `consent?subject=..`.
    pub(crate) fn revoked(&self) -> Vec<String> {
        self.revoked.lock().unwrap().clone()
    }

    /// The answers that came.
    pub(crate) fn answers(&self) -> Vec<Value> {
        self.answers.lock().unwrap().clone()
    }
}

fn refused(request: &HttpRequest) -> Option<HttpResponse> {
    if request.headers().get("authorization").is_none_or(|key| key != KEY) {
        return Some(HttpResponse::Unauthorized().json(json!({"error": "request_unauthorized"})));
    }
    match request.query_string() {
        "login_challenge=c" => None,
        "login_challenge=used" => Some(HttpResponse::Gone().json(json!({"redirect_to": GO_ON}))),
        _ => Some(HttpResponse::NotFound().json(json!({"error": "not_found"}))),
    }
}

async fn read(provider: web::Data<Provider>, request: HttpRequest) -> HttpResponse {
    refused(&request).unwrap_or_else(|| {
        HttpResponse::Ok().json(json!({
            "challenge": "c", "requested_scope": ["openid"], "requested_access_token_audience": [], "skip": provider.skip,
            "subject": "", "oidc_context": {"acr_values": *provider.wants.lock().unwrap()}, "client": {"client_id": "portal", "client_name": "The portal"},
            "request_url": "https://op.example.org/oauth2/auth?client_id=portal", "session_id": "s"
        }))
    })
}

async fn accept(provider: web::Data<Provider>, request: HttpRequest, body: web::Json<Value>) -> HttpResponse {
    refused(&request).unwrap_or_else(|| {
        provider.answers.lock().unwrap().push(body.into_inner());
        HttpResponse::Ok().json(json!({"redirect_to": GO_ON}))
    })
}

async fn revoke(provider: web::Data<Provider>, request: HttpRequest, what: web::Path<String>) -> HttpResponse {
    if request.headers().get("authorization").is_none_or(|key| key != KEY) {
        return HttpResponse::Unauthorized().finish();
    }
    provider.revoked.lock().unwrap().push(format!("{what}?{}", request.query_string()));
    if provider.fails.load(Ordering::SeqCst) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    HttpResponse::NoContent().finish()
}
