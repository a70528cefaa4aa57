//! `selfservice.methods.oidc`: the providers people sign in at (contract §4.7).

use std::sync::Arc;

use serde_json::Value;
use shared_types::secret::Secret;
use url::Url;

use super::read::Reader;
use crate::model::word::words;

words! {
    /// What a provider speaks, and where it is when the configuration does not say.
    ProviderKind {
        /// OpenID Connect with discovery.
        Generic = "generic",
        Google = "google",
        GitHub = "github",
        GitHubApp = "github-app",
        GitLab = "gitlab",
        Microsoft = "microsoft",
        Discord = "discord",
        Salesforce = "salesforce",
        Slack = "slack",
        Facebook = "facebook",
        Auth0 = "auth0",
        Vk = "vk",
        Yandex = "yandex",
        Apple = "apple",
        Spotify = "spotify",
        NetId = "netid",
        DingTalk = "dingtalk",
        LinkedIn = "linkedin",
        LinkedIn2 = "linkedin_v2",
        Patreon = "patreon",
        Lark = "lark",
        X = "x",
        Line = "line",
        Jackson = "jackson",
        Amazon = "amazon",
        UaePass = "uaepass",
    }
}

words! {
    /// Whether the code is bound to who asked for it (RFC 7636).
    Pkce {
        /// Where discovery says that the provider can.
        Auto = "auto",
        Never = "never",
        /// Always; the callback is then the same for all providers.
        Force = "force",
    }
}

words! {
    /// Where the claims are taken from.
    ClaimsSource {
        IdToken = "id_token",
        Userinfo = "userinfo",
    }
}

words! {
    /// Microsoft: what names a person.
    SubjectFrom {
        Userinfo = "userinfo",
        /// The id of the profile.
        Me = "me",
        /// The object's id, the same for all applications.
        Oid = "oid",
    }
}

words! {
    /// What happens when an account has the address already.
    Linking {
        Confirm = "confirm_with_existing_credential",
        Automatic = "automatic",
    }
}

words! {
    /// Whether an identity follows what its provider says of it.
    Following {
        Never = "never",
        Automatic = "automatic",
    }
}

/// `selfservice.methods.oidc`.
#[derive(Debug, Clone)]
pub(crate) struct OidcMethod {
    pub(crate) enabled: bool,
    /// In place of the public URL in callbacks.
    pub(crate) base_redirect_uri: Option<Url>,
    pub(crate) providers: Vec<Arc<Provider>>,
}

/// One provider.
#[derive(Debug, Clone)]
pub(crate) struct Provider {
    /// In URLs, forms and the identifiers of credentials.
    pub(crate) id: String,
    /// Where it stands in the configuration.
    pub(crate) path: String,
    pub(crate) kind: ProviderKind,
    /// What buttons call it.
    pub(crate) label: String,
    pub(crate) client_id: String,
    pub(crate) client_secret: Option<Secret<String>>,
    /// As it is written: issuers are compared as texts.
    pub(crate) issuer: Option<String>,
    pub(crate) auth_url: Option<Url>,
    pub(crate) token_url: Option<Url>,
    /// The Jsonnet that makes traits of claims.
    pub(crate) mapper_url: String,
    pub(crate) scope: Vec<String>,
    /// Microsoft's tenant.
    pub(crate) tenant: Option<String>,
    pub(crate) subject_from: SubjectFrom,
    pub(crate) apple: Option<AppleKey>,
    pub(crate) requested_claims: Option<Value>,
    /// Clients besides our own whose ID tokens are taken when a program hands one in.
    pub(crate) other_audiences: Vec<String>,
    pub(crate) aal2_acr: Vec<String>,
    pub(crate) aal2_amr: Vec<String>,
    pub(crate) claims_source: ClaimsSource,
    pub(crate) pkce: Pkce,
    /// NetID: the origin that its token exchange asks for.
    pub(crate) net_id_origin: Option<String>,
    /// Whether traits are mapped anew at every sign-in.
    pub(crate) follows: bool,
}

/// What Apple's client secret is signed with.
#[derive(Debug, Clone)]
pub(crate) struct AppleKey {
    pub(crate) team: String,
    pub(crate) key_id: String,
    pub(crate) key: Secret<String>,
}

impl OidcMethod {
    /// The provider of that id.
    pub(crate) fn provider(&self, id: &str) -> Option<&Arc<Provider>> {
        self.providers.iter().find(|provider| provider.id == id)
    }
}

const PATH: &str = "selfservice.methods.oidc";
const KEYS: &[&str] = &[
    "id",
    "provider",
    "label",
    "client_id",
    "client_secret",
    "issuer_url",
    "auth_url",
    "token_url",
    "mapper_url",
    "scope",
    "microsoft_tenant",
    "subject_source",
    "apple_team_id",
    "apple_private_key_id",
    "apple_private_key",
    "requested_claims",
    "organization_id",
    "additional_id_token_audiences",
    "aal2_acr_values",
    "aal2_amr_values",
    "claims_source",
    "pkce",
    "fedcm_config_url",
    "net_id_token_origin_header",
    "account_linking_mode",
    "update_identity_on_login",
];

/// Reads the section.
pub(super) fn read(r: &Reader<'_>) -> OidcMethod {
    let mut providers: Vec<Arc<Provider>> = Vec::new();
    for (path, entry) in r.items(&format!("{PATH}.config.providers")) {
        let Some(provider) = provider(r, &path, entry) else { continue };
        if providers.iter().any(|known| known.id == provider.id) {
            r.problem(&format!("{path}.id"), format_args!("{:?} is the id of another provider already", provider.id));
        }
        providers.push(Arc::new(provider));
    }
    OidcMethod {
        enabled: r.flag(&format!("{PATH}.enabled"), false),
        base_redirect_uri: r.url(&format!("{PATH}.config.base_redirect_uri")),
        providers,
    }
}

fn provider(r: &Reader<'_>, path: &str, entry: &Value) -> Option<Provider> {
    let Value::Object(entry) = entry else {
        r.problem(path, "must be an object");
        return None;
    };
    for unknown in entry.keys().filter(|key| !KEYS.contains(&key.as_str())) {
        r.problem(&format!("{path}.{unknown}"), "is not a key of this configuration");
    }
    let at = |name: &str| format!("{path}.{name}");
    if r.has(&at("organization_id")) {
        r.warn(format!("{}: organizations are not supported; this provider is left out", at("organization_id")));
        return None;
    }
    if r.has(&at("fedcm_config_url")) {
        r.warn(format!("{}: accepted and ignored: FedCM is not supported", at("fedcm_config_url")));
    }
    if r.parsed::<Linking>(&at("account_linking_mode")) == Some(Linking::Automatic) {
        let why = "accounts are linked only after their owner has confirmed it with a credential he has";
        r.warn(format!("{}: accepted and ignored: {why}", at("account_linking_mode")));
    }
    let id = id(r, path)?;
    let kind = required(r, &at("provider"), r.has(&at("provider")), r.parsed(&at("provider")))?;
    let client_id = required(r, &at("client_id"), r.has(&at("client_id")), r.text(&at("client_id")))?;
    let mapper_url = required(r, &at("mapper_url"), r.has(&at("mapper_url")), r.text(&at("mapper_url")))?;
    let provider = Provider {
        label: r.text(&at("label")).unwrap_or_else(|| id.clone()),
        id,
        path: path.to_owned(),
        kind,
        client_id,
        client_secret: r.text(&at("client_secret")).map(Secret::new),
        issuer: r.url(&at("issuer_url")).and_then(|_| r.text(&at("issuer_url"))),
        auth_url: r.url(&at("auth_url")),
        token_url: r.url(&at("token_url")),
        mapper_url,
        scope: r.list(&at("scope")),
        tenant: r.text(&at("microsoft_tenant")),
        subject_from: r.parsed(&at("subject_source")).unwrap_or(SubjectFrom::Userinfo),
        apple: apple(r, path),
        requested_claims: requested_claims(r, &at("requested_claims")),
        other_audiences: r.list(&at("additional_id_token_audiences")),
        aal2_acr: r.list(&at("aal2_acr_values")),
        aal2_amr: r.list(&at("aal2_amr_values")),
        claims_source: r.parsed(&at("claims_source")).unwrap_or(ClaimsSource::IdToken),
        pkce: pkce(kind, r.parsed(&at("pkce"))),
        net_id_origin: r.text(&at("net_id_token_origin_header")),
        follows: r.parsed(&at("update_identity_on_login")) == Some(Following::Automatic),
    };
    demands(r, path, &provider);
    Some(provider)
}

/// UAE PASS knows PKCE and does not say so.
fn pkce(kind: ProviderKind, asked: Option<Pkce>) -> Pkce {
    match asked.unwrap_or(Pkce::Auto) {
        Pkce::Auto if kind == ProviderKind::UaePass => Pkce::Force,
        asked => asked,
    }
}

/// A value without which nothing goes; a wrong one is told of already.
fn required<T>(r: &Reader<'_>, path: &str, given: bool, value: Option<T>) -> Option<T> {
    if value.is_none() && !given {
        r.problem(path, "is required");
    }
    value
}

fn id(r: &Reader<'_>, path: &str) -> Option<String> {
    let path = format!("{path}.id");
    let id = required(r, &path, r.has(&path), r.text(&path))?;
    // It stands in URLs, and in front of a colon in identifiers.
    let good = id.len() <= 64 && id.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '~'));
    if !good {
        r.problem(&path, "must be at most 64 letters, digits and the signs - _ . ~");
    }
    good.then_some(id)
}

fn apple(r: &Reader<'_>, path: &str) -> Option<AppleKey> {
    let names = ["apple_team_id", "apple_private_key_id", "apple_private_key"].map(|name| format!("{path}.{name}"));
    let [team, key_id, key] = names.each_ref().map(|name| r.text(name));
    match (team, key_id, key) {
        (Some(team), Some(key_id), Some(key)) => Some(AppleKey { team, key_id, key: Secret::new(key) }),
        (None, None, None) => None,
        _ => {
            let missing = names.iter().filter(|name| !r.has(name));
            missing.for_each(|name| r.problem(name, "is required beside the other keys of Apple"));
            None
        }
    }
}

fn requested_claims(r: &Reader<'_>, path: &str) -> Option<Value> {
    let claims = r.get(path)?;
    if !claims.is_object() {
        r.problem(path, "must be an object (OpenID Connect Core, 5.5)");
    }
    Some(claims.clone())
}

/// What some kinds need besides.
fn demands(r: &Reader<'_>, path: &str, provider: &Provider) {
    let need = |name: &str, there: bool| {
        if !there {
            r.problem(&format!("{path}.{name}"), format_args!("is required for providers of type {}", provider.kind));
        }
    };
    match provider.kind {
        ProviderKind::Generic | ProviderKind::Auth0 | ProviderKind::Salesforce => {
            need("issuer_url", provider.issuer.is_some());
        }
        ProviderKind::Jackson => {
            need("issuer_url", provider.issuer.is_some());
            need("auth_url", provider.auth_url.is_some());
            need("token_url", provider.token_url.is_some());
        }
        ProviderKind::Microsoft => need("microsoft_tenant", provider.tenant.is_some()),
        ProviderKind::Apple => need("apple_private_key", provider.apple.is_some() || provider.client_secret.is_some()),
        // X's client secret signs each question.
        ProviderKind::Facebook | ProviderKind::DingTalk | ProviderKind::X => {
            need("client_secret", provider.client_secret.is_some());
        }
        _ => {}
    }
}
