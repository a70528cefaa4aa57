//! `GET /.well-known/openid-configuration` and its twin of RFC 8414 (contract 6.1). The document says what this server
//! does and nothing else, so that a client library that follows it never meets a missing endpoint.

use actix_web::{HttpResponse, web};
use serde_json::{Map, Value, json};

use crate::{
    config::{Config, below},
    http::extract::Ctx,
};

/// How tokens are got here.
const GRANTS: [&str; 5] = [
    "authorization_code",
    "client_credentials",
    "refresh_token",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
];

/// Mounts both spellings of the document.
pub(crate) fn configure(routes: &mut web::ServiceConfig) {
    routes
        .route("/.well-known/openid-configuration", web::get().to(document))
        .route("/.well-known/oauth-authorization-server", web::get().to(document));
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
        "subject_types_supported": config.oidc.subject_types,
        "response_types_supported": ["code"],
        "response_modes_supported": ["query", "form_post"],
        "grant_types_supported": GRANTS,
        "scopes_supported": all(&["offline_access", "offline", "openid"], &extra.supported_scope),
        "claims_supported": all(&["sub"], &extra.supported_claims),
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
        "revocation_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic", "none"],
        "code_challenge_methods_supported": ["S256"],
        "authorization_response_iss_parameter_supported": true,
    });
    if let (Value::Object(document), Value::Object(rest)) = (&mut document, openid()) {
        document.extend(rest);
        if config.registration.enabled || extra.client_registration_url.is_some() {
            document.insert(
                "registration_endpoint".to_owned(),
                json!(at(&extra.client_registration_url, "oauth2/register")),
            );
        }
    }
    document
}

/// OpenID Connect Discovery 1.0, section 3. `request_uri_parameter_supported` is spelt out because its absence means true.
fn openid() -> Value {
    let mut document = Map::new();
    for (name, value) in [
        ("id_token_signing_alg_values_supported", json!(["RS256"])),
        ("id_token_signed_response_alg", json!(["RS256"])),
        ("userinfo_signing_alg_values_supported", json!(["none", "RS256"])),
        ("userinfo_signed_response_alg", json!(["RS256"])),
        ("claims_parameter_supported", json!(false)),
        ("request_parameter_supported", json!(false)),
        ("request_uri_parameter_supported", json!(false)),
    ] {
        document.insert(name.to_owned(), value);
    }
    Value::Object(document)
}
