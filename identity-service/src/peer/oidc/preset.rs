//! What is known of each kind of provider: where it is, what it speaks, and how it differs from others.

use serde_json::{Map, Value};
use url::Url;

use super::{
    ProviderError,
    api::{
        AMAZON, Api, DINGTALK, DISCORD, FACEBOOK, Fixed, GITHUB, LARK, LINKEDIN, PATREON, SLACK, SPOTIFY, UAEPASS, VK,
        YANDEX,
    },
    claims,
    directory::{Place, SecretIn},
};
use crate::config::{Provider, ProviderKind};

/// How a provider is found.
pub(super) enum Known {
    /// Its addresses are known.
    Fixed(Box<Place>),
    /// It tells them.
    Discovered { issuer: String, profile: Profile },
}

impl Known {
    /// The same, with what is particular about it.
    fn differing(mut self, how: impl FnOnce(&mut Place)) -> Self {
        if let Self::Fixed(place) = &mut self {
            how(place);
        }
        self
    }
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
const GITLAB: &str = "https://gitlab.com";

/// How the provider is found.
pub(super) fn place(provider: &Provider) -> Result<Known, ProviderError> {
    use ProviderKind as Kind;
    let own = |fallback: &str| provider.issuer.clone().unwrap_or_else(|| fallback.to_owned());
    let discovered = |issuer: String, profile| Ok(Known::Discovered { issuer, profile });
    match provider.kind {
        Kind::Generic => discovered(own(""), Profile::IdToken),
        Kind::Google => discovered("https://accounts.google.com".to_owned(), Profile::IdToken),
        Kind::Line => discovered("https://access.line.me".to_owned(), Profile::IdToken),
        Kind::LinkedIn2 => discovered("https://www.linkedin.com/oauth".to_owned(), Profile::Userinfo),
        Kind::NetId => discovered("https://broker.netid.de/".to_owned(), Profile::Userinfo),
        Kind::Microsoft => {
            let tenant = provider.tenant.as_deref().unwrap_or("common");
            discovered(format!("{MICROSOFT}{tenant}/v2.0"), Profile::IdToken)
        }
        Kind::GitLab => below(&own(GITLAB), ["/oauth/authorize", "/oauth/token", "/oauth/userinfo"]),
        Kind::Auth0 => below(&own(""), ["/authorize", "/oauth/token", "/userinfo"]),
        Kind::Salesforce => {
            below(&own(""), ["/services/oauth2/authorize", "/services/oauth2/token", "/services/oauth2/userinfo"])
        }
        Kind::UaePass => {
            let known =
                below(&own("https://id.uaepass.ae"), ["/idshub/authorize", "/idshub/token", "/idshub/userinfo"])?;
            Ok(known.differing(|place| {
                place.profile = Profile::Own(&UAEPASS);
                place.secret_in = SecretIn::Header;
            }))
        }
        Kind::Jackson => jackson(provider),
        Kind::Apple => apple(),
        Kind::X => Err(ProviderError::Unfit("X speaks OAuth 1.0a alone")),
        Kind::GitHub | Kind::GitHubApp => fixed(&GITHUB),
        Kind::Discord => fixed(&DISCORD),
        Kind::Slack => fixed(&SLACK),
        Kind::Facebook => fixed(&FACEBOOK),
        Kind::Vk => fixed(&VK),
        Kind::Yandex => fixed(&YANDEX),
        Kind::Spotify => Ok(fixed(&SPOTIFY)?.differing(|place| place.secret_in = SecretIn::Header)),
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
        secret_in: SecretIn::Body,
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
        algorithms: vec!["RS256".to_owned()],
        ..oauth(authorization.clone(), token.clone(), Profile::IdToken)
    })))
}

/// Whether the provider speaks OpenID Connect: it answers with an ID token.
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

/// Whether ID tokens repeat the nonce of the question. LinkedIn's do not.
pub(super) fn repeats_nonces(kind: ProviderKind) -> bool {
    speaks_openid(kind) && kind != ProviderKind::LinkedIn2
}

/// Whether a token that was handed in may lack a nonce. Some of Google's libraries cannot send one; Apple says so of devices
/// that cannot. Any other token without a nonce is for whoever holds it.
pub(super) fn may_lack_nonce(kind: ProviderKind, claims: &Map<String, Value>) -> bool {
    match kind {
        ProviderKind::Google => true,
        ProviderKind::Apple => !claims.get("nonce_supported").is_some_and(claims::flag),
        _ => false,
    }
}

/// An issuer whose discovery document may tell of PKCE, though nothing else of it is needed.
pub(super) fn announces_pkce(provider: &Provider) -> Option<&str> {
    let asked = matches!(provider.kind, ProviderKind::GitLab | ProviderKind::Auth0 | ProviderKind::Salesforce);
    provider.issuer.as_deref().filter(|_| asked)
}

/// Who answers where the answer does not say.
pub(super) fn stands_for(provider: &Provider) -> Option<&str> {
    let fallback = (provider.kind == ProviderKind::GitLab).then_some(GITLAB);
    provider.issuer.as_deref().or(fallback)
}

/// Whether the provider says which scopes were granted, and lets people grant fewer.
pub(super) fn tells_scopes(kind: ProviderKind) -> bool {
    use ProviderKind as Kind;
    matches!(kind, Kind::GitHub | Kind::Discord | Kind::Slack | Kind::Spotify)
}

/// Whether a program may hand an ID token in.
pub(super) fn takes_tokens(kind: ProviderKind) -> bool {
    matches!(kind, ProviderKind::Google | ProviderKind::Apple | ProviderKind::NetId)
}

/// Google is asked for refresh tokens by a parameter of its own.
pub(super) fn is_no_scope(kind: ProviderKind, word: &str) -> bool {
    kind == ProviderKind::Google && word == "offline_access"
}

/// What else the question holds. `anew`: the person has to show once more who he is.
pub(super) fn extras(provider: &Provider, anew: bool) -> Vec<(&'static str, &'static str)> {
    use ProviderKind as Kind;
    let asks = |word: &str| provider.scope.iter().any(|scope| scope == word);
    let mut extras = match provider.kind {
        Kind::Google if asks("offline_access") => vec![("access_type", "offline")],
        // Apple answers by a form when it is asked for more than the subject.
        Kind::Apple if asks("name") || asks("email") => vec![("response_mode", "form_post")],
        Kind::Discord | Kind::Patreon if !anew => vec![("prompt", "none")],
        Kind::Discord | Kind::Patreon | Kind::DingTalk => vec![("prompt", "consent")],
        Kind::UaePass => vec![("acr_values", "urn:safelayer:tws:policies:authentication:level:low")],
        Kind::Facebook if anew => vec![("auth_type", "reauthenticate")],
        _ => Vec::new(),
    };
    if anew && (speaks_openid(provider.kind) || matches!(provider.kind, Kind::GitLab | Kind::Auth0 | Kind::Salesforce))
    {
        extras.push(("prompt", "login"));
    }
    extras
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
