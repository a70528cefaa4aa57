//! The pages people see, over HTTP: what they answer, which headers they carry, and what their own forms do.

mod account;
mod branding;
mod consent;
mod flows;
mod keys;
mod language;
mod logout;
mod provider;
mod welcome;

use reqwest::Response;
use serde_json::json;

use self::provider::Provider;
use crate::self_service::world::{Browser, PASSWORD, World};

/// A service in front of a provider that is not there, with somebody signed in.
struct House {
    world: World,
    provider: Provider,
    browser: Browser,
    /// The id of who is signed in.
    subject: String,
}

impl House {
    async fn new() -> Self {
        let provider = Provider::start().await;
        let over = json!({
            "oauth2_provider": {
                "url": provider.url,
                "headers": {"Authorization": "Bearer a key of the tests"},
                "claims": [
                    {"scope": "openid", "claims": {"role": "/traits/role"}},
                    {"scope": "profile", "claims": {"name": "/traits/name"}, "tokens": ["id_token"]},
                    {"scope": "email", "claims": {"email": "/traits/email", "email_verified": "/email_verified"}},
                ],
                "scope_descriptions": {"stock.read": "See what is in stock"},
            },
        });
        let world = World::start("memory", over).await;
        let browser = world.browser();
        let subject = sign_in(&world, &browser, "ada@example.org").await;
        provider.about(&subject);
        Self { world, provider, browser, subject }
    }

    async fn is_signed_in(&self) -> bool {
        self.browser.get("/sessions/whoami").await.status() == 200
    }
}

async fn sign_in(world: &World, browser: &Browser, email: &str) -> String {
    let identity = world.create(email).await;
    let flow = browser.begin("/self-service/login/browser").await;
    let answer = browser.submit(&flow, json!({"method": "password", "identifier": email, "password": PASSWORD})).await;
    assert_eq!(answer.status(), 200);
    identity["id"].as_str().unwrap().to_owned()
}

/// The status and HTML of a page.
async fn page(answer: Response) -> (u16, String) {
    (answer.status().as_u16(), answer.text().await.unwrap())
}

/// The value of a hidden input.
fn hidden(html: &str, name: &str) -> String {
    let marker = format!("name=\"{name}\" value=\"");
    let (_, rest) = html.split_once(&marker).unwrap_or_else(|| panic!("no {name} in {html}"));
    rest.split('"').next().unwrap().replace("&#61;", "=").replace("&#43;", "+").replace("&#47;", "/")
}

/// Sends a page's own form.
async fn send(browser: &Browser, path: &str, fields: &[(&str, &str)]) -> Response {
    browser.client.post(browser.url(path)).header("accept", "text/html").form(fields).send().await.unwrap()
}
