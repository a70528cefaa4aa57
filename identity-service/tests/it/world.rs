//! A service on free ports with the shipped partner schema, and a client of its admin API.

use std::{path::PathBuf, sync::Arc};

use identity_service::{
    app::{App, Running, Seams},
    config::Config,
};
use reqwest::{Client, Method, RequestBuilder, Response, redirect::Policy};
use serde_json::{Value, json};
use shared_types::testing::TestClock;

/// The admin API's key in these tests.
pub(crate) const KEY: &str = "an admin key of the tests";

/// A service under test.
pub(crate) struct World {
    pub(crate) clock: TestClock,
    pub(crate) client: Client,
    running: Running,
}

/// An answer, read.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    async fn of(response: Response) -> Self {
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await.unwrap();
        Self { status, headers, body: serde_json::from_str(&text).unwrap_or(Value::String(text)) }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// The sentence that says what is wrong.
    pub(crate) fn reason(&self) -> &str {
        self.body["error"]["reason"].as_str().unwrap_or_default()
    }

    /// The path of the `next` link.
    pub(crate) fn next(&self) -> Option<String> {
        let link = self.header("link").split(", ").find(|link| link.contains("rel=\"next\""))?;
        Some(link.split_once('<')?.1.split_once('>')?.0.to_owned())
    }
}

/// The program of the service, which a service that runs within a test starts to evaluate Jsonnet.
pub(crate) fn program() -> PathBuf {
    PathBuf::from(env!("CARGO_BIN_EXE_identity-service"))
}

/// A client of the tests' own, which follows no redirect and keeps no cookies.
#[expect(clippy::disallowed_methods, reason = "who talks to the service is not the service")]
pub(crate) fn client() -> Client {
    Client::builder().redirect(Policy::none()).build().unwrap()
}

/// The same with a jar of cookies.
#[expect(clippy::disallowed_methods, reason = "who talks to the service is not the service")]
pub(crate) fn browser() -> Client {
    Client::builder().cookie_store(true).redirect(Policy::none()).build().unwrap()
}

pub(crate) fn base(dsn: &str) -> Value {
    json!({
        "dsn": dsn,
        "dev": true,
        "auto_migrate": true,
        "serve": {
            "public": {"host": "127.0.0.1", "port": 0},
            "admin": {"host": "127.0.0.1", "port": 0, "api_keys": [KEY]},
        },
        "secrets": {"default": ["a secret of the tests, long enough"]},
        "hashers": {"bcrypt": {"cost": 4}},
        "rate_limit": {"enabled": false},
        "selfservice": {"methods": {"password": {"config": {"haveibeenpwned_enabled": false}}}},
    })
}

/// Lays one JSON object over another.
pub(crate) fn merge(under: &mut Value, over: &Value) {
    match (under, over) {
        (Value::Object(under), Value::Object(over)) => {
            for (name, value) in over {
                merge(under.entry(name).or_insert(Value::Null), value);
            }
        }
        (under, over) => *under = over.clone(),
    }
}

impl World {
    pub(crate) async fn start(dsn: &str) -> Self {
        Self::with(dsn, json!({})).await
    }

    pub(crate) async fn with(dsn: &str, over: Value) -> Self {
        Self::run_by(program(), dsn, over).await
    }

    /// A service that evaluates Jsonnet by this program.
    pub(crate) async fn run_by(program: PathBuf, dsn: &str, over: Value) -> Self {
        let mut config = base(dsn);
        merge(&mut config, &over);
        let clock = TestClock::default();
        let seams = Seams { clock: Arc::new(clock.clone()), program, ..Seams::default() };
        let app = App::build(Config::from_value(config).unwrap(), seams).await.unwrap();
        Self { clock, client: client(), running: app.start().await.unwrap() }
    }

    /// Security events the service shall keep.
    pub(crate) fn report(&mut self, events: shared_types::audit::Events) {
        self.running.report(events);
    }

    pub(crate) async fn stop(self) {
        self.running.stop().await;
    }

    pub(crate) fn public_url(&self, path: &str) -> String {
        format!("{}{}", self.running.public_url, path.trim_start_matches('/'))
    }

    pub(crate) fn admin_url(&self, path: &str) -> String {
        format!("{}{}", self.running.admin_url, path.trim_start_matches('/'))
    }

    /// A request to the public API.
    pub(crate) fn public(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), self.public_url(path))
    }

    /// A request to the admin API, with its key.
    pub(crate) fn admin(&self, method: &str, path: &str) -> RequestBuilder {
        self.client.request(Method::from_bytes(method.as_bytes()).unwrap(), self.admin_url(path)).bearer_auth(KEY)
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.admin("GET", path)).await
    }

    pub(crate) async fn call(&self, method: &str, path: &str, body: &Value) -> Answer {
        send(self.admin(method, path).json(body)).await
    }

    /// Makes an identity that signs in with `PASSWORD`; its id.
    pub(crate) async fn person(&self, email: &str) -> String {
        let body = json!({
            "schema_id": "default",
            "traits": {"email": email, "name": "Ada", "role": "buyer", "company_id": "c-1", "permissions": ["orders:read"]},
            "credentials": {"password": {"config": {"password": PASSWORD}}},
        });
        let answer = self.call("POST", "/admin/identities", &body).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.body["id"].as_str().unwrap().to_owned()
    }

    /// Signs in as a native program; the session token.
    pub(crate) async fn sign_in(&self, email: &str) -> String {
        let flow = send(self.public("GET", "/self-service/login/api")).await;
        let action = flow.body["ui"]["action"].as_str().unwrap().to_owned();
        let body = json!({"method": "password", "identifier": email, "password": PASSWORD});
        let answer = send(self.client.post(action).json(&body)).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["session_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn whoami(&self, token: &str) -> Answer {
        send(self.public("GET", "/sessions/whoami").header("x-session-token", token)).await
    }
}

/// A password that keeps every rule.
pub(crate) const PASSWORD: &str = "a quiet green lamp";

/// Sends a request and reads the answer.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.unwrap()).await
}

/// A body without what differs from run to run.
pub(crate) fn scrubbed(world: &World, body: &Value) -> Value {
    let text = body.to_string().replace(&world.public_url(""), "https://id.example.org/");
    scrub(&serde_json::from_str(&text).unwrap())
}

fn scrub(value: &Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(map.iter().map(|(name, value)| (name.clone(), scrub(value))).collect()),
        Value::Array(items) => items.iter().map(scrub).collect(),
        Value::String(text) if is_uuid(text) => json!("[uuid]"),
        other => other.clone(),
    }
}

fn is_uuid(text: &str) -> bool {
    text.len() == 36 && text.bytes().filter(|byte| *byte == b'-').count() == 4
}
