//! The operators' console, over HTTP.

mod audit;
mod entry;
mod identities;
mod messages;

use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};

use crate::world::{PASSWORD, World, browser, merge, send};

/// What makes an operator of somebody.
const PERMISSION: &str = "portico:console";

/// A service with a console, and an operator who is signed in.
struct House {
    world: World,
    olga: Person,
}

/// Somebody with a browser.
struct Person {
    id: String,
    client: Client,
}

impl House {
    async fn new(dsn: &str) -> Self {
        Self::with(dsn, json!({})).await
    }

    /// The same with more in its configuration.
    async fn with(dsn: &str, over: Value) -> Self {
        let mut config = json!({"console": {"enabled": true}});
        merge(&mut config, &over);
        let world = World::with(dsn, config).await;
        let olga = create(&world, "olga@example.org", json!({"metadata_admin": {"permissions": [PERMISSION]}})).await;
        let client = sign_in(&world, "olga@example.org").await;
        Self { world, olga: Person { id: olga, client } }
    }

    /// The same service once more, on the same database.
    async fn again(dsn: &str) -> World {
        World::with(dsn, json!({"console": {"enabled": true}})).await
    }

    /// A page as the operator sees it.
    async fn see(&self, path: &str) -> Page {
        self.olga.see(&self.world, path).await
    }

    /// Sends a form as the operator, with the token of her session.
    async fn act(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let token = hidden(&self.see("console/").await.html, "csrf_token");
        let mut all = vec![("csrf_token", token.as_str())];
        all.extend_from_slice(fields);
        Page::of(self.olga.client.post(self.world.admin_url(path)).form(&all)).await
    }
}

impl Person {
    async fn see(&self, world: &World, path: &str) -> Page {
        Page::of(self.client.get(world.admin_url(path))).await
    }
}

/// An answer as a browser gets it.
#[derive(Debug)]
struct Page {
    status: u16,
    headers: reqwest::header::HeaderMap,
    html: String,
}

impl Page {
    async fn of(request: RequestBuilder) -> Self {
        let answer: Response = request.header("accept", "text/html").send().await.unwrap();
        let (status, headers) = (answer.status().as_u16(), answer.headers().clone());
        Self { status, headers, html: answer.text().await.unwrap() }
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    fn holds(&self, text: &str) {
        assert!(self.html.contains(text), "no {text:?} in {} {}", self.status, self.html);
    }

    #[track_caller]
    fn lacks(&self, text: &str) {
        assert!(!self.html.contains(text), "{text:?} in {} {}", self.status, self.html);
    }
}

/// Makes an identity with a password; its id.
async fn create(world: &World, email: &str, over: Value) -> String {
    let mut body = json!({
        "schema_id": "default",
        "traits": {"email": email},
        "credentials": {"password": {"config": {"password": PASSWORD}}},
    });
    merge(&mut body, &over);
    let answer = world.call("POST", "/admin/identities", &body).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.body["id"].as_str().unwrap().to_owned()
}

/// A browser in which somebody is signed in.
async fn sign_in(world: &World, email: &str) -> Client {
    let client = browser();
    let begin = client.get(world.public_url("/self-service/login/browser")).header("accept", "application/json");
    let flow = send(begin).await.body;
    let nodes = flow["ui"]["nodes"].as_array().unwrap();
    let token = nodes.iter().find(|node| node["attributes"]["name"] == "csrf_token").unwrap();
    let body = json!({
        "method": "password", "identifier": email, "password": PASSWORD,
        "csrf_token": token["attributes"]["value"],
    });
    let submit = client.post(flow["ui"]["action"].as_str().unwrap()).header("accept", "application/json").json(&body);
    let answer = send(submit).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    client
}

/// The value of a hidden input.
#[track_caller]
fn hidden(html: &str, name: &str) -> String {
    let marker = format!("name=\"{name}\" value=\"");
    let (_, rest) = html.split_once(&marker).unwrap_or_else(|| panic!("no {name} in {html}"));
    rest.split('"').next().unwrap().to_owned()
}
