//! X, written for these tests: temporary credentials, people who agree or do not, tokens, and who somebody is. It works the
//! signature of each request out by itself (RFC 5849), with a library the service does not use for it.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::Write as _,
    sync::{Arc, Mutex},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared_types::time::Clock as _;
use url::Url;

use super::{
    upstream::{Upstream, mapper},
    world::{Browser, World, location},
};

const KEY: &str = "an api key";
const SECRET: &str = "an api secret & more";

/// What X does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum XFault {
    /// It does not say that it knows our callback.
    NoCallback,
    /// It refuses to begin.
    Unknown,
    /// It takes no verifier.
    Refuses,
    /// It does not tell who it is.
    Broken,
}

#[derive(Default)]
struct State {
    /// Request tokens: their secret, and where the browser goes.
    waiting: HashMap<String, (String, String)>,
    /// Tokens whose person agreed: the verifier.
    agreed: HashMap<String, String>,
    /// Nonces are good once.
    nonces: HashSet<String>,
    fault: Option<XFault>,
    now: i64,
    count: usize,
    /// What was asked: path and query.
    asked: Vec<String>,
}

/// The stand-in.
#[derive(Clone)]
pub(crate) struct XStandIn {
    state: Arc<Mutex<State>>,
    pub(crate) base: String,
}

/// What it says of whoever signs in.
fn anna() -> Value {
    json!({
        "id": 783_214, "id_str": "783214", "name": "Anna Berg", "screen_name": "annaberg", "location": "Bonn",
        "url": "https://anna.example.org", "verified": false, "followers_count": 7, "lang": null,
        "profile_image_url_https": "https://pbs.twimg.com/profile_images/1/a_normal.jpg",
    })
}

impl XStandIn {
    /// Starts one.
    pub(crate) fn start() -> Self {
        let mut x = Self { state: Arc::default(), base: String::new() };
        let shared = x.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(shared.clone()))
                .route("/oauth/request_token", web::post().to(request_token))
                .route("/oauth/access_token", web::post().to(access_token))
                .route("/1.1/account/verify_credentials.json", web::get().to(verify_credentials))
        })
        .workers(1)
        .disable_signals()
        .bind("127.0.0.1:0")
        .unwrap();
        x.base = format!("http://127.0.0.1:{}", server.addrs()[0].port());
        tokio::spawn(server.run());
        x
    }

    /// A world with it.
    pub(crate) async fn world(&self, dsn: &str, scope: &[&str]) -> World {
        let text = "local claims = std.extVar('claims'); {identity: {traits: {email: if 'email' in claims then claims.email \
                    else claims.nickname + '@x.example.org', name: claims.name}, metadata_admin: claims}}";
        let provider = json!({
            "id": "x", "provider": "x", "client_id": KEY, "client_secret": SECRET, "issuer_url": self.base, "scope": scope,
            "mapper_url": mapper(text),
        });
        let world = World::start(dsn, Upstream::config(&[provider])).await;
        self.state.lock().unwrap().now = world.clock.now().timestamp();
        world
    }

    /// Does something wrong from now on.
    pub(crate) fn does(&self, fault: Option<XFault>) {
        self.state.lock().unwrap().fault = fault;
    }

    /// What was asked since the last time.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }

    /// The person at this address agrees: where the browser comes back to.
    pub(crate) fn agrees(&self, to: &str) -> Url {
        let (token, mut back) = self.visited(to);
        let verifier = format!("verifier {token}");
        self.state.lock().unwrap().agreed.insert(token.clone(), verifier.clone());
        back.query_pairs_mut().append_pair("oauth_token", &token).append_pair("oauth_verifier", &verifier);
        back
    }

    /// The person at this address does not.
    pub(crate) fn denies(&self, to: &str) -> Url {
        let (token, mut back) = self.visited(to);
        back.query_pairs_mut().append_pair("denied", &token);
        back
    }

    fn visited(&self, to: &str) -> (String, Url) {
        let url = Url::parse(to).unwrap();
        assert!(to.starts_with(&format!("{}/oauth/authenticate?", self.base)), "{to}");
        let token = url.query_pairs().find(|(name, _)| name == "oauth_token").unwrap().1.into_owned();
        let state = self.state.lock().unwrap();
        let back = Url::parse(&state.waiting[&token].1).unwrap();
        (token, back)
    }

    /// Presses the button in a flow, agrees, and comes back; the answer to the callback.
    pub(crate) async fn pass(&self, browser: &Browser, flow: &Value) -> reqwest::Response {
        let response = browser.submit_form(flow, &[("provider", "x")]).await;
        assert_eq!(response.status(), 303, "{}", response.text().await.unwrap());
        browser.visit(self.agrees(&location(&response)).as_str()).await
    }

    /// The parameters of a request whose signature is right, by the secret of its token; 401 otherwise.
    fn verified(
        &self,
        request: &HttpRequest,
        token_secret: &str,
    ) -> Result<BTreeMap<String, String>, Box<HttpResponse>> {
        let refused =
            |why: &str| Box::new(HttpResponse::Unauthorized().json(json!({"errors": [{"code": 32, "message": why}]})));
        let mut shown = shown(request).ok_or_else(|| refused("no OAuth header"))?;
        let signature = shown.remove("oauth_signature").ok_or_else(|| refused("no signature"))?;
        let mut all: Vec<String> = shown.iter().map(|(name, value)| format!("{}={}", enc(name), enc(value))).collect();
        let query = form_urlencoded(request.query_string());
        all.extend(query.iter().map(|(name, value)| format!("{}={}", enc(name), enc(value))));
        all.sort();
        let place = format!("http://{}{}", request.connection_info().host(), request.path());
        let text = format!("{}&{}&{}", request.method(), enc(&place), enc(&all.join("&")));
        let wanted = sign(&format!("{}&{}", enc(SECRET), enc(token_secret)), &text);
        let mut state = self.state.lock().unwrap();
        state.asked.push(request.uri().to_string());
        let now: i64 = shown.get("oauth_timestamp").and_then(|text| text.parse().ok()).unwrap_or_default();
        let fresh = (state.now - now).abs() < 300 && state.nonces.insert(shown["oauth_nonce"].clone());
        let is_client = shown["oauth_consumer_key"] == KEY && shown["oauth_signature_method"] == "HMAC-SHA1";
        if signature == wanted && fresh && is_client { Ok(shown) } else { Err(refused("Could not authenticate you")) }
    }
}

fn form_urlencoded(text: &str) -> Vec<(String, String)> {
    serde_urlencoded::from_str(text).unwrap()
}

/// RFC 5849, 3.6, octet by octet.
fn enc(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(char::from(byte)),
            other => write!(out, "%{other:02X}").unwrap(),
        }
    }
    out
}

/// HMAC as RFC 2104 writes it, over the SHA-1 of OpenSSL's other interface.
fn sign(key: &str, text: &str) -> String {
    let mut block = [0_u8; 64];
    let key = if key.len() > 64 { openssl::sha::sha1(key.as_bytes()).to_vec() } else { key.as_bytes().to_vec() };
    block[..key.len()].copy_from_slice(&key);
    let padded = |with: u8| block.iter().map(|byte| byte ^ with).collect::<Vec<u8>>();
    let inner = openssl::sha::sha1(&[padded(0x36), text.as_bytes().to_vec()].concat());
    STANDARD.encode(openssl::sha::sha1(&[padded(0x5c), inner.to_vec()].concat()))
}

fn shown(request: &HttpRequest) -> Option<BTreeMap<String, String>> {
    let header = request.headers().get("authorization")?.to_str().ok()?.strip_prefix("OAuth ")?;
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8().unwrap().into_owned();
    let field = |part: &str| {
        let (name, value) = part.trim().split_once('=')?;
        Some((decoded(name), decoded(value.strip_prefix('"')?.strip_suffix('"')?)))
    };
    header.split(',').map(field).collect()
}

async fn request_token(x: web::Data<XStandIn>, request: HttpRequest) -> HttpResponse {
    let shown = match x.verified(&request, "") {
        Ok(shown) => shown,
        Err(refused) => return *refused,
    };
    let mut state = x.state.lock().unwrap();
    if state.fault == Some(XFault::Unknown) {
        return HttpResponse::Forbidden()
            .json(json!({"errors": [{"code": 415, "message": "Callback URL not approved"}]}));
    }
    state.count += 1;
    let (token, secret) = (format!("request-{}", state.count), format!("secret & {}", state.count));
    state.waiting.insert(token.clone(), (secret.clone(), shown["oauth_callback"].clone()));
    let confirmed = if state.fault == Some(XFault::NoCallback) { "false" } else { "true" };
    form(&[("oauth_token", &token), ("oauth_token_secret", &secret), ("oauth_callback_confirmed", confirmed)])
}

async fn access_token(x: web::Data<XStandIn>, request: HttpRequest) -> HttpResponse {
    let token = shown(&request).and_then(|mut shown| shown.remove("oauth_token")).unwrap_or_default();
    let known = x.state.lock().unwrap().waiting.get(&token).cloned();
    let Some((secret, _)) = known else { return HttpResponse::Unauthorized().finish() };
    let shown = match x.verified(&request, &secret) {
        Ok(shown) => shown,
        Err(refused) => return *refused,
    };
    let mut state = x.state.lock().unwrap();
    let is_it = state.agreed.remove(&token).is_some_and(|verifier| verifier == shown["oauth_verifier"]);
    if !is_it || state.fault == Some(XFault::Refuses) {
        return HttpResponse::Unauthorized().body("Invalid request token.");
    }
    form(&[("oauth_token", "783214-access"), ("oauth_token_secret", "access/secret"), ("screen_name", "annaberg")])
}

async fn verify_credentials(x: web::Data<XStandIn>, request: HttpRequest) -> HttpResponse {
    let shown = match x.verified(&request, "access/secret") {
        Ok(shown) => shown,
        Err(refused) => return *refused,
    };
    assert_eq!(shown["oauth_token"], "783214-access");
    if x.state.lock().unwrap().fault == Some(XFault::Broken) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let mut person = anna();
    if request.query_string() == "include_email=true" {
        person["email"] = json!("anna@example.org");
    }
    HttpResponse::Ok().json(person)
}

fn form(fields: &[(&str, &str)]) -> HttpResponse {
    HttpResponse::Ok().content_type("text/html;charset=utf-8").body(serde_urlencoded::to_string(fields).unwrap())
}
