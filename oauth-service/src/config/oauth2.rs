//! `oauth2`, `strategies`, `ttl` and `oidc`: how grants and tokens behave (contract 4, 5, 8.2).

use std::time::Duration;

use serde_json::Value;
use shared_types::{secret::Secret, time::GoDuration};
use url::Url;

use super::{
    read::Reader,
    sender::{self, Profile},
};
use crate::protocol::{alg::Alg, scope::ScopeStrategy};

/// `oauth2`.
#[derive(Debug, Clone)]
pub(crate) struct OAuth2 {
    pub(crate) profile: Profile,
    pub(crate) pkce_enforced: bool,
    /// Called for every token but the front channel's.
    pub(crate) token_hook: Option<Hook>,
    /// Called at every refresh, before `token_hook`.
    pub(crate) refresh_token_hook: Option<Hook>,
    /// A client that names no scope gets all it is registered for (`client_credentials`).
    pub(crate) default_grant_allowed_scope: bool,
    /// A rotated refresh token may be used again for so long.
    pub(crate) grace_period: Duration,
    /// How many times; 0 is without limit.
    pub(crate) grace_reuse_count: i64,
    /// Claims at rest are sealed.
    pub(crate) encrypt_at_rest: bool,
    pub(crate) claims: AccessClaims,
    /// What kinds of `authorization_details` may be asked for (RFC 9396).
    pub(crate) authorization_details_types: Vec<String>,
    pub(crate) access_token_alg: Alg,
    pub(crate) rsa_bits: u32,
    pub(crate) hasher: ClientHasher,
    pub(crate) jwt_bearer: JwtBearer,
}

/// `oauth2.grant.jwt`: which assertions are believed (contract 4.9).
#[derive(Debug, Clone, Copy)]
pub(crate) struct JwtBearer {
    pub(crate) jti_optional: bool,
    pub(crate) iat_optional: bool,
    /// From `iat`, or from now, to `exp`.
    pub(crate) max_ttl: GoDuration,
    /// The assertion's `aud` is not granted.
    pub(crate) omit_audience: bool,
}

/// How claims stand in a JWT access token.
#[derive(Debug, Clone)]
pub(crate) struct AccessClaims {
    pub(crate) exclude_not_before: bool,
    /// Names copied from `ext` to the top level.
    pub(crate) allowed_top_level: Vec<String>,
    /// Copied claims stay in `ext` too.
    pub(crate) mirror_top_level: bool,
    pub(crate) preserve_ext: bool,
    pub(crate) scope_claim: ScopeClaim,
    pub(crate) profile: JwtProfile,
}

/// What a JWT access token looks like: `strategies.jwt.profile`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JwtProfile {
    /// As Hydra's (contract 5.2).
    Ory,
    /// As RFC 9068 wants it.
    Rfc9068,
}

impl JwtProfile {
    /// `typ` of the header (RFC 9068 2.1).
    pub(crate) const fn typ(self) -> &'static str {
        match self {
            Self::Ory => "JWT",
            Self::Rfc9068 => "at+jwt",
        }
    }
}

/// How scopes stand in a JWT access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ScopeClaim {
    /// `scp`, a list.
    List,
    /// `scope`, a text.
    Text,
    /// Both.
    Both,
}

/// How client secrets are hashed; either kind verifies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClientHasher {
    /// PBKDF2-HMAC-SHA-256.
    Pbkdf2 {
        /// Rounds.
        iterations: u32,
    },
    /// bcrypt.
    Bcrypt {
        /// Doublings.
        cost: u32,
    },
}

/// Somebody to ask for claims (contract 5.8).
#[derive(Debug, Clone)]
pub(crate) struct Hook {
    pub(crate) url: Url,
    pub(crate) auth: Option<HookAuth>,
}

/// A key the hook wants to see.
#[derive(Debug, Clone)]
pub(crate) struct HookAuth {
    pub(crate) place: HookPlace,
    pub(crate) name: String,
    pub(crate) value: Secret<String>,
}

/// Where a hook's key goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HookPlace {
    /// A request header.
    Header,
    /// A cookie.
    Cookie,
}

/// Reads `oauth2`.
pub(super) fn read(r: &Reader<'_>) -> OAuth2 {
    let grace = r.duration("oauth2.grant.refresh_token.rotation_grace_period", Duration::ZERO);
    let reuse = r.number("oauth2.grant.refresh_token.rotation_grace_reuse_count", 0_i64, 0..=i64::from(u32::MAX));
    let longest = Duration::from_secs(if reuse > 0 { 180 * 86_400 } else { 300 });
    if grace > longest {
        let path = "oauth2.grant.refresh_token.rotation_grace_period";
        r.problem(path, "must be at most 5m, or 4320h together with a rotation_grace_reuse_count");
    }
    let profile = sender::profile(r);
    OAuth2 {
        profile,
        pkce_enforced: r.flag("oauth2.pkce.enforced", false) || profile.demands_pkce(),
        token_hook: hook(r, "oauth2.token_hook"),
        refresh_token_hook: hook(r, "oauth2.refresh_token_hook"),
        default_grant_allowed_scope: r.flag("oauth2.client_credentials.default_grant_allowed_scope", false),
        grace_period: grace,
        grace_reuse_count: reuse,
        encrypt_at_rest: r.flag("oauth2.session.encrypt_at_rest", true),
        claims: AccessClaims {
            exclude_not_before: r.flag("oauth2.exclude_not_before_claim", false),
            allowed_top_level: r.list("oauth2.allowed_top_level_claims"),
            mirror_top_level: r.flag("oauth2.mirror_top_level_claims", true),
            preserve_ext: r.flag("oauth2.preserve_ext_claims", false),
            scope_claim: scope_claim(r),
            profile: jwt_profile(r),
        },
        authorization_details_types: r.list("oauth2.authorization_details_types"),
        access_token_alg: alg(r),
        rsa_bits: rsa_bits(r),
        hasher: hasher(r),
        jwt_bearer: jwt_bearer(r),
    }
}

fn jwt_bearer(r: &Reader<'_>) -> JwtBearer {
    let flag = |name: &str, default| r.flag(&format!("oauth2.grant.jwt.{name}"), default);
    JwtBearer {
        jti_optional: flag("jti_optional", false),
        iat_optional: flag("iat_optional", false),
        max_ttl: GoDuration(r.duration("oauth2.grant.jwt.max_ttl", Duration::from_hours(720))),
        omit_audience: flag("omit_assertion_audience", true),
    }
}

fn scope_claim(r: &Reader<'_>) -> ScopeClaim {
    match r.text("strategies.jwt.scope_claim").as_deref() {
        None | Some("list") => ScopeClaim::List,
        Some("string") => ScopeClaim::Text,
        Some("both") => ScopeClaim::Both,
        Some(_) => {
            r.problem("strategies.jwt.scope_claim", "must be list, string or both");
            ScopeClaim::List
        }
    }
}

fn jwt_profile(r: &Reader<'_>) -> JwtProfile {
    match r.text("strategies.jwt.profile").as_deref() {
        None | Some("ory") => JwtProfile::Ory,
        Some("rfc9068") => JwtProfile::Rfc9068,
        Some(_) => {
            r.problem("strategies.jwt.profile", "must be ory or rfc9068");
            JwtProfile::Ory
        }
    }
}

fn alg(r: &Reader<'_>) -> Alg {
    let Some(name) = r.text("oauth2.access_token_alg") else { return Alg::Rs256 };
    Alg::parse(&name).unwrap_or_else(|| {
        r.problem(
            "oauth2.access_token_alg",
            "must be one of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA",
        );
        Alg::Rs256
    })
}

fn rsa_bits(r: &Reader<'_>) -> u32 {
    let bits = r.number("oauth2.rsa_bits", 2048_i64, 2048..=4096);
    if ![2048, 3072, 4096].contains(&bits) {
        r.problem("oauth2.rsa_bits", "must be 2048, 3072 or 4096");
    }
    u32::try_from(bits).unwrap_or(2048)
}

fn hasher(r: &Reader<'_>) -> ClientHasher {
    let iterations = r.number("oauth2.hashers.pbkdf2.iterations", 25_000_i64, 1..=10_000_000);
    let cost = r.number("oauth2.hashers.bcrypt.cost", 10_i64, 4..=31);
    match r.text("oauth2.hashers.algorithm").as_deref() {
        Some("bcrypt") => ClientHasher::Bcrypt { cost: u32::try_from(cost).unwrap_or(10) },
        None | Some("pbkdf2") => ClientHasher::Pbkdf2 { iterations: u32::try_from(iterations).unwrap_or(25_000) },
        Some(_) => {
            r.problem("oauth2.hashers.algorithm", "must be pbkdf2 or bcrypt");
            ClientHasher::Pbkdf2 { iterations: 25_000 }
        }
    }
}

/// A URL, or `{url, auth: {type: api_key, config: {in, name, value}}}`.
fn hook(r: &Reader<'_>, path: &str) -> Option<Hook> {
    if r.get(path)?.is_string() {
        return Some(Hook { url: r.url(path)?, auth: None });
    }
    let Some(url) = r.url(&format!("{path}.url")) else {
        r.problem(path, "must be a URL, or have a `url`");
        return None;
    };
    let auth = r.get(&format!("{path}.auth")).and_then(|auth| {
        let found = hook_auth(auth);
        if found.is_none() {
            r.problem(&format!("{path}.auth"), "must be {type: api_key, config: {in: header|cookie, name, value}}");
        }
        found
    });
    Some(Hook { url, auth })
}

fn hook_auth(auth: &Value) -> Option<HookAuth> {
    let config = auth.get("config").filter(|_| auth.get("type").and_then(Value::as_str) == Some("api_key"))?;
    let text = |name: &str| config.get(name).and_then(Value::as_str);
    let place = match text("in") {
        Some("header") => HookPlace::Header,
        Some("cookie") => HookPlace::Cookie,
        _ => return None,
    };
    Some(HookAuth { place, name: text("name")?.to_owned(), value: Secret::new(text("value")?.to_owned()) })
}

/// What an access token is unless its client says otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TokenStrategy {
    /// Known to this server alone.
    Opaque,
    /// A signed text anyone can read.
    Jwt,
}

impl TokenStrategy {
    /// The strategy by its name, in any case.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name.to_ascii_lowercase().as_str() {
            "opaque" => Some(Self::Opaque),
            "jwt" => Some(Self::Jwt),
            _ => None,
        }
    }
}

/// `strategies`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Strategies {
    pub(crate) scope: ScopeStrategy,
    pub(crate) access_token: TokenStrategy,
}

/// Reads `strategies`.
pub(super) fn strategies(r: &Reader<'_>) -> Strategies {
    let scope = r.text("strategies.scope").unwrap_or_default();
    let access_token = r.text("strategies.access_token").unwrap_or_else(|| "opaque".to_owned());
    Strategies {
        scope: ScopeStrategy::parse(&scope).unwrap_or_else(|| {
            r.problem("strategies.scope", "must be wildcard or exact");
            ScopeStrategy::default()
        }),
        access_token: TokenStrategy::parse(&access_token).unwrap_or_else(|| {
            r.problem("strategies.access_token", "must be opaque or jwt");
            TokenStrategy::Opaque
        }),
    }
}

/// `ttl`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ttl {
    pub(crate) login_consent_request: GoDuration,
    /// How long a pushed request may be begun (RFC 9126 2.2).
    pub(crate) pushed_authorization_request: GoDuration,
    pub(crate) authentication_session: GoDuration,
    pub(crate) auth_code: GoDuration,
    pub(crate) access_token: GoDuration,
    pub(crate) id_token: GoDuration,
    /// `None` is for ever.
    pub(crate) refresh_token: Option<GoDuration>,
}

/// Reads `ttl`.
pub(super) fn ttl(r: &Reader<'_>) -> Ttl {
    let of = |name: &str, default: u64| {
        let length = r.duration(&format!("ttl.{name}"), Duration::from_secs(default));
        if length < Duration::from_secs(1) {
            r.problem(&format!("ttl.{name}"), "must be at least one second");
        }
        GoDuration(length)
    };
    let mut auth_code = of("auth_code", 600);
    if let Some(longest) = sender::profile(r).longest_code() {
        auth_code = auth_code.min(GoDuration::from_secs(longest));
    }
    let never = r.get("ttl.refresh_token").is_some_and(|value| value == "-1" || value.as_i64() == Some(-1));
    Ttl {
        login_consent_request: of("login_consent_request", 1800),
        pushed_authorization_request: pushed(r),
        authentication_session: of("authentication_session", 720 * 3600),
        auth_code,
        access_token: of("access_token", 900),
        id_token: of("id_token", 3600),
        refresh_token: (!never).then(|| of("refresh_token", 168 * 3600)),
    }
}

/// Long enough for a browser to come, and short enough that what somebody else gets hold of is over.
fn pushed(r: &Reader<'_>) -> GoDuration {
    let path = "ttl.pushed_authorization_request";
    let length = r.duration(path, Duration::from_mins(1));
    if !(Duration::from_secs(5)..=Duration::from_mins(10)).contains(&length) {
        r.problem(path, "must be between 5s and 10m");
    }
    GoDuration(length)
}

/// `oidc`.
#[derive(Debug, Clone)]
pub(crate) struct Oidc {
    /// `public`, `pairwise`.
    pub(crate) subject_types: Vec<String>,
    pub(crate) pairwise_salt: Secret<String>,
    /// What a client without `scope` may ask for.
    pub(crate) default_scope: Vec<String>,
}

/// Reads `oidc`.
pub(super) fn oidc(r: &Reader<'_>, strategies: Strategies) -> Oidc {
    let path = "oidc.subject_identifiers.supported_types";
    let mut subject_types = r.list(path);
    if subject_types.is_empty() {
        subject_types.push("public".to_owned());
    }
    if subject_types.iter().any(|name| !matches!(name.as_str(), "public" | "pairwise")) {
        r.problem(path, "knows public and pairwise alone");
    }
    let salt = r.text("oidc.subject_identifiers.pairwise.salt").unwrap_or_default();
    if subject_types.iter().any(|name| name == "pairwise") {
        if salt.len() < 8 {
            r.problem(
                "oidc.subject_identifiers.pairwise.salt",
                "must have at least 8 characters for pairwise subjects",
            );
        }
        // A JWT access token would show the real subject.
        if strategies.access_token == TokenStrategy::Jwt {
            r.warn("oidc.subject_identifiers.supported_types: pairwise is left out: JWT access tokens show the real subject".to_owned());
            subject_types.retain(|name| name != "pairwise");
        }
    }
    let default_scope = r.list("oidc.dynamic_client_registration.default_scope");
    Oidc { subject_types, pairwise_salt: Secret::new(salt), default_scope }
}
