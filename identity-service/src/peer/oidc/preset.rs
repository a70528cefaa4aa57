//! What is known of each kind of provider: where it is, what it speaks, and how it differs from others.

use serde_json::{Map, Value};
use url::Url;

use super::{
    ProviderError,
    api::{
        AMAZON, Api, DINGTALK, DISCORD, FACEBOOK, Fixed, GITHUB, LARK, LINKEDIN, PATREON, SLACK, SPOTIFY, UAEPASS, VK,
        YANDEX,
    },
    directory::Place,
};
use crate::config::{Provider, ProviderKind};

/// How a provider is found.
pub(super) enum Known {
    /// Its addresses are known.
    Fixed(Box<Place>),
    /// It tells them.
    Discovered { issuer: String, profile: Profile },
}

/// Where it stands who somebody is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Profile {
    /// In the ID token.
    IdToken,
    /// At the userinfo endpoint, in OpenID's names.
    Userinfo,
    /// In an API of the provider's own.
    Own(&'static Api),
}

const MICROSOFT: &str = "https://login.microsoftonline.com/";

/// How the provider is found.
pub(super) fn place(provider: &Provider) -> Result<Known, ProviderError> {
    use ProviderKind as Kind;
    let own = |fallback: &str| provider.issuer.clone().unwrap_or_else(|| fallback.to_owned());
    let discovered = |issuer: String, profile| Ok(Known::Discovered { issuer, profile });
    match provider.kind {
        Kind::Generic => discovered(own(""), Profile::IdToken),
        Kind::Google => discovered("https://accounts.google.com".to_owned(), Profile::IdToken),
        Kind::Line => discovered("https://access.line.me".to_owned(), Profile::IdToken),
        Kind::LinkedIn2 => discovered("https://www.linkedin.com/oauth".to_owned(), Profile::IdToken),
        Kind::NetId => discovered("https://broker.netid.de/".to_owned(), Profile::Userinfo),
        Kind::Microsoft => {
            let tenant = provider.tenant.as_deref().unwrap_or("common");
            discovered(format!("{MICROSOFT}{tenant}/v2.0"), Profile::IdToken)
        }
        Kind::GitLab => below(&own("https://gitlab.com"), ["/oauth/authorize", "/oauth/token", "/oauth/userinfo"]),
        Kind::Auth0 => below(&own(""), ["/authorize", "/oauth/token", "/userinfo"]),
        Kind::Salesforce => {
            below(&own(""), ["/services/oauth2/authorize", "/services/oauth2/token", "/services/oauth2/userinfo"])
        }
        Kind::UaePass => {
            let known =
                below(&own("https://id.uaepass.ae"), ["/idshub/authorize", "/idshub/token", "/idshub/userinfo"])?;
            Ok(with_profile(known, Profile::Own(&UAEPASS)))
        }
        Kind::Jackson => jackson(provider),
        Kind::Apple => apple(),
        Kind::X => Err(ProviderError::Unfit("X is asked by other means than OAuth 2.0")),
        Kind::GitHub | Kind::GitHubApp => fixed(&GITHUB),
        Kind::Discord => fixed(&DISCORD),
        Kind::Slack => fixed(&SLACK),
        Kind::Facebook => fixed(&FACEBOOK),
        Kind::Vk => fixed(&VK),
        Kind::Yandex => fixed(&YANDEX),
        Kind::Spotify => fixed(&SPOTIFY),
        Kind::DingTalk => fixed(&DINGTALK),
        Kind::LinkedIn => fixed(&LINKEDIN),
        Kind::Patreon => fixed(&PATREON),
        Kind::Lark => fixed(&LARK),
        Kind::Amazon => fixed(&AMAZON),
    }
}

fn url(text: &str) -> Result<Url, ProviderError> {
    Url::parse(text).map_err(|_| ProviderError::Unfit("an address of the provider is no URL"))
}

fn oauth(authorization: Url, token: Url, profile: Profile) -> Place {
    Place {
        authorization,
        token,
        userinfo: None,
        keys: None,
        issuer: None,
        binds_codes: false,
        secret_in_body: true,
        names_sender: false,
        algorithms: Vec::new(),
        profile,
    }
}

fn fixed(known: &'static Fixed) -> Result<Known, ProviderError> {
    let profile = Profile::Own(&known.api);
    Ok(Known::Fixed(Box::new(oauth(url(known.authorization)?, url(known.token)?, profile))))
}

/// Endpoints at known paths below an issuer that may be anywhere.
fn below(issuer: &str, paths: [&str; 3]) -> Result<Known, ProviderError> {
    let issuer = issuer.trim_end_matches('/');
    let [authorization, token, userinfo] = paths.map(|path| url(&format!("{issuer}{path}")));
    let place = Place { userinfo: Some(userinfo?), ..oauth(authorization?, token?, Profile::Userinfo) };
    Ok(Known::Fixed(Box::new(place)))
}

fn with_profile(known: Known, profile: Profile) -> Known {
    match known {
        Known::Fixed(place) => Known::Fixed(Box::new(Place { profile, ..*place })),
        Known::Discovered { issuer, .. } => Known::Discovered { issuer, profile },
    }
}

fn apple() -> Result<Known, ProviderError> {
    let at = |path: &str| url(&format!("https://appleid.apple.com/auth/{path}"));
    Ok(Known::Fixed(Box::new(Place {
        keys: Some(at("keys")?),
        issuer: Some("https://appleid.apple.com".to_owned()),
        ..oauth(at("authorize")?, at("token")?, Profile::IdToken)
    })))
}

/// Jackson's other endpoints stand beside its token endpoint.
fn jackson(provider: &Provider) -> Result<Known, ProviderError> {
    let missing = ProviderError::Unfit("auth_url and token_url are required");
    let (Some(authorization), Some(token)) = (&provider.auth_url, &provider.token_url) else { return Err(missing) };
    let home = token.as_str().trim_end_matches("/api/oauth/token").to_owned();
    Ok(Known::Fixed(Box::new(Place {
        userinfo: Some(url(&format!("{home}/api/oauth/userinfo"))?),
        keys: Some(url(&format!("{home}/oauth/jwks"))?),
        issuer: provider.issuer.clone(),
        ..oauth(authorization.clone(), token.clone(), Profile::IdToken)
    })))
}

/// Whether the provider speaks OpenID Connect: it is asked with a nonce.
pub(super) fn speaks_openid(kind: ProviderKind) -> bool {
    use ProviderKind as Kind;
    matches!(
        kind,
        Kind::Generic
            | Kind::Google
            | Kind::Microsoft
            | Kind::Apple
            | Kind::NetId
            | Kind::Line
            | Kind::LinkedIn2
            | Kind::Jackson
    )
}

/// Whether a program may hand an ID token in.
pub(super) fn takes_tokens(kind: ProviderKind) -> bool {
    matches!(kind, ProviderKind::Google | ProviderKind::Apple | ProviderKind::NetId)
}

/// Google is asked for refresh tokens by a parameter of its own.
pub(super) fn is_no_scope(kind: ProviderKind, word: &str) -> bool {
    kind == ProviderKind::Google && word == "offline_access"
}

/// What else the question holds.
pub(super) fn extras(provider: &Provider) -> Vec<(&'static str, &'static str)> {
    let asks = |word: &str| provider.scope.iter().any(|scope| scope == word);
    match provider.kind {
        ProviderKind::Google if asks("offline_access") => vec![("access_type", "offline")],
        // Apple answers by a form when it is asked for more than the subject.
        ProviderKind::Apple if asks("name") || asks("email") => vec![("response_mode", "form_post")],
        ProviderKind::Discord => vec![("prompt", "none")],
        ProviderKind::UaePass => vec![("acr_values", "urn:safelayer:tws:policies:authentication:level:low")],
        ProviderKind::DingTalk => vec![("prompt", "consent")],
        _ => Vec::new(),
    }
}

/// Whether an ID token's issuer is the provider.
pub(super) fn is_issuer(kind: ProviderKind, issuer: &str, named: &str, claims: &Map<String, Value>) -> bool {
    match kind {
        // The token says which tenant it is of; it is signed by the same keys for all.
        ProviderKind::Microsoft => {
            let tenant = claims.get("tid").and_then(Value::as_str).filter(|tid| uuid::Uuid::parse_str(tid).is_ok());
            tenant.is_some_and(|tid| named == issuer.replace("{tenantid}", tid))
        }
        ProviderKind::Google => named == issuer || named == "accounts.google.com",
        _ => named == issuer,
    }
}

/// Whether a discovery document that was asked of one issuer may name that other one.
pub(super) fn may_be_named(kind: ProviderKind, asked: &str, named: &str) -> bool {
    match kind {
        // A tenant may be asked for by its domain, and is named by its id.
        ProviderKind::Microsoft => named.starts_with(MICROSOFT) && named.ends_with("/v2.0"),
        _ => named.trim_end_matches('/') == asked.trim_end_matches('/'),
    }
}
