//! The question: the address a browser is sent to so that its person signs in there.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};
use url::Url;

use super::{ProviderError, directory, preset, x};
use crate::{
    app::Cx,
    config::{Pkce, Provider, ProviderKind, below},
};

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question<'a> {
    pub(crate) state: &'a str,
    pub(crate) nonce: &'a str,
    /// What the code will be bound to (RFC 7636).
    pub(crate) verifier: Option<&'a str>,
    /// Whether the person has to sign in though the provider knows him.
    pub(crate) anew: bool,
    /// What the client wants to be passed on, by name.
    pub(crate) wishes: &'a [(String, String)],
}

/// A question as it is put.
pub(crate) struct Asked {
    /// Where the browser goes.
    pub(crate) url: Url,
    /// X: what has to be shown with its answer.
    pub(crate) temporary: Option<x::Temporary>,
}

/// Whether the code shall be bound to us.
pub(crate) async fn wants_pkce(cx: &Cx, provider: &Provider) -> Result<bool, ProviderError> {
    match provider.pkce {
        // What X gives is bound by a secret of its own.
        _ if provider.kind == ProviderKind::X => Ok(false),
        Pkce::Never => Ok(false),
        Pkce::Force => Ok(true),
        Pkce::Auto => match preset::announces_pkce(provider) {
            Some(issuer) => Ok(directory::announces_pkce(cx, provider, issuer).await),
            None => Ok(directory::place(cx, provider).await?.binds_codes),
        },
    }
}

/// Where the provider sends the browser back to.
pub(super) fn callback(cx: &Cx, provider: &Provider) -> Url {
    let config = &cx.config;
    let base = config.selfservice.methods.oidc.base_redirect_uri.as_ref().unwrap_or(&config.serve.public.base_url);
    let mut base = base.clone();
    if !base.path().ends_with('/') {
        let path = format!("{}/", base.path());
        base.set_path(&path);
    }
    let own = if provider.pkce == Pkce::Force { String::new() } else { format!("/{}", provider.id) };
    below(&base, &format!("self-service/methods/oidc/callback{own}"))
}

/// The scope of the question. ID tokens come to those alone who ask for `openid`.
fn scope(provider: &Provider) -> String {
    let mut scope = provider.scope.clone();
    if preset::speaks_openid(provider.kind) && !scope.iter().any(|word| word == "openid") {
        scope.insert(0, "openid".to_owned());
    }
    scope.retain(|word| !preset::is_no_scope(provider.kind, word));
    scope.join(" ")
}

/// Puts the question.
pub(crate) async fn asked(cx: &Cx, provider: &Provider, question: Question<'_>) -> Result<Asked, ProviderError> {
    if provider.kind == ProviderKind::X {
        return x::asked(cx, provider, question).await;
    }
    let url = authorization_url(cx, provider, question).await?;
    Ok(Asked { url, temporary: None })
}

async fn authorization_url(cx: &Cx, provider: &Provider, question: Question<'_>) -> Result<Url, ProviderError> {
    let mut url = directory::place(cx, provider).await?.authorization;
    {
        let mut query = url.query_pairs_mut();
        query.append_pair("response_type", "code");
        query.append_pair("client_id", &provider.client_id);
        query.append_pair("redirect_uri", callback(cx, provider).as_str());
        let scope = scope(provider);
        if !scope.is_empty() {
            query.append_pair("scope", &scope);
        }
        query.append_pair("state", question.state);
        if preset::repeats_nonces(provider.kind) {
            query.append_pair("nonce", question.nonce);
        }
        if let Some(verifier) = question.verifier {
            query.append_pair("code_challenge", &challenge(verifier)).append_pair("code_challenge_method", "S256");
        }
        if let Some(claims) = &provider.requested_claims {
            query.append_pair("claims", &claims.to_string());
        }
        let extras = preset::extras(provider, question.anew);
        // Nobody wishes away that he has to sign in.
        let kept = |name: &str| question.anew && matches!(name, "prompt" | "auth_type");
        let wishes = || question.wishes.iter().filter(|(name, _)| !kept(name));
        for (name, value) in extras.into_iter().filter(|(name, _)| !wishes().any(|(wish, _)| wish == name)) {
            query.append_pair(name, value);
        }
        for (name, value) in wishes() {
            query.append_pair(name, value);
        }
    }
    Ok(url)
}

/// What a verifier becomes on its way (RFC 7636, 4.2).
fn challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes()))
}
