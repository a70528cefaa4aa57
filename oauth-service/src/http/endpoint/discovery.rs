//! `GET /.well-known/openid-configuration` and its twin of RFC 8414 (contract 6.1). The document says what this server
//! does and nothing else, so that a client library that follows it never meets a missing endpoint.

mod front;

use actix_web::{HttpResponse, web};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{
    client::AUTH_METHODS,
    config::{Config, below},
    http::{error::ApiError, extract::Ctx},
    protocol::{
        alg::Alg,
        error::{OAuthCode, OAuthError},
    },
    token::credential,
};

/// How tokens are got here.
const GRANTS: [&str; 7] = [
    "authorization_code",
    "implicit",
    "client_credentials",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
];

/// Mounts both spellings of the document.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/.well-known/openid-configuration", web::get().to(document))
        .route("/.well-known/oauth-authorization-server", web::get().to(document))
        .route("/.well-known/oauth-authorization-server/{path:.*}", web::get().to(inserted));
}

/// RFC 8414 3.1: of an issuer with a path, the document is found where the well-known part is put before the path.
async fn inserted(ctx: Ctx, path: web::Path<String>) -> Result<HttpResponse, ApiError> {
    let issuer = Url::parse(&ctx.0.config.urls.issuer).ok();
    let own = issuer.as_ref().map_or("", |issuer| issuer.path().trim_matches('/'));
    if own.is_empty() || path.trim_matches('/') != own {
        return Err(OAuthError::new(OAuthCode::NotFound).because("The issuer has another path.").into());
    }
    Ok(document(ctx).await)
}

async fn document(Ctx(cx): Ctx) -> HttpResponse {
    HttpResponse::Ok().json(metadata(&cx.config))
}

fn metadata(config: &Config) -> Value {
    let (urls, extra) = (&config.urls, &config.discovery);
    let at = |configured: &Option<String>, path: &str| {
        configured.clone().unwrap_or_else(|| below(&urls.public, path).to_string())
    };
    let all = |own: &[&str], more: &[String]| {
        own.iter().map(|s| (*s).to_owned()).chain(more.iter().cloned()).collect::<Vec<_>>()
    };
    let mut document = json!({
        "issuer": urls.issuer,
        "authorization_endpoint": at(&extra.auth_url, "oauth2/auth"),
        "token_endpoint": at(&extra.token_url, "oauth2/token"),
        "device_authorization_endpoint": at(&extra.device_authorization_url, "oauth2/device/auth"),
        "jwks_uri": at(&extra.jwks_url, ".well-known/jwks.json"),
        "userinfo_endpoint": at(&extra.userinfo_url, "userinfo"),
        "revocation_endpoint": at(&None, "oauth2/revoke"),
        "end_session_endpoint": at(&None, "oauth2/sessions/logout"),
        "credentials_endpoint_draft_00": at(&None, "credentials"),
        "credentials_supported_draft_00": [credential()],
        "subject_types_supported": config.oidc.subject_types,
        "grant_types_supported": grants(config),
        "scopes_supported": all(&["offline_access", "offline", "openid"], &extra.supported_scope),
        "claims_supported": all(&["sub"], &extra.supported_claims),
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    if let Value::Object(document) = &mut document {
        document.extend(openid());
        document.extend(client_authentication(config));
        document.extend(possession(config));
        document.extend(front::metadata(config));
        if config.registration.enabled || extra.client_registration_url.is_some() {
            let url = at(&extra.client_registration_url, "oauth2/register");
            document.insert("registration_endpoint".to_owned(), json!(url));
        }
    }
    document
}

/// The implicit grant is one where something comes by the browser.
fn grants(config: &Config) -> Vec<&'static str> {
    let by_browser = !config.oauth2.profile.answers_codes_alone();
    GRANTS.into_iter().filter(|grant| by_browser || *grant != "implicit").collect()
}

/// How clients prove who they are, at each endpoint where they have to (RFC 8414 2).
fn client_authentication(config: &Config) -> Map<String, Value> {
    let certificates = |method: &str| !method.contains("tls_client_auth") || config.sender.takes_certificates();
    let methods: Vec<&str> = AUTH_METHODS
        .into_iter()
        .filter(|method| certificates(method) && config.oauth2.profile.allows_method(method))
        .collect();
    let hmac = methods.contains(&"client_secret_jwt").then_some(["HS256", "HS384", "HS512"]);
    let algs: Vec<&str> = algs(config).into_iter().chain(hmac.into_iter().flatten()).collect();
    let mut document = Map::new();
    for endpoint in ["token", "revocation"] {
        document.insert(format!("{endpoint}_endpoint_auth_methods_supported"), json!(methods));
        document.insert(format!("{endpoint}_endpoint_auth_signing_alg_values_supported"), json!(algs));
    }
    document
}

/// The signatures clients may make.
pub(super) fn algs(config: &Config) -> Vec<&'static str> {
    Alg::accepted().into_iter().filter(|alg| config.oauth2.profile.allows_alg(alg)).collect()
}

/// What tokens can be bound to (RFC 9449 5.1, RFC 8705 3.3, 5).
fn possession(config: &Config) -> Map<String, Value> {
    let sender = &config.sender;
    let mut document = Map::new();
    document.insert("dpop_signing_alg_values_supported".to_owned(), json!(algs(config)));
    document.insert("tls_client_certificate_bound_access_tokens".to_owned(), json!(sender.takes_certificates()));
    if let Some(base) = &sender.mtls_url {
        let at = |path: &str| below(base, path).to_string();
        let aliases = json!({
            "token_endpoint": at("oauth2/token"),
            "revocation_endpoint": at("oauth2/revoke"),
            "userinfo_endpoint": at("userinfo"),
            "pushed_authorization_request_endpoint": at("oauth2/par"),
        });
        document.insert("mtls_endpoint_aliases".to_owned(), aliases);
    }
    document
}

/// The one kind of credential there is (contract 6.9).
fn credential() -> Value {
    json!({
        "format": credential::FORMAT,
        "types": credential::TYPES,
        "cryptographic_binding_methods_supported": ["jwk"],
        "cryptographic_suites_supported": Alg::names(),
    })
}

/// OpenID Connect Discovery 1.0, section 3. `request_uri_parameter_supported` is spelt out because its absence means true.
fn openid() -> Map<String, Value> {
    let mut document = Map::new();
    for (name, value) in [
        ("id_token_signing_alg_values_supported", json!(Alg::names())),
        ("id_token_signed_response_alg", json!(["RS256"])),
        (
            "userinfo_signing_alg_values_supported",
            json!(std::iter::once("none").chain(Alg::names()).collect::<Vec<_>>()),
        ),
        ("userinfo_signed_response_alg", json!(["RS256"])),
        ("claims_parameter_supported", json!(true)),
    ] {
        document.insert(name.to_owned(), value);
    }
    document
}
