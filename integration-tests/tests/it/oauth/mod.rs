//! The rules of the specifications, one folder each: every test cites the sentence it checks.

mod fapi2;
mod jarm;
mod keys;
mod multiple_response_types;
mod oauth21;
mod oidc_core;
mod oidc_discovery;
mod oidc_form_post;
mod oidc_logout;
mod oidc_third_party_login;
mod rfc6749;
mod rfc6750;
mod rfc7009;
mod rfc7523;
mod rfc7591;
mod rfc7636;
mod rfc7662;
mod rfc8252;
mod rfc8414;
mod rfc8628;
mod rfc8693;
mod rfc8705;
mod rfc8707;
mod rfc9068;
mod rfc9101;
mod rfc9126;
mod rfc9207;
mod rfc9396;
mod rfc9449;
mod rfc9470;
mod rfc9700;
mod rfc9701;
mod site;

use anyhow::Context as _;
use integration_tests::{
    login::{self, Authorization, CALLBACK},
    person::{Answer, Page, Person, plain_client},
    world::{Setup, World},
};
use serde_json::{Value, json};
use shared_types::{
    testing::TestClock,
    time::{Clock as _, SystemClock},
};
use url::Url;

pub(crate) const EMAIL: &str = "ada@example.org";
pub(crate) const PASSWORD: &str = "seven-Bridges-of-Königsberg";
pub(crate) const SCOPE: &str = "openid offline_access profile email";
/// `client_assertion_type` (RFC 7523 2.2).
pub(crate) const ASSERTION: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Names and values of a form or of headers.
pub(crate) type Pairs<'a> = [(&'a str, &'a str)];

/// A world with one person and one public client.
pub(crate) struct Scene {
    pub(crate) world: World,
    pub(crate) client_id: String,
    pub(crate) subject: String,
    http: reqwest::Client,
}

/// A clock that starts now, so that the cookies of a real client are still good.
pub(crate) fn clock() -> TestClock {
    let clock = TestClock::default();
    clock.set(SystemClock.now());
    clock
}

impl Scene {
    pub(crate) async fn start(setup: Setup) -> anyhow::Result<Option<Self>> {
        let Some(world) = Box::pin(setup.start()).await? else {
            return Ok(None);
        };
        let traits = json!({ "role": "buyer", "company_id": "c-1", "permissions": ["orders:read"] });
        let identity = world.identity(EMAIL, PASSWORD, traits).await?;
        let client = world.client(json!({ "client_name": "Portal" })).await?;
        let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned).context("an id");
        let (client_id, subject) = (text(&client, "client_id")?, text(&identity, "id")?);
        Ok(Some(Self { client_id, subject, world, http: plain_client()? }))
    }

    pub(crate) fn authorization(&self) -> anyhow::Result<Authorization> {
        Authorization::new(&self.world, &self.client_id, SCOPE)
    }

    /// An authorization request of another client than the scene's own.
    pub(crate) fn request_of(&self, client_id: &str) -> anyhow::Result<Authorization> {
        Authorization::new(&self.world, client_id, SCOPE)
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

    /// A login at another public client: the token answer.
    pub(crate) async fn tokens_of(&self, client_id: &str) -> anyhow::Result<Value> {
        login::tokens(&self.world, client_id, EMAIL, PASSWORD).await
    }

    pub(crate) async fn refresh(&self, token: &str) -> anyhow::Result<Answer> {
        login::refresh(&self.world, &self.client_id, token).await
    }

    /// A public client with these fields: its id.
    pub(crate) async fn register(&self, fields: Value) -> anyhow::Result<String> {
        Ok(text(&self.world.client(fields).await?, "client_id")?.to_owned())
    }

    /// A confidential client that authenticates with HTTP Basic: its id and secret.
    pub(crate) async fn confidential(&self) -> anyhow::Result<(String, String)> {
        self.confidential_with(json!({})).await
    }

    /// The same, with further fields.
    pub(crate) async fn confidential_with(&self, fields: Value) -> anyhow::Result<(String, String)> {
        let mut client = json!({
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["client_credentials", "authorization_code", "refresh_token"],
        });
        integration_tests::settings::merge(&mut client, fields);
        let client = self.world.client(client).await?;
        let text = |name: &str| client[name].as_str().map(str::to_owned).with_context(|| format!("no {name}"));
        Ok((text("client_id")?, text("client_secret")?))
    }

    /// A form to the public listener under these headers.
    pub(crate) async fn post(&self, path: &str, headers: &Pairs<'_>, form: &Pairs<'_>) -> anyhow::Result<Answer> {
        let mut request = self.http.post(self.world.oauth_url(path)).form(form);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(request.send().await?).await
    }

    /// A request to the public listener under these headers; nothing is followed.
    pub(crate) async fn get(&self, path: &str, headers: &Pairs<'_>) -> anyhow::Result<Answer> {
        self.look(&self.world.oauth_url(path), headers).await
    }

    /// A request to any address; nothing is followed.
    pub(crate) async fn look(&self, url: &str, headers: &Pairs<'_>) -> anyhow::Result<Answer> {
        let mut request = self.http.get(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        Answer::read(request.send().await?).await
    }

    /// The metadata of the server.
    pub(crate) async fn metadata(&self) -> anyhow::Result<Value> {
        self.get("/.well-known/openid-configuration", &[]).await?.expect(200)
    }

    /// The public keys of the server.
    pub(crate) async fn jwks(&self) -> anyhow::Result<Value> {
        self.get("/.well-known/jwks.json", &[]).await?.expect(200)
    }

    /// The address of an endpoint, as proofs and assertions name it.
    pub(crate) fn at(&self, path: &str) -> String {
        self.world.oauth_url(path)
    }

    /// Exchanges a code, under these headers and with further fields.
    pub(crate) async fn exchange(
        &self,
        authorization: &Authorization,
        code: &str,
        headers: &Pairs<'_>,
        more: &Pairs<'_>,
    ) -> anyhow::Result<Answer> {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", CALLBACK),
            ("code_verifier", authorization.verifier.as_str()),
        ];
        if !headers.iter().any(|(name, _)| *name == "authorization")
            && !more.iter().any(|(n, _)| *n == "client_assertion")
        {
            form.push(("client_id", authorization.client_id.as_str()));
        }
        form.extend(more);
        self.post("/oauth2/token", headers, &form).await
    }

    /// Whether a token is good now.
    pub(crate) async fn is_active(&self, token: &str) -> anyhow::Result<bool> {
        Ok(self.world.introspect(token).await?["active"] == true)
    }
}

/// The value of an `Authorization` header.
pub(crate) fn basic(id: &str, secret: &str) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    format!("Basic {}", STANDARD.encode(format!("{id}:{secret}")))
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

/// The parameters of an authorization request, as a client pushes them.
pub(crate) fn parameters(authorization: &Authorization) -> Vec<(String, String)> {
    let pairs = authorization.url.query_pairs();
    pairs.map(|(name, value)| (name.into_owned(), value.into_owned())).collect()
}

/// The same as claims of a request object.
pub(crate) fn as_claims(authorization: &Authorization) -> Value {
    Value::Object(parameters(authorization).into_iter().map(|(name, value)| (name, json!(value))).collect())
}

/// Names and values, lent.
pub(crate) fn lent(pairs: &[(String, String)]) -> Vec<(&str, &str)> {
    pairs.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect()
}

/// The same request, reduced to a reference to it.
pub(crate) fn referring(authorization: &Authorization, request_uri: &str) -> Authorization {
    let mut reduced = authorization.clone();
    let pairs = [("client_id", reduced.client_id.clone()), ("request_uri", request_uri.to_owned())];
    reduced.url.query_pairs_mut().clear().extend_pairs(pairs);
    reduced
}

/// Where an answer sends the browser.
#[track_caller]
pub(crate) fn location(answer: &Answer) -> Url {
    let to = answer.header("location").unwrap_or_else(|| panic!("no redirect: {} {}", answer.status, answer.body));
    Url::parse(to).unwrap_or_else(|error| panic!("{to}: {error}"))
}

/// One parameter of where an answer sends the browser, in the query or in the fragment.
#[track_caller]
pub(crate) fn sent(answer: &Answer, name: &str) -> Option<String> {
    Page { url: location(answer), status: answer.status, html: String::new() }.parameter(name)
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
    assert!(page.url.as_str().starts_with(CALLBACK), "not at the client: {} {}", page.url, page.html);
    assert_eq!(page.parameter("error").as_deref(), Some(code), "{}", page.url);
    assert_eq!(page.parameter("code"), None);
}

/// An answer of the authorization endpoint that tells the client this error.
#[track_caller]
pub(crate) fn assert_told(answer: &Answer, code: &str) {
    let url = location(answer);
    assert_redirected_error(&Page { url, status: answer.status, html: String::new() }, code);
}

/// An answer of the authorization endpoint that tells the person this error, and the client nothing.
#[track_caller]
pub(crate) fn assert_shown(scene: &Scene, answer: &Answer, code: &str) {
    let (url, page) = (location(answer), scene.world.identity_url("/error"));
    assert!(url.as_str().starts_with(&page), "not the error page: {url}");
    assert_eq!(sent(answer, "error").as_deref(), Some(code), "{url}");
}
