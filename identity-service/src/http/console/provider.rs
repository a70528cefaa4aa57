//! What the pages about the OAuth2 provider have in common: what stands in an address, and what it means when the provider
//! does not do what was asked.

use actix_web::HttpRequest;
use serde_json::Value;
use shared_types::problem::Problem;

use crate::{http::error::ApiError, peer::provider::ProviderError};

impl From<ProviderError> for ApiError {
    fn from(error: ProviderError) -> Self {
        let (status, reason) = match &error {
            ProviderError::NotConfigured => (503, "No OAuth2 provider is configured: oauth2_provider.url is not set.".to_owned()),
            ProviderError::Unreachable(url, _) => (
                503,
                format!("The OAuth2 provider at {url} did not answer. Whether it runs, and whether oauth2_provider.url is its admin API, is the first thing to look at."),
            ),
            ProviderError::Missing => (404, "The OAuth2 provider has nothing of this name.".to_owned()),
            ProviderError::Refused { status: status @ (400 | 409), description, .. } => (*status, description.clone()),
            ProviderError::Refused { status: 401 | 403, .. } => (
                502,
                "The OAuth2 provider wants a key it was not sent: oauth2_provider.headers must hold one of its serve.admin.api_keys.".to_owned(),
            ),
            ProviderError::Refused { status, description, .. } => {
                (502, format!("The OAuth2 provider answered with status {status}. {description}"))
            }
            ProviderError::Unreadable => (502, "The OAuth2 provider answered with something else than its API promises.".to_owned()),
        };
        if status > 500 {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the OAuth2 provider was of no help to the console"
            );
        }
        Self::new(Problem::new(status).reason(reason))
    }
}

/// What stands behind the question mark of an address.
pub(super) struct Asked(Vec<(String, String)>);

impl Asked {
    pub(super) fn of(request: &HttpRequest) -> Self {
        Self(serde_urlencoded::from_str(request.query_string()).unwrap_or_default())
    }

    /// A value that is there.
    pub(super) fn filled(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A value, or nothing.
    pub(super) fn text(&self, name: &str) -> &str {
        self.filled(name).unwrap_or_default()
    }

    /// A value the page makes no sense without.
    pub(super) fn demanded(&self, name: &str) -> Result<&str, ApiError> {
        self.filled(name).ok_or_else(|| ApiError::not_found("There is no such page."))
    }
}

/// An address within the console: a path and what stands behind its question mark.
pub(super) fn path(path: &str, query: &[(&str, &str)]) -> String {
    let query: Vec<_> = query.iter().filter(|(_, value)| !value.is_empty()).collect();
    if query.is_empty() {
        return path.to_owned();
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{path}?{query}")
}

/// A text member of a JSON object.
pub(super) fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The texts of a list.
pub(super) fn texts(value: &Value, name: &str) -> Vec<String> {
    let items = value.get(name).and_then(Value::as_array);
    items.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
