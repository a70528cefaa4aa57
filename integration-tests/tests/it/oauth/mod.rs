//! The rules of the specifications, one file each: every test cites the sentence it checks.

mod oidc_core;
mod rfc6749;
mod rfc7009;
mod rfc7636;
mod rfc7662;
mod rfc9207;

use anyhow::Context as _;
use integration_tests::{
    login::{self, Authorization},
    person::{Answer, Page, Person},
    world::{Setup, World},
};
use serde_json::{Value, json};
use shared_types::{
    testing::TestClock,
    time::{Clock as _, SystemClock},
};

pub(crate) const EMAIL: &str = "ada@example.org";
pub(crate) const PASSWORD: &str = "seven-Bridges-of-Königsberg";
pub(crate) const SCOPE: &str = "openid offline_access profile email";

/// A world with one person and one public client.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) client_id: String,
    pub(crate) subject: String,
}

/// A clock that starts now, so that the cookies of a real client are still good.
pub(crate) fn clock() -> TestClock {
    let clock = TestClock::default();
    clock.set(SystemClock.now());
    clock
}

impl Scene {
    pub(crate) async fn start(setup: Setup) -> anyhow::Result<Option<Self>> {
        let Some(world) = setup.start().await? else {
            return Ok(None);
        };
        let traits = json!({ "role": "buyer", "company_id": "c-1", "permissions": ["orders:read"] });
        let identity = world.identity(EMAIL, PASSWORD, traits).await?;
        let client = world.client(json!({ "client_name": "Portal" })).await?;
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned).context("an id");
        Ok(Some(Self { client_id: text(&client, "client_id")?, subject: text(&identity, "id")?, world }))
    }

    pub(crate) fn authorization(&self) -> anyhow::Result<Authorization> {
        Authorization::new(&self.world, &self.client_id, SCOPE)
    }

    /// A login that ends at the callback.
    pub(crate) async fn sign_in(&self, authorization: &Authorization) -> anyhow::Result<Page> {
        login::sign_in(&login::person()?, &authorization.url, EMAIL, PASSWORD).await
    }

    /// A login of someone who keeps cookies.
    pub(crate) async fn sign_in_as(&self, person: &Person, authorization: &Authorization) -> anyhow::Result<Page> {
        login::sign_in(person, &authorization.url, EMAIL, PASSWORD).await
    }

    pub(crate) async fn code(&self, authorization: &Authorization) -> anyhow::Result<String> {
        let end = self.sign_in(authorization).await?;
        end.parameter("code").with_context(|| format!("no code at {}", end.url))
    }

    pub(crate) async fn tokens(&self) -> anyhow::Result<Value> {
        login::tokens(&self.world, &self.client_id, EMAIL, PASSWORD).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> anyhow::Result<Answer> {
        login::refresh(&self.world, &self.client_id, token).await
    }

    /// A confidential client that authenticates with HTTP Basic: its id and secret.
    pub(crate) async fn confidential(&self) -> anyhow::Result<(String, String)> {
        let client = self
            .world
            .client(json!({
                "token_endpoint_auth_method": "client_secret_basic",
                "grant_types": ["client_credentials", "authorization_code", "refresh_token"],
            }))
            .await?;
        let text = |name: &str| client[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
        Ok((text("client_id")?, text("client_secret")?))
    }
}

/// The scene, or the end of the test where its database is not to be had.
macro_rules! scene {
    ($setup:expr) => {
        match crate::oauth::Scene::start($setup).await? {
            Some(scene) => scene,
            None => {
                eprintln!("skipped: no PostgreSQL server is named by {}", shared_types::testing::POSTGRES_URL);
                return Ok(());
            }
        }
    };
}
pub(crate) use scene;

pub(crate) fn text<'a>(value: &'a Value, name: &str) -> anyhow::Result<&'a str> {
    value[name].as_str().with_context(|| format!("no {name} in {value}"))
}

/// An OAuth2 error: its status, its code, and no keys beside the two of the contract.
#[track_caller]
pub(crate) fn assert_error(answer: &Answer, status: u16, code: &str) {
    let body = answer.json().expect("a JSON error");
    assert_eq!((answer.status, body["error"].as_str()), (status, Some(code)), "{body}");
    let keys: Vec<&String> = body.as_object().expect("an object").keys().collect();
    assert_eq!(keys, ["error", "error_description"], "{body}");
}

/// An error that came back to the client by redirect.
#[track_caller]
pub(crate) fn assert_redirected_error(page: &Page, code: &str) {
    assert!(page.url.as_str().starts_with(login::CALLBACK), "not at the client: {} {}", page.url, page.html);
    assert_eq!(page.parameter("error").as_deref(), Some(code), "{}", page.url);
    assert_eq!(page.parameter("code"), None);
}
