//! Where the providers are: discovery documents and keys, read when they are needed and kept for a while. There is one
//! place for each provider of the configuration, so that nothing a provider says makes it grow.

use std::{collections::HashMap, sync::Arc};

use serde_json::Value;
use shared_types::{http::client::HttpRequest, time::Time};
use tokio::sync::Mutex;
use url::Url;

use super::{
    ProviderError, json,
    preset::{self, Profile},
};
use crate::{
    app::Cx,
    config::{OidcMethod, Provider, ProviderKind},
};

/// How long documents are kept.
const KEPT: chrono::TimeDelta = chrono::TimeDelta::hours(1);
/// When what cannot be read is tried again, and how often an unknown key is looked for at most.
const PAUSE: chrono::TimeDelta = chrono::TimeDelta::minutes(1);

/// The documents of all providers.
#[derive(Debug, Default)]
pub(crate) struct Directory(HashMap<String, Documents>);

#[derive(Debug, Default)]
struct Documents {
    discovery: Mutex<Option<Kept>>,
    keys: Mutex<Option<Kept>>,
}

#[derive(Debug, Clone)]
struct Kept {
    url: Url,
    value: Arc<Value>,
    read_at: Time,
    due: Time,
}

impl Directory {
    /// A place for each provider; nothing is read yet.
    pub(crate) fn new(config: &OidcMethod) -> Self {
        Self(config.providers.iter().map(|provider| (provider.id.clone(), Documents::default())).collect())
    }

    fn of(&self, provider: &Provider) -> Result<&Documents, ProviderError> {
        self.0.get(&provider.id).ok_or(ProviderError::Unfit("the provider is not one of the configuration"))
    }
}

/// Where a provider is, and what it can.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(super) authorization: Url,
    pub(super) token: Url,
    pub(super) userinfo: Option<Url>,
    pub(super) keys: Option<Url>,
    pub(super) issuer: Option<String>,
    /// Whether discovery says that codes can be bound by S256.
    pub(super) binds_codes: bool,
    pub(super) secret_in: SecretIn,
    /// Whether each answer says who sends it.
    pub(super) names_sender: bool,
    /// What ID tokens are signed with; anything the key fits when discovery does not say.
    pub(super) algorithms: Vec<String>,
    pub(super) profile: Profile,
}

/// Where the provider looks for our secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretIn {
    /// HTTP Basic (RFC 6749, 2.3.1).
    Header,
    Body,
    /// It does not say. The header first, as every server must know it; those that do not are asked once more.
    Either,
}

impl Place {
    /// An answer that names another sender is another provider's (RFC 9207, 2.4).
    pub(super) fn check_sender(&self, issuer: Option<&str>) -> Result<(), ProviderError> {
        match (&self.issuer, issuer) {
            (Some(own), Some(sender)) if own == sender => Ok(()),
            (Some(_), None) if self.names_sender => Err(ProviderError::Untrusted("it does not say who sends it")),
            (_, None) | (None, Some(_)) => Ok(()),
            (Some(_), Some(_)) => Err(ProviderError::Untrusted("somebody else sent it")),
        }
    }

    /// Whether ID tokens of this provider can be checked.
    pub(super) fn verifies_id_tokens(&self) -> bool {
        self.issuer.is_some() && self.keys.is_some()
    }
}

/// Where a provider is: what the configuration says, else what its kind says, else what discovery says.
pub(super) async fn place(cx: &Cx, provider: &Provider) -> Result<Place, ProviderError> {
    let mut place = match preset::place(provider)? {
        preset::Known::Fixed(place) => *place,
        preset::Known::Discovered { issuer, profile } => {
            let document = discovery(cx, provider, &issuer).await?;
            discovered(provider, &document, profile)?
        }
    };
    if let Some(url) = &provider.auth_url {
        place.authorization = url.clone();
    }
    if let Some(url) = &provider.token_url {
        place.token = url.clone();
    }
    Ok(place)
}

async fn discovery(cx: &Cx, provider: &Provider, issuer: &str) -> Result<Arc<Value>, ProviderError> {
    let url = format!("{}/.well-known/openid-configuration", issuer.trim_end_matches('/'));
    let url = Url::parse(&url).map_err(|_| ProviderError::Unfit("the issuer is no URL"))?;
    let document = kept(cx, &cx.directory.of(provider)?.discovery, &url, false).await?;
    // OpenID Connect Discovery 1.0, 4.3. A slash at the end is often written differently in the two places.
    let named = document.get("issuer").and_then(Value::as_str).unwrap_or_default();
    if preset::may_be_named(provider.kind, issuer, named) {
        Ok(document)
    } else {
        Err(ProviderError::Untrusted("the discovery document is another issuer's"))
    }
}

/// Whether an issuer says that codes can be bound by S256. One that says nothing is asked without.
pub(super) async fn announces_pkce(cx: &Cx, provider: &Provider, issuer: &str) -> bool {
    match discovery(cx, provider, issuer).await {
        Ok(document) => {
            let methods = document.get("code_challenge_methods_supported").and_then(Value::as_array);
            methods.is_some_and(|methods| methods.iter().any(|method| method == "S256"))
        }
        Err(error) => {
            tracing::warn!(provider = provider.id, %error, "a provider does not say whether it knows PKCE");
            false
        }
    }
}

fn discovered(provider: &Provider, document: &Value, profile: Profile) -> Result<Place, ProviderError> {
    let text = |name: &str| document.get(name).and_then(Value::as_str);
    let url = |name: &str| text(name).and_then(|text| Url::parse(text).ok());
    let words = |name: &str| -> Vec<String> {
        let list = document.get(name).and_then(Value::as_array).into_iter().flatten();
        list.filter_map(|word| word.as_str().map(str::to_owned)).collect()
    };
    let missing = |name: &str| ProviderError::Failed(format!("the discovery document has no usable {name}"));
    let methods = words("token_endpoint_auth_methods_supported");
    let secret_in = match provider.kind {
        // LINE does not say, and takes the body alone.
        ProviderKind::Line => SecretIn::Body,
        _ if methods.is_empty() => SecretIn::Either,
        _ if methods.iter().any(|method| method == "client_secret_basic") => SecretIn::Header,
        _ => SecretIn::Body,
    };
    let authorization = provider.auth_url.clone().or_else(|| url("authorization_endpoint"));
    let token = provider.token_url.clone().or_else(|| url("token_endpoint"));
    Ok(Place {
        authorization: authorization.ok_or_else(|| missing("authorization_endpoint"))?,
        token: token.ok_or_else(|| missing("token_endpoint"))?,
        userinfo: url("userinfo_endpoint"),
        keys: url("jwks_uri"),
        issuer: text("issuer").map(str::to_owned),
        binds_codes: words("code_challenge_methods_supported").iter().any(|method| method == "S256"),
        secret_in,
        names_sender: document.get("authorization_response_iss_parameter_supported") == Some(&Value::Bool(true)),
        algorithms: words("id_token_signing_alg_values_supported"),
        profile,
    })
}

/// The keys of a provider. `again`: a key was asked for that is not among those that were read last.
pub(super) async fn keys(
    cx: &Cx,
    provider: &Provider,
    place: &Place,
    again: bool,
) -> Result<Arc<Value>, ProviderError> {
    let url = place.keys.as_ref().ok_or(ProviderError::Unfit("the provider publishes no keys"))?;
    kept(cx, &cx.directory.of(provider)?.keys, url, again).await
}

/// A document, as it was within the last hour. One request reads it; those that come meanwhile wait for it.
async fn kept(cx: &Cx, slot: &Mutex<Option<Kept>>, url: &Url, again: bool) -> Result<Arc<Value>, ProviderError> {
    let mut slot = slot.lock().await;
    let last = slot.clone().filter(|last| last.url == *url);
    if let Some(last) = &last {
        let fresh = cx.now < last.due && cx.now >= last.read_at;
        let wanted = again && cx.now >= last.read_at + PAUSE;
        if fresh && !wanted {
            return Ok(Arc::clone(&last.value));
        }
    }
    match (json(cx, HttpRequest::new("GET", url.clone())).await, last) {
        (Ok(document), _) => {
            let value = Arc::new(Value::Object(document));
            *slot = Some(Kept { url: url.clone(), value: Arc::clone(&value), read_at: cx.now, due: cx.now + KEPT });
            Ok(value)
        }
        (Err(error), Some(last)) => {
            tracing::warn!(url = %url, %error, "cannot be read again; what was read last is used");
            *slot = Some(Kept { due: cx.now + PAUSE, ..last.clone() });
            Ok(last.value)
        }
        (Err(error), None) => Err(error),
    }
}
