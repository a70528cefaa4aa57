//! Snippets, where they come from, and what they are given.

use std::{collections::BTreeMap, sync::Arc};

use serde_json::Value;
use shared_types::{http::client::HttpClient, time::Time};

use super::{JsonnetError, lint};
use crate::{
    app::Cx,
    source::{self, Kept},
};

/// A text in Jsonnet.
#[derive(Debug, Clone)]
pub(crate) struct Snippet {
    pub(super) name: Arc<str>,
    pub(super) text: Arc<str>,
}

impl Snippet {
    /// A snippet, and how messages name it.
    pub(crate) fn new(name: &str, text: &str) -> Self {
        Self { name: Arc::from(name), text: Arc::from(text) }
    }
}

/// Where a snippet of the configuration is. What is behind HTTP is fetched when it is needed; a file is read at once, and
/// both again after an hour.
#[derive(Debug)]
pub(crate) struct SnippetSource(Kept<Snippet>);

impl SnippetSource {
    /// Looks at a snippet, if it is at hand; the error says why it cannot be used.
    pub(crate) async fn open(url: &str, http: &HttpClient, now: Time) -> Result<Self, String> {
        if source::is_local(url) {
            return Kept::now(url, checked, http, now).await.map(Self);
        }
        if url.starts_with("http://") || url.starts_with("https://") {
            return Ok(Self(Kept::later(url, fetched)));
        }
        Err("must start with file://, http://, https:// or base64://".to_owned())
    }

    /// The snippet.
    pub(crate) async fn snippet(&self, cx: &Cx) -> Result<Snippet, JsonnetError> {
        self.0.get(&cx.http, cx.now).await.map_err(JsonnetError::Unread)
    }
}

/// The operator's own file is looked at before anybody needs it.
fn checked(name: &str, text: &str) -> Result<Snippet, String> {
    lint::check(name, text)?;
    Ok(Snippet::new(name, text))
}

/// What somebody else's server sends is read by a process that evaluates, never by this one.
#[expect(clippy::unnecessary_wraps, reason = "as every maker of something of a text")]
fn fetched(name: &str, text: &str) -> Result<Snippet, String> {
    Ok(Snippet::new(name, text))
}

/// What a snippet is given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Inputs {
    pub(super) vars: BTreeMap<String, String>,
    pub(super) args: BTreeMap<String, String>,
}

impl Inputs {
    /// A value `std.extVar(name)` gives.
    #[must_use]
    pub(crate) fn var(mut self, name: &str, value: &Value) -> Self {
        self.vars.insert(name.to_owned(), value.to_string());
        self
    }

    /// An argument of the function the snippet is; without a meaning for one that is none.
    #[must_use]
    pub(crate) fn arg(mut self, name: &str, value: &Value) -> Self {
        self.args.insert(name.to_owned(), value.to_string());
        self
    }
}
