//! The snippets the configuration names, by their URLs.

use std::collections::HashMap;

use serde_json::Value;
use shared_types::{config::Problems, http::client::HttpClient, time::Time};

use super::{Inputs, JsonnetError, SnippetSource};
use crate::app::Cx;

/// All snippets of a configuration.
#[derive(Debug, Default)]
pub(crate) struct Library(HashMap<String, SnippetSource>);

impl Library {
    /// Looks at those that are at hand; everything that cannot be used is named at once. `named` says where each stands in
    /// the configuration, and its URL.
    pub(crate) async fn open(named: Vec<(String, String)>, http: &HttpClient, now: Time) -> Result<Self, Problems> {
        let (mut found, mut problems) = (HashMap::new(), Problems::default());
        for (path, url) in named {
            match SnippetSource::open(&url, http, now).await {
                Ok(source) => {
                    found.insert(url, source);
                }
                Err(why) => problems.push(format!("{path}: {why}")),
            }
        }
        problems.or(Self(found))
    }

    /// The value of a snippet.
    pub(crate) async fn value(&self, cx: &Cx, url: &str, inputs: &Inputs) -> Result<Value, JsonnetError> {
        let unknown = || JsonnetError::Unread("is not among those of the configuration".to_owned());
        let source = self.0.get(url).ok_or_else(unknown)?;
        cx.jsonnet.evaluate(&source.snippet(cx).await?, inputs).await
    }
}
