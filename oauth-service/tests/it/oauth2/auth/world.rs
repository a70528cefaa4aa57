//! A server on free ports, a browser with cookies, and the login and consent pages played through the admin API.

use std::{collections::BTreeMap, sync::Arc};

use oauth_service::{
    app::{App, Running, Seams},
    config::Config,
};
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};
use shared_types::{entropy::SystemEntropy, testing::TestClock};
use url::Url;

/// What the server calls itself; the browser knows the port behind it.
pub(crate) const ISSUER: &str = "https://id.test/";
pub(crate) const LOGIN_PAGE: &str = "https://pages.test/login";
pub(crate) const CONSENT_PAGE: &str = "https://pages.test/consent";
pub(crate) const LOGOUT_PAGE: &str = "https://pages.test/logout";
pub(crate) const CALLBACK: &str = "https://shop.test/cb";
/// The pair of RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A running server.
pub(crate) struct World {
    running: Running,
    config: Value,
    pub(crate) clock: TestClock,
    http: reqwest::Client,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: header::HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    /// The `Location`, parsed.
    #[track_caller]
    pub(crate) fn location(&self) -> Url {
        let location = self.headers.get(header::LOCATION).unwrap_or_else(|| panic!("no redirect: {self:?}"));
        Url::parse(location.to_str().unwrap()).unwrap()
    }

    /// One parameter of the `Location`'s query.
    #[track_caller]
    pub(crate) fn sent(&self, name: &str) -> Option<String> {
        param(&self.location(), name)
    }

    /// The `Location` without its query.
    #[track_caller]
    pub(crate) fn target(&self) -> String {
        let mut url = self.location();
        url.set_query(None);
        url.into()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// One parameter of a URL.
pub(crate) fn param(url: &Url, name: &str) -> Option<String> {
    url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
}

impl World {
    pub(crate) async fn start(dsn: &str) -> Self {
        Self::with(dsn, json!({})).await
    }

    /// A server with further configuration.
    pub(crate) async fn with(dsn: &str, more: Value) -> Self {
        let mut config = json!({
            "dsn": dsn,
            "auto_migrate": true,
            "secrets": { "system": ["a secret of the tests alone"] },
            "serve": { "public": { "host": "127.0.0.1", "port": 0 }, "admin": { "host": "127.0.0.1", "port": 0 } },
            "urls": {
                "self": { "issuer": ISSUER },
                "login": LOGIN_PAGE,
                "consent": CONSENT_PAGE,
                "logout": LOGOUT_PAGE,
            },
            "rate_limit": { "enabled": false },
            "database": { "pool_size": 4 },
        });
        merge(&mut config, more);
        let clock = TestClock::default();
        let seams = Seams { clock: Arc::new(clock.clone()), entropy: Arc::new(SystemEntropy) };
        let checked = Config::from_value(config.clone()).unwrap_or_else(|problems| panic!("{problems}"));
        let running = App::build(checked, seams).await.unwrap().start().await.unwrap();
        Self { running, config, clock, http: plain_http() }
    }

    /// The present of the server.
    pub(crate) fn now(&self) -> shared_types::time::Time {
        shared_types::time::Clock::now(&self.clock)
    }

    /// Registers a client: public, `openid offline photos.*`, one callback; `changes` are laid over.
    pub(crate) async fn client(&self, id: &str, changes: Value) -> Value {
        let mut body = json!({
            "client_id": id,
            "client_name": id,
            "redirect_uris": [CALLBACK],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid offline photos.*",
            "token_endpoint_auth_method": "none",
        });
        merge(&mut body, changes);
        let reply = self.admin(Method::POST, "/admin/clients", Some(body)).await;
        assert_eq!(reply.status, 201, "{reply:?}");
        reply.json()
    }

    /// Calls the admin API.
    pub(crate) async fn admin(&self, method: Method, path: &str, body: Option<Value>) -> Reply {
        let url = self.running.admin_url.join(path).unwrap();
        let request = self.http.request(method, url);
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        read(request).await
    }

    /// Reads or answers a challenge: `kind` is login, consent or logout, `verb` is empty, accept or reject.
    pub(crate) async fn page(&self, kind: &str, verb: &str, challenge: &str, body: Value) -> Reply {
        let mut path = format!("/admin/oauth2/auth/requests/{kind}");
        let method = if verb.is_empty() { Method::GET } else { Method::PUT };
        if !verb.is_empty() {
            path = format!("{path}/{verb}");
        }
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair(&format!("{kind}_challenge"), challenge)
            .finish();
        let body = (method == Method::PUT).then_some(body);
        self.admin(method, &format!("{path}?{query}"), body).await
    }

    /// Answers a challenge and returns where the browser goes next.
    pub(crate) async fn accept(&self, kind: &str, challenge: &str, body: Value) -> String {
        let reply = self.page(kind, "accept", challenge, body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()["redirect_to"].as_str().unwrap().to_owned()
    }

    /// A request to the public listener, to be completed and sent with [`read`].
    pub(crate) fn public(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.running.public_url.join(path).unwrap())
    }

    /// A request to the admin listener, to be completed and sent with [`read`].
    pub(crate) fn operator(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, self.running.admin_url.join(path).unwrap())
    }

    /// What the server does by itself every minute, by another hand and now.
    pub(crate) async fn housekeep(&self) {
        let seams = Seams { clock: Arc::new(self.clock.clone()), entropy: Arc::new(SystemEntropy) };
        let config = Config::from_value(self.config.clone()).unwrap();
        App::build(config, seams).await.unwrap().housekeep().await.unwrap();
        // Another hand may hold the lease afterwards.
        self.clock.advance(chrono::Duration::minutes(6));
    }

    /// Ends the server as an operator does.
    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }

    pub(crate) fn browser(&self) -> Browser<'_> {
        Browser { world: self, cookies: BTreeMap::new(), set: Vec::new() }
    }
}

impl World {
    /// Exchanges a code.
    pub(crate) async fn exchange(&self, client: &str, code: &str) -> Reply {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", client),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", VERIFIER),
        ];
        self.token(&form).await
    }

    /// Exchanges a code and returns the tokens.
    pub(crate) async fn redeem(&self, client: &str, code: &str) -> Value {
        let reply = self.exchange(client, code).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json()
    }

    /// Exchanges a refresh token.
    pub(crate) async fn refresh(&self, client: &str, token: &str) -> Reply {
        self.token(&[("grant_type", "refresh_token"), ("client_id", client), ("refresh_token", token)]).await
    }

    /// Calls the token endpoint.
    pub(crate) async fn token(&self, form: &[(&str, &str)]) -> Reply {
        read(self.http.post(self.running.public_url.join("/oauth2/token").unwrap()).form(form)).await
    }

    /// Asks what a token is.
    pub(crate) async fn introspect(&self, token: &str) -> Value {
        let url = self.running.admin_url.join("/admin/oauth2/introspect").unwrap();
        read(self.http.post(url).form(&[("token", token)])).await.json()
    }
}

pub(crate) fn merge(base: &mut Value, more: Value) {
    match (base, more) {
        (Value::Object(base), Value::Object(more)) => {
            for (name, value) in more {
                merge(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (base, more) => *base = more,
    }
}

#[expect(clippy::disallowed_methods, reason = "the test's own browser")]
pub(crate) fn plain_http() -> reqwest::Client {
    reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().unwrap()
}

/// Sends a request and reads the answer.
pub(crate) async fn read(request: reqwest::RequestBuilder) -> Reply {
    let reply = request.send().await.unwrap();
    let (status, headers) = (reply.status().as_u16(), reply.headers().clone());
    Reply { status, headers, body: reply.text().await.unwrap() }
}

/// An authorization request of the client `shop`, with parameters changed (`name=value`) or removed (`name`).
pub(crate) fn request(changes: &[&str]) -> String {
    let mut pairs: Vec<(String, String)> = [
        ("client_id", "shop"),
        ("response_type", "code"),
        ("redirect_uri", CALLBACK),
        ("scope", "openid offline photos.read"),
        ("state", "a-state-of-some-length"),
        ("nonce", "a-nonce-of-some-length"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    for change in changes {
        let (name, value) = change.split_once('=').map_or((*change, None), |(name, value)| (name, Some(value)));
        pairs.retain(|(known, _)| known != name);
        pairs.extend(value.map(|value| (name.to_owned(), value.to_owned())));
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{ISSUER}oauth2/auth?{query}")
}

/// A browser that knows one server.
#[derive(Clone)]
pub(crate) struct Browser<'w> {
    world: &'w World,
    pub(crate) cookies: BTreeMap<String, String>,
    /// The `Set-Cookie` headers of the last answer.
    pub(crate) set: Vec<String>,
}

impl Browser<'_> {
    pub(crate) async fn get(&mut self, url: &str) -> Reply {
        self.send(Method::GET, url, None).await
    }

    pub(crate) async fn post(&mut self, url: &str, form: String) -> Reply {
        self.send(Method::POST, url, Some(form)).await
    }

    async fn send(&mut self, method: Method, url: &str, form: Option<String>) -> Reply {
        let path = url.strip_prefix(ISSUER).unwrap_or_else(|| panic!("not this server's: {url}"));
        let target = format!("{}{path}", self.world.running.public_url);
        let mut request = self.world.http.request(method, target);
        if !self.cookies.is_empty() {
            let pairs: Vec<String> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header(header::COOKIE, pairs.join("; "));
        }
        if let Some(form) = form {
            request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded").body(form);
        }
        let reply = read(request).await;
        self.keep(&reply);
        reply
    }

    fn keep(&mut self, reply: &Reply) {
        let set = reply.headers.get_all(header::SET_COOKIE).iter();
        self.set = set.map(|value| value.to_str().unwrap().to_owned()).collect();
        for cookie in &self.set {
            let (name, rest) = cookie.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if rest.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Starts a request and returns the login challenge.
    pub(crate) async fn start(&mut self, url: &str) -> String {
        let reply = self.get(url).await;
        assert_eq!(reply.status, StatusCode::FOUND, "{reply:?}");
        assert_eq!(reply.target(), LOGIN_PAGE, "{reply:?}");
        reply.sent("login_challenge").unwrap()
    }

    /// Starts a request, logs in, and returns the consent challenge.
    pub(crate) async fn log_in(&mut self, url: &str, login: Value) -> String {
        let challenge = self.start(url).await;
        let next = self.world.accept("login", &challenge, login).await;
        let reply = self.get(&next).await;
        assert_eq!((reply.status, reply.target().as_str()), (302, CONSENT_PAGE), "{reply:?}");
        reply.sent("consent_challenge").unwrap()
    }

    /// The whole way; returns the redirect to the client.
    pub(crate) async fn authorize(&mut self, url: &str, login: Value, consent: Value) -> Reply {
        let challenge = self.log_in(url, login).await;
        let next = self.world.accept("consent", &challenge, consent).await;
        self.get(&next).await
    }
}

/// A login of this subject, remembered or not.
pub(crate) fn login(subject: &str, remember: bool) -> Value {
    json!({ "subject": subject, "remember": remember, "acr": "1", "amr": ["pwd"], "context": { "tenant": "a" } })
}

/// A consent to all that [`request`] asks for.
pub(crate) fn consent(remember: bool) -> Value {
    json!({
        "grant_scope": ["openid", "offline", "photos.read"],
        "remember": remember,
        "session": { "access_token": { "role": "buyer" }, "id_token": { "role": "buyer" } },
    })
}
