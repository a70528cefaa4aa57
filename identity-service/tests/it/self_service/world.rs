//! A service on free ports, a clock to move, a mailbox, and the clients that talk to it.

use std::sync::Arc;

use identity_service::{
    app::{App, Running, Seams},
    config::Config,
};
use reqwest::{Client, Response};
use serde_json::{Map, Value, json};
use shared_types::{http::client::HttpClient, testing::TestClock};
use url::Url;

use super::mailbox::Mailbox;
use crate::world::{browser, client, program};

/// Where browsers go at the end.
pub(crate) const HOME: &str = "https://app.example.org/welcome";
/// A password that keeps every rule.
pub(crate) const PASSWORD: &str = "a quiet green lamp";

/// One service under test.
pub(crate) struct World {
    pub(crate) public: Url,
    pub(crate) admin: Url,
    pub(crate) clock: TestClock,
    pub(crate) mailbox: Mailbox,
    running: Option<Running>,
}

/// A schema with a trait of every kind a form can hold.
fn schema() -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let schema = json!({"$id": "https://example.org/person.json", "type": "object", "properties": {"traits": {
    "type": "object", "required": ["email"], "additionalProperties": false, "properties": {
        "email": {"type": "string", "format": "email", "title": "E-Mail", "ory.sh/kratos": {
            "credentials": {"password": {"identifier": true}}, "verification": {"via": "email"}}},
        "name": {"type": "string", "title": "Name", "minLength": 2},
        "age": {"type": "integer", "minimum": 0},
        "news": {"type": "boolean"},
        "role": {"type": "string", "portico": {"write": "admin"}}
    }}}});
    format!("base64://{}", STANDARD.encode(schema.to_string()))
}

/// Lays one JSON object over another.
pub(crate) fn merged(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merged(base.entry(key).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

impl World {
    /// A service with the test configuration and what a test changes of it.
    pub(crate) async fn start(dsn: &str, over: Value) -> Self {
        Self::start_within(dsn, over, None).await
    }

    /// The same within an internet of the tests.
    pub(crate) async fn start_within(dsn: &str, over: Value, http: Option<HttpClient>) -> Self {
        let mailbox = Mailbox::open().await;
        let mut config = json!({
            "dsn": dsn,
            "dev": true,
            "auto_migrate": true,
            "watch-courier": true,
            "serve": {"public": {"host": "127.0.0.1", "port": 0}, "admin": {"host": "127.0.0.1", "port": 0}},
            "secrets": {"default": ["a secret of the tests, long enough"]},
            "hashers": {"bcrypt": {"cost": 4}},
            "rate_limit": {"enabled": false},
            "courier": {"smtp": {"connection_uri": mailbox.uri()}, "worker": {"pull_wait": "50ms"}},
            "identity": {"default_schema_id": "person", "schemas": [{"id": "person", "url": schema()}]},
            "selfservice": {
                "default_browser_return_url": HOME,
                "allowed_return_urls": ["https://portal.example.org/"],
                "methods": {"password": {"config": {"haveibeenpwned_enabled": false}}, "link": {"enabled": true}},
                "flows": {
                    "registration": {"style": "unified", "after": {"password": {"hooks": [{"hook": "session"}]}}},
                    "verification": {"enabled": true}
                }
            }
        });
        merged(&mut config, over);
        let clock = TestClock::default();
        let seams = Seams { clock: Arc::new(clock.clone()), program: program(), http, ..Seams::default() };
        let config = Config::from_value(config).unwrap();
        let running = App::build(config, seams).await.unwrap().start().await.unwrap();
        Self {
            public: running.public_url.clone(),
            admin: running.admin_url.clone(),
            clock,
            mailbox,
            running: Some(running),
        }
    }

    /// Stops the service.
    pub(crate) async fn stop(mut self) {
        if let Some(running) = self.running.take() {
            running.stop().await;
        }
    }

    /// A client with a cookie jar, which follows no redirect.
    pub(crate) fn browser(&self) -> Browser {
        Browser { client: browser(), base: self.public.clone() }
    }

    /// A client without cookies.
    pub(crate) fn program(&self) -> Browser {
        Browser { client: client(), base: self.public.clone() }
    }

    /// A body without what differs from run to run.
    pub(crate) fn scrubbed(&self, body: &Value) -> Value {
        let text = body.to_string().replace(self.public.as_str(), "https://id.example.org/");
        scrub(serde_json::from_str(&text).unwrap())
    }

    /// Makes an identity through the admin API.
    pub(crate) async fn create(&self, email: &str) -> Value {
        self.create_with("person", json!({"email": email})).await
    }

    /// Makes an identity of a schema through the admin API.
    pub(crate) async fn create_with(&self, schema: &str, traits: Value) -> Value {
        let body = json!({"schema_id": schema, "traits": traits,
            "credentials": {"password": {"config": {"password": PASSWORD}}}});
        let url = self.admin.join("admin/identities").unwrap();
        let response = client().post(url).json(&body).send().await.unwrap();
        assert_eq!(response.status(), 201);
        response.json().await.unwrap()
    }
}

/// Something that talks to the public API.
#[derive(Clone)]
pub(crate) struct Browser {
    pub(crate) client: Client,
    base: Url,
}

impl Browser {
    /// A GET that asks for JSON.
    pub(crate) async fn get(&self, path: &str) -> Response {
        self.client.get(self.url(path)).header("accept", "application/json").send().await.unwrap()
    }

    /// A GET as browsers make it.
    pub(crate) async fn visit(&self, path: &str) -> Response {
        self.client.get(self.url(path)).header("accept", "text/html,*/*;q=0.8").send().await.unwrap()
    }

    /// The URL of a path; whole URLs are taken as they are.
    pub(crate) fn url(&self, path: &str) -> Url {
        self.base.join(path.trim_start_matches('/')).unwrap()
    }

    /// Begins a flow and reads it as JSON.
    pub(crate) async fn begin(&self, path: &str) -> Value {
        let response = self.get(path).await;
        assert_eq!(response.status(), 200, "{path}");
        response.json().await.unwrap()
    }

    /// Submits JSON to a flow, with its CSRF token.
    pub(crate) async fn submit(&self, flow: &Value, fields: Value) -> Response {
        let mut body = json!({"csrf_token": csrf(flow)});
        merged(&mut body, fields);
        let action = flow["ui"]["action"].as_str().unwrap();
        self.client.post(action).header("accept", "application/json").json(&body).send().await.unwrap()
    }

    /// Submits a form to a flow as browsers do, with its CSRF token.
    pub(crate) async fn submit_form(&self, flow: &Value, fields: &[(&str, &str)]) -> Response {
        let token = csrf(flow);
        let mut form = vec![("csrf_token", token.as_str())];
        form.extend_from_slice(fields);
        let action = flow["ui"]["action"].as_str().unwrap();
        self.client.post(action).header("accept", "text/html").form(&form).send().await.unwrap()
    }

    /// Registers with the usual password and gives the answer's body.
    pub(crate) async fn register(&self, email: &str) -> Value {
        let flow = self.begin("/self-service/registration/browser").await;
        let fields = json!({"method": "password", "traits": {"email": email}, "password": PASSWORD});
        let response = self.submit(&flow, fields).await;
        assert_eq!(response.status(), 200);
        response.json().await.unwrap()
    }
}

/// The status and body of an answer.
pub(crate) async fn parts(response: Response) -> (u16, Value) {
    let status = response.status().as_u16();
    let text = response.text().await.unwrap();
    (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
}

/// Where an answer sends the browser.
pub(crate) fn location(response: &Response) -> String {
    response.headers()["location"].to_str().unwrap().to_owned()
}

/// The CSRF token of a flow's form.
pub(crate) fn csrf(flow: &Value) -> String {
    node(flow, "csrf_token")["attributes"]["value"].as_str().unwrap_or_default().to_owned()
}

/// The first node of that name.
pub(crate) fn node<'a>(flow: &'a Value, name: &str) -> &'a Value {
    let nodes = flow["ui"]["nodes"].as_array().expect("nodes");
    nodes.iter().find(|node| node["attributes"]["name"] == name).unwrap_or(&Value::Null)
}

/// The ids of the messages above the form.
pub(crate) fn messages(flow: &Value) -> Vec<u64> {
    ids(&flow["ui"]["messages"])
}

/// The ids of the messages of a list.
pub(crate) fn ids(messages: &Value) -> Vec<u64> {
    messages.as_array().map(|all| all.iter().filter_map(|message| message["id"].as_u64()).collect()).unwrap_or_default()
}

fn scrub(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let secret = map.get("name").is_some_and(|name| name == "csrf_token");
            let entries = map.into_iter().map(|(key, value)| {
                let value = if secret && key == "value" && value != "" { json!("[token]") } else { scrub(value) };
                let value = if key == "session_token" || key == "ory_session_token" { json!("[token]") } else { value };
                let value = if key == "user_agent" { json!("[agent]") } else { value };
                (key, value)
            });
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.into_iter().map(scrub).collect(),
        Value::String(text) => Value::String(without_uuids(&text)),
        other => other,
    }
}

fn without_uuids(text: &str) -> String {
    let is_uuid = |part: &str| {
        part.len() == 36
            && part.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_hexdigit(),
            })
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if rest.get(..36).is_some_and(is_uuid) {
            out.push_str("[uuid]");
            rest = &rest[36..];
        } else {
            out.push(c);
            rest = &rest[c.len_utf8()..];
        }
    }
    out
}
