//! The rules of a registration, and the defaults of what it leaves out (contract 2.2; RFC 7591 2, OpenID Connect Registration 2).

mod algorithms;
mod authentication;

use josekit::jwk::Jwk;
use serde_json::Value;
use shared_types::http::client::HttpRequest;
use url::Url;

use crate::{
    app::Cx,
    config::TokenStrategy,
    model::client::Metadata,
    protocol::{redirect_uri, scope},
};

/// A rule a registration breaks.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MetadataError {
    /// Any member but the redirect URIs.
    #[error("{0}")]
    Invalid(String),
    /// A redirect URI.
    #[error("{0}")]
    RedirectUri(String),
}

impl MetadataError {
    /// The code (RFC 7591 3.2.2).
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Invalid(_) => "invalid_client_metadata",
            Self::RedirectUri(_) => "invalid_redirect_uri",
        }
    }

    pub(super) fn of(member: &str, what: impl std::fmt::Display) -> Self {
        Self::Invalid(format!("The member '{member}' {what}."))
    }
}

type Checked = Result<(), MetadataError>;

/// How a client may authenticate (RFC 7591 2, OpenID Connect Core 9, RFC 8705 2).
pub(crate) const AUTH_METHODS: [&str; 7] = [
    "client_secret_basic",
    "client_secret_post",
    "client_secret_jwt",
    "private_key_jwt",
    "tls_client_auth",
    "self_signed_tls_client_auth",
    "none",
];

/// Fills in defaults and checks every rule.
pub(super) async fn complete(cx: &Cx, mut metadata: Metadata) -> Result<Metadata, MetadataError> {
    defaults(cx, &mut metadata);
    redirect_uris(&metadata)?;
    words(cx, &metadata)?;
    algorithms::check(&metadata)?;
    authentication::check(&metadata)?;
    uris(&metadata)?;
    origins(&mut metadata)?;
    keys(&metadata)?;
    sector(cx, &metadata).await?;
    Ok(metadata)
}

fn defaults(cx: &Cx, metadata: &mut Metadata) {
    let or = |text: &mut String, default: &str| {
        if text.is_empty() {
            default.clone_into(text);
        }
    };
    let oidc = &cx.config.oidc;
    let public = oidc.subject_types.iter().any(|name| name == "public");
    let subject_type = if public { "public" } else { oidc.subject_types.first().map_or("public", String::as_str) };
    or(&mut metadata.scope, &default_scope(cx));
    or(&mut metadata.subject_type, subject_type);
    or(&mut metadata.unlisted.token_endpoint_auth_method, "client_secret_basic");
    or(&mut metadata.unlisted.userinfo_signed_response_alg, "none");
    metadata.unlisted.access_token_strategy.make_ascii_lowercase();
}

/// What a client may ask for that names no scope.
pub(super) fn default_scope(cx: &Cx) -> String {
    match cx.config.oidc.default_scope.as_slice() {
        [] => "offline_access offline openid".to_owned(),
        configured => configured.join(" "),
    }
}

/// A redirect URI is one a browser may be sent to with a secret in its query, and one that the client's kind may have.
fn redirect_uris(metadata: &Metadata) -> Checked {
    for uri in &metadata.redirect_uris {
        let Some(parsed) = redirect_uri::fit(uri) else {
            return Err(MetadataError::RedirectUri(format!(
                "'{uri}' must be an absolute URI without fragment, credentials or blanks, of a scheme that leads to a client."
            )));
        };
        if !suits(metadata, &parsed) {
            return Err(MetadataError::RedirectUri(format!("'{uri}' is not one for the application_type.")));
        }
    }
    Ok(())
}

/// OpenID Connect Registration 2, application_type: what a client says of itself binds it. Who says nothing is not held to the default
/// `web`, which clients of before do not know of.
fn suits(metadata: &Metadata, uri: &Url) -> bool {
    let (scheme, own_machine) = (uri.scheme(), redirect_uri::is_own_machine(uri));
    match metadata.application_type.as_str() {
        "web" if metadata.grant_types.iter().any(|grant| grant == "implicit") => scheme == "https" && !own_machine,
        "native" => scheme != "http" || own_machine,
        _ => true,
    }
}

fn words(cx: &Cx, metadata: &Metadata) -> Checked {
    one_of("token_endpoint_auth_method", metadata.auth_method(), &AUTH_METHODS)?;
    one_of("application_type", &metadata.application_type, &["", "web", "native"])?;
    one_of("access_token_strategy", &metadata.access_token_strategy, &["", "opaque", "jwt"])?;
    let mut subject_types: Vec<&str> = cx.config.oidc.subject_types.iter().map(String::as_str).collect();
    // A JWT access token would show the real subject.
    if TokenStrategy::parse(&metadata.access_token_strategy) == Some(TokenStrategy::Jwt) {
        subject_types.retain(|name| *name != "pairwise");
    }
    one_of("subject_type", &metadata.subject_type, &subject_types)?;
    if let Some(bad) = metadata.scopes().into_iter().find(|word| !scope::is_token(word)) {
        return Err(MetadataError::of("scope", format_args!("holds '{bad}', which is not a scope")));
    }
    match metadata.audience.iter().find(|audience| audience.is_empty() || audience.contains(char::is_whitespace)) {
        None => Ok(()),
        Some(_) => Err(MetadataError::of("audience", "holds an entry that is empty or has blanks")),
    }
}

fn one_of(member: &str, word: &str, known: &[&str]) -> Checked {
    if known.contains(&word) {
        return Ok(());
    }
    let listed: Vec<&str> = known.iter().copied().filter(|name| !name.is_empty()).collect();
    Err(MetadataError::of(member, format_args!("must be one of {}", listed.join(", "))))
}

fn uris(metadata: &Metadata) -> Checked {
    let single = [
        ("policy_uri", &metadata.policy_uri),
        ("tos_uri", &metadata.tos_uri),
        ("logo_uri", &metadata.logo_uri),
        ("client_uri", &metadata.client_uri),
        ("jwks_uri", &metadata.jwks_uri),
        ("frontchannel_logout_uri", &metadata.frontchannel_logout_uri),
        ("backchannel_logout_uri", &metadata.backchannel_logout_uri),
    ];
    for (member, text) in single.into_iter().filter(|(_, text)| !text.is_empty()) {
        web_url(text).ok_or_else(|| MetadataError::of(member, "must be an http or https URL"))?;
    }
    if !metadata.initiate_login_uri.is_empty()
        && web_url(&metadata.initiate_login_uri).is_none_or(|url| url.scheme() != "https")
    {
        return Err(MetadataError::of("initiate_login_uri", "must be an https URL"));
    }
    if metadata.request_uris.iter().any(|text| web_url(text).is_none()) {
        return Err(MetadataError::of("request_uris", "must hold http or https URLs"));
    }
    let origins: Vec<_> =
        metadata.redirect_uris.iter().filter_map(|text| redirect_uri::fit(text)).map(|uri| origin(&uri)).collect();
    let strange = |text: &&String| redirect_uri::fit(text).is_none_or(|uri| !origins.contains(&origin(&uri)));
    match metadata.post_logout_redirect_uris.iter().find(strange) {
        None => Ok(()),
        Some(text) => Err(MetadataError::of(
            "post_logout_redirect_uris",
            format_args!("holds '{text}', which has not scheme, host and port of one of the redirect_uris"),
        )),
    }
}

/// Scheme, host and port; a private-use scheme has no host.
fn origin(uri: &Url) -> (String, Option<String>, Option<u16>) {
    (uri.scheme().to_owned(), uri.host_str().map(str::to_owned), uri.port_or_known_default())
}

fn web_url(text: &str) -> Option<Url> {
    Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

/// Origins are compared as browsers write them: without a slash at the end.
fn origins(metadata: &mut Metadata) -> Checked {
    for origin in &mut metadata.allowed_cors_origins {
        let bare = origin.strip_suffix('/').unwrap_or(origin);
        let fits = web_url(bare).is_some_and(|url| {
            url.path() == "/"
                && url.query().is_none()
                && url.fragment().is_none()
                && url.username().is_empty()
                && url.password().is_none()
        });
        if !fits || bare.ends_with('/') {
            return Err(MetadataError::of(
                "allowed_cors_origins",
                format_args!("holds '{origin}', which is not an origin"),
            ));
        }
        *origin = bare.to_owned();
    }
    Ok(())
}

fn keys(metadata: &Metadata) -> Checked {
    if metadata.jwks.is_empty() {
        return Ok(());
    }
    // RFC 7591 2: never both.
    if !metadata.jwks_uri.is_empty() {
        return Err(MetadataError::of("jwks", "and 'jwks_uri' exclude each other"));
    }
    let Some(keys) = metadata.jwks.get("keys").and_then(Value::as_array) else {
        return Err(MetadataError::of("jwks", "must have a list 'keys'"));
    };
    for (index, key) in keys.iter().enumerate() {
        let parsed = key.as_object().and_then(|members| Jwk::from_map(members.clone()).ok());
        let Some(jwk) = parsed else {
            return Err(MetadataError::of("jwks", format_args!("holds a key that cannot be read, at place {index}")));
        };
        if jwk.key_type() == "oct" || jwk.parameter("d").is_some() {
            return Err(MetadataError::of("jwks", format_args!("holds a key that is not public, at place {index}")));
        }
    }
    Ok(())
}

/// The sector's document names every redirect URI (OpenID Connect Registration 5).
async fn sector(cx: &Cx, metadata: &Metadata) -> Checked {
    const MEMBER: &str = "sector_identifier_uri";
    if metadata.sector_identifier_uri.is_empty() {
        return Ok(());
    }
    let url = web_url(&metadata.sector_identifier_uri)
        .filter(|url| url.scheme() == "https")
        .ok_or_else(|| MetadataError::of(MEMBER, "must be an https URL"))?;
    let reply = cx.http.send(HttpRequest::new("GET", url)).await;
    let reply = reply.map_err(|error| MetadataError::of(MEMBER, format_args!("cannot be fetched: {error}")))?;
    let listed: Vec<String> = (reply.status == 200)
        .then(|| serde_json::from_slice(&reply.body).ok())
        .flatten()
        .ok_or_else(|| MetadataError::of(MEMBER, "must answer 200 with a JSON list of redirect URIs"))?;
    match metadata.redirect_uris.iter().find(|uri| !listed.contains(uri)) {
        None => Ok(()),
        Some(uri) => Err(MetadataError::of(MEMBER, format_args!("does not list the redirect URI '{uri}'"))),
    }
}
