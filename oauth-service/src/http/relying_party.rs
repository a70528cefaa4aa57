//! The little web application behind `perform authorization-code`: a home page with a link to the authorization
//! endpoint, and the callback that redeems the code. It is served on loopback by the command line, never by the service.

use std::{net::TcpListener, pin::Pin, sync::Arc};

use actix_web::{App, HttpResponse, HttpServer, dev::ServerHandle, http::header, web};
use askama::Template;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::ssl::SslAcceptorBuilder;
use serde::Deserialize;
use serde_json::Value;
use shared_types::secret::constant_time_eq;
use tokio::sync::mpsc;
use url::Url;

/// Redeems a code: the token endpoint's answer, or why there is none.
pub(crate) type Exchange =
    Arc<dyn Fn(String) -> Pin<Box<dyn Future<Output = Result<Value, String>> + Send>> + Send + Sync>;

/// What the application serves.
pub(crate) struct Site {
    /// The authorization request.
    pub(crate) authorize: Url,
    /// The path of the redirect URI.
    pub(crate) callback: String,
    /// What must come back as `state`.
    pub(crate) state: String,
    /// The home page redirects at once.
    pub(crate) straight: bool,
    /// How a code is redeemed.
    pub(crate) exchange: Exchange,
}

/// How one login ended.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// With the token endpoint's answer.
    Tokens(Value),
    /// With a reason, in one line.
    Refused(String),
}

/// A running application.
#[derive(Debug)]
pub(crate) struct Serving {
    handle: ServerHandle,
    outcomes: mpsc::UnboundedReceiver<Outcome>,
}

impl Serving {
    /// Waits for the next login to end.
    pub(crate) async fn next(&mut self) -> Option<Outcome> {
        self.outcomes.recv().await
    }

    /// Lets the last page out and stops.
    pub(crate) async fn stop(self) {
        self.handle.stop(true).await;
    }
}

struct Shared {
    site: Site,
    outcomes: mpsc::UnboundedSender<Outcome>,
}

/// Starts the application.
pub(crate) fn serve(listener: TcpListener, site: Site, tls: Option<SslAcceptorBuilder>) -> std::io::Result<Serving> {
    let (tx, rx) = mpsc::unbounded_channel();
    let shared = web::Data::new(Shared { site, outcomes: tx });
    let server = HttpServer::new(move || {
        App::new().app_data(shared.clone()).route("/", web::get().to(home)).service(
            web::resource(shared.site.callback.clone()).route(web::get().to(by_query)).route(web::post().to(by_form)),
        )
    })
    .workers(1)
    .disable_signals();
    let server = match tls {
        Some(tls) => server.listen_openssl(listener, tls)?,
        None => server.listen(listener)?,
    }
    .run();
    let handle = server.handle();
    tokio::spawn(server);
    Ok(Serving { handle, outcomes: rx })
}

#[derive(Template)]
#[template(path = "page/relying_party_home.html")]
struct HomePage<'a> {
    authorize: &'a str,
}

#[derive(Template)]
#[template(path = "page/relying_party_done.html")]
struct DonePage {
    refused: Option<String>,
    rows: Vec<(&'static str, String)>,
}

/// The answer of the authorization endpoint (RFC 6749 4.1.2).
#[derive(Debug, Default, Deserialize)]
struct Answer {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
    error_description: Option<String>,
}

async fn home(shared: web::Data<Shared>) -> HttpResponse {
    if shared.site.straight {
        return HttpResponse::SeeOther().insert_header((header::LOCATION, shared.site.authorize.as_str())).finish();
    }
    page(&HomePage { authorize: shared.site.authorize.as_str() })
}

async fn by_query(shared: web::Data<Shared>, answer: web::Query<Answer>) -> HttpResponse {
    finish(&shared, answer.into_inner()).await
}

async fn by_form(shared: web::Data<Shared>, answer: web::Form<Answer>) -> HttpResponse {
    finish(&shared, answer.into_inner()).await
}

async fn finish(shared: &Shared, answer: Answer) -> HttpResponse {
    let outcome = redeem(shared, answer).await;
    let done = match &outcome {
        Ok(tokens) => DonePage { refused: None, rows: rows(tokens) },
        Err(reason) => DonePage { refused: Some(reason.clone()), rows: Vec::new() },
    };
    let _ = shared.outcomes.send(match outcome {
        Ok(tokens) => Outcome::Tokens(tokens),
        Err(reason) => Outcome::Refused(reason),
    });
    page(&done)
}

async fn redeem(shared: &Shared, answer: Answer) -> Result<Value, String> {
    let state = answer.state.unwrap_or_default();
    if !constant_time_eq(state.as_bytes(), shared.site.state.as_bytes()) {
        return Err("the state that came back is not the one that was sent".to_owned());
    }
    if let Some(error) = answer.error {
        return Err(format!("{error}: {}", answer.error_description.unwrap_or_default()));
    }
    let code = answer.code.ok_or("neither a code nor an error came back")?;
    (shared.site.exchange)(code).await
}

/// The tokens, and the claims of those that are JWTs.
fn rows(tokens: &Value) -> Vec<(&'static str, String)> {
    let text =
        |name: &str| tokens.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let mut rows = Vec::new();
    for (label, claims, name) in [
        ("Access token", "Claims of the access token", "access_token"),
        ("ID token", "Claims of the ID token", "id_token"),
        ("Refresh token", "", "refresh_token"),
        ("Scope", "", "scope"),
        ("Expires in (s)", "", "expires_in"),
    ] {
        if let Some(value) = text(name) {
            let decoded = decoded(&value);
            rows.push((label, value));
            rows.extend(decoded.map(|decoded| (claims, decoded)));
        }
    }
    rows
}

/// The payload of a JWT, indented, for people to read. Not a check of anything.
fn decoded(token: &str) -> Option<String> {
    let payload = token.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()?;
    serde_json::to_string_pretty(&claims).ok()
}

pub(super) fn page(template: &impl Template) -> HttpResponse {
    match template.render() {
        Ok(html) => HttpResponse::Ok()
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .insert_header((
                header::CONTENT_SECURITY_POLICY,
                "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            ))
            .insert_header((header::REFERRER_POLICY, "no-referrer"))
            .content_type("text/html; charset=utf-8")
            .body(html),
        Err(_) => HttpResponse::InternalServerError().finish(),
    }
}
