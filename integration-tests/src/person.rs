//! A person with a browser, as far as HTTP sees one: cookies, pages, redirects followed, forms filled in.

use anyhow::{Context as _, bail, ensure};
use reqwest::{Method, header};
use serde_json::Value;
use url::Url;

use crate::form::Form;

const REDIRECTS: usize = 12;

/// A client that follows nothing and keeps nothing.
#[expect(
    clippy::disallowed_methods,
    reason = "a test speaks to services on the loopback, not through their own client"
)]
pub fn plain_client() -> anyhow::Result<reqwest::Client> {
    Ok(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?)
}

/// Someone with cookies of their own.
pub struct Person {
    client: reqwest::Client,
    /// Where browsing ends: redirects to addresses that begin so are not followed.
    ends: Vec<String>,
}

/// What a person sees after following redirects.
#[derive(Debug, Clone)]
pub struct Page {
    /// Where it came from, or where browsing ended.
    pub url: Url,
    /// Of the page, or of the redirect at which browsing ended.
    pub status: u16,
    pub html: String,
}

/// One answer of an API.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub headers: header::HeaderMap,
    pub body: String,
}

impl Answer {
    pub async fn read(response: reqwest::Response) -> anyhow::Result<Self> {
        Ok(Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.text().await?,
        })
    }

    pub fn json(&self) -> anyhow::Result<Value> {
        serde_json::from_str(&self.body).with_context(|| format!("{} is not JSON: {}", self.status, self.body))
    }

    /// The body as JSON when the status is the one expected; JSON null when there is no body.
    pub fn expect(self, status: u16) -> anyhow::Result<Value> {
        ensure!(self.status == status, "expected {status}, got {}: {}", self.status, self.body);
        if self.body.is_empty() { Ok(Value::Null) } else { self.json() }
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }
}

impl Page {
    /// A parameter of the address, in its query or its fragment.
    pub fn parameter(&self, name: &str) -> Option<String> {
        let in_fragment = url::form_urlencoded::parse(self.url.fragment().unwrap_or_default().as_bytes());
        let mut pairs = self.url.query_pairs().chain(in_fragment);
        pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }
}

impl Person {
    #[expect(
        clippy::disallowed_methods,
        reason = "a test speaks to services on the loopback, not through their own client"
    )]
    pub fn new() -> anyhow::Result<Self> {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .cookie_store(true)
            .no_proxy()
            .build()?;
        Ok(Self { client, ends: Vec::new() })
    }

    /// Browsing ends at addresses that begin so: a client's callback.
    #[must_use]
    pub fn ending_at(mut self, prefix: &str) -> Self {
        self.ends.push(prefix.to_owned());
        self
    }

    /// Opens an address and follows where it leads.
    pub async fn open(&self, url: &str) -> anyhow::Result<Page> {
        self.browse(Method::GET, Url::parse(url)?, Vec::new()).await
    }

    /// Sends a form of a page and follows where it leads.
    pub async fn send(&self, page: &Page, form: &Form, fields: Vec<(String, String)>) -> anyhow::Result<Page> {
        let url = page.url.join(&form.action)?;
        let method = if form.method == "post" { Method::POST } else { Method::GET };
        self.browse(method, url, fields).await
    }

    /// Fills in the form that has this button, and presses it.
    pub async fn press(&self, page: &Page, button: (&str, &str), fields: &[(&str, &str)]) -> anyhow::Result<Page> {
        let mut form = Form::with_button(&page.html, button.0, button.1)
            .with_context(|| format!("at {} ({})", page.url, page.status))?;
        for (name, value) in fields {
            ensure!(
                form.names.iter().any(|known| known == name),
                "the form at {} has no field {name}: {form:?}",
                page.url
            );
            form = form.fill(name, value);
        }
        let sent = form.clone().press(button.0, button.1);
        self.send(page, &form, sent).await
    }

    /// One request as the scripts of a page make it: cookies, JSON, nothing followed.
    pub async fn call(&self, method: &str, url: &str, body: Option<&Value>) -> anyhow::Result<Answer> {
        let mut request = self.client.request(method.parse()?, url).header(header::ACCEPT, "application/json");
        if let Some(body) = body {
            request = request.json(body);
        }
        Answer::read(request.send().await?).await
    }

    /// One request with nothing added, nothing followed.
    pub async fn request(&self, request: reqwest::RequestBuilder) -> anyhow::Result<Answer> {
        let (_, request) = request.build_split();
        Answer::read(self.client.execute(request?).await?).await
    }

    async fn browse(&self, method: Method, url: Url, fields: Vec<(String, String)>) -> anyhow::Result<Page> {
        let (mut method, mut url, mut fields) = (method, url, fields);
        for _ in 0..REDIRECTS {
            if method == Method::GET && !fields.is_empty() {
                url.query_pairs_mut().extend_pairs(&fields);
            }
            let mut request =
                self.client.request(method.clone(), url.clone()).header(header::ACCEPT, "text/html,*/*;q=0.8");
            if method == Method::POST {
                request = request.form(&fields);
            }
            let response = request.send().await.with_context(|| format!("{method} {url}"))?;
            let status = response.status().as_u16();
            let Some(location) = response.headers().get(header::LOCATION) else {
                return Ok(Page { url, status, html: response.text().await? });
            };
            let next = url.join(location.to_str()?)?;
            if self.ends.iter().any(|end| next.as_str().starts_with(end)) {
                return Ok(Page { url: next, status, html: String::new() });
            }
            // 307 and 308 repeat the request; the others turn it into a GET (RFC 9110, 15.4).
            if !matches!(status, 307 | 308) {
                (method, fields) = (Method::GET, Vec::new());
            }
            url = next;
        }
        bail!("more than {REDIRECTS} redirects, the last to {url}")
    }
}
