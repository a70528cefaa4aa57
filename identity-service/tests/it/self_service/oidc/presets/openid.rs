//! Providers that answer in OpenID's names, with an ID token or without.

use serde_json::{Value, json};

use super::Case;

/// The tenant of a test.
const TENANT: &str = "8eaef023-2b34-4da1-9baa-8bc8c9d6a490";

#[expect(clippy::needless_pass_by_value, reason = "it is written where it is called")]
fn case(id: &'static str, over: Value, answers: Vec<(&'static str, Value)>) -> Case {
    let mut provider = json!({"provider": id, "scope": ["email", "profile"]});
    crate::world::merge(&mut provider, &over);
    Case { id, provider, answers }
}

/// A token endpoint's answer; the claims become an ID token.
fn token(claims: &Value) -> Value {
    json!({"access_token": "an access token", "token_type": "Bearer", "expires_in": 3600, "id_token": claims})
}

fn keys() -> Value {
    json!("keys")
}

pub(super) fn cases() -> Vec<Case> {
    let mut cases = vec![google(), line(), linkedin(), netid(), apple(), jackson()];
    cases.extend(["microsoft", "microsoft-oid", "microsoft-me"].map(microsoft));
    cases.extend([gitlab(), auth0(), salesforce()]);
    cases
}

pub(super) fn google() -> Case {
    let discovery = json!({
        "issuer": "https://accounts.google.com", "authorization_endpoint": "https://accounts.google.com/o/oauth2/v2/auth",
        "token_endpoint": "https://oauth2.googleapis.com/token", "userinfo_endpoint": "https://openidconnect.googleapis.com/v1/userinfo",
        "jwks_uri": "https://www.googleapis.com/oauth2/v3/certs", "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
        "code_challenge_methods_supported": ["plain", "S256"],
    });
    let claims = json!({
        "iss": "https://accounts.google.com", "azp": "portico", "sub": "10769150350006150715113082367", "hd": "example.org",
        "email": "anna@example.org", "email_verified": true, "name": "Anna Berg", "given_name": "Anna", "family_name": "Berg",
        "picture": "https://lh3.googleusercontent.com/a",
    });
    case(
        "google",
        json!({"scope": ["email", "profile", "offline_access"]}),
        vec![
            ("accounts.google.com/.well-known/openid-configuration", discovery),
            ("oauth2.googleapis.com/token", token(&claims)),
            ("www.googleapis.com/oauth2/v3/certs", keys()),
        ],
    )
}

fn line() -> Case {
    let discovery = json!({
        "issuer": "https://access.line.me", "authorization_endpoint": "https://access.line.me/oauth2/v2.1/authorize",
        "token_endpoint": "https://api.line.me/oauth2/v2.1/token", "userinfo_endpoint": "https://api.line.me/oauth2/v2.1/userinfo",
        "jwks_uri": "https://api.line.me/oauth2/v2.1/certs", "id_token_signing_alg_values_supported": ["ES256"],
        "code_challenge_methods_supported": ["S256"],
    });
    let claims = json!({
        "iss": "https://access.line.me", "sub": "U1234567890abcdef", "amr": ["linesso"], "name": "Anna",
        "picture": "https://profile.line-scdn.net/0h", "email": "anna@example.org", "alg": "ES256",
    });
    case(
        "line",
        json!({}),
        vec![
            ("access.line.me/.well-known/openid-configuration", discovery),
            ("api.line.me/oauth2/v2.1/token", token(&claims)),
            ("api.line.me/oauth2/v2.1/certs", keys()),
        ],
    )
}

fn linkedin() -> Case {
    let discovery = json!({
        "issuer": "https://www.linkedin.com/oauth", "authorization_endpoint": "https://www.linkedin.com/oauth/v2/authorization",
        "token_endpoint": "https://www.linkedin.com/oauth/v2/accessToken", "userinfo_endpoint": "https://api.linkedin.com/v2/userinfo",
        "jwks_uri": "https://www.linkedin.com/oauth/openid/jwks", "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post"],
    });
    let claims = json!({"iss": "https://www.linkedin.com/oauth", "sub": "782bbtaQ", "nonce": null});
    let userinfo = json!({
        "sub": "782bbtaQ", "name": "Anna Berg", "given_name": "Anna", "family_name": "Berg", "picture": "https://media.licdn-ei.com/dms",
        "locale": {"country": "DE", "language": "de"}, "email": "anna@example.org", "email_verified": true,
    });
    case(
        "linkedin_v2",
        json!({}),
        vec![
            ("www.linkedin.com/oauth/.well-known/openid-configuration", discovery),
            ("www.linkedin.com/oauth/v2/accessToken", token(&claims)),
            ("www.linkedin.com/oauth/openid/jwks", keys()),
            ("api.linkedin.com/v2/userinfo", userinfo),
        ],
    )
}

pub(super) fn netid() -> Case {
    let discovery = json!({
        "issuer": "https://broker.netid.de/", "authorization_endpoint": "https://broker.netid.de/authorize",
        "token_endpoint": "https://broker.netid.de/token", "userinfo_endpoint": "https://broker.netid.de/userinfo",
        "jwks_uri": "https://broker.netid.de/.well-known/jwks.json", "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    });
    let claims = json!({"iss": "https://broker.netid.de/", "sub": "a1b2c3"});
    let userinfo = json!({
        "sub": "a1b2c3", "given_name": "Anna", "family_name": "Berg", "email": "anna@example.org", "email_verified": true,
        "birthdate": "1990-05-30", "gender": "female",
    });
    case(
        "netid",
        json!({"net_id_token_origin_header": "https://www.example.org"}),
        vec![
            ("broker.netid.de/.well-known/openid-configuration", discovery),
            ("broker.netid.de/token", token(&claims)),
            ("broker.netid.de/.well-known/jwks.json", keys()),
            ("broker.netid.de/userinfo", userinfo),
        ],
    )
}

/// A key of the shape Apple hands out.
fn apple_key() -> String {
    use openssl::{
        ec::{EcGroup, EcKey},
        nid::Nid,
        pkey::PKey,
    };
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    String::from_utf8(key.private_key_to_pem_pkcs8().unwrap()).unwrap()
}

pub(super) fn apple() -> Case {
    let claims = json!({
        "iss": "https://appleid.apple.com", "sub": "001234.abcdef.0123", "email": "anna@privaterelay.appleid.com",
        "email_verified": "true", "is_private_email": "true", "auth_time": 1_772_366_400, "nonce_supported": true,
    });
    case(
        "apple",
        json!({"scope": ["email", "name"], "apple_team_id": "TEAM", "apple_private_key_id": "KEY", "apple_private_key": apple_key()}),
        vec![("appleid.apple.com/auth/token", token(&claims)), ("appleid.apple.com/auth/keys", keys())],
    )
}

fn jackson() -> Case {
    let claims = json!({
        "iss": "https://saml.example.com", "sub": "00u1", "email": "anna@example.org", "firstName": "Anna", "lastName": "Berg",
    });
    case(
        "jackson",
        json!({"issuer_url": "https://saml.example.com", "auth_url": "https://sso.example.org/api/oauth/authorize",
            "token_url": "https://inside.example.org/api/oauth/token"}),
        vec![("inside.example.org/api/oauth/token", token(&claims)), ("inside.example.org/oauth/jwks", keys())],
    )
}

fn microsoft(id: &'static str) -> Case {
    let issuer = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
    let discovery = json!({
        "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        "authorization_endpoint": "https://login.microsoftonline.com/organizations/oauth2/v2.0/authorize",
        "token_endpoint": "https://login.microsoftonline.com/organizations/oauth2/v2.0/token",
        "userinfo_endpoint": "https://graph.microsoft.com/oidc/userinfo",
        "jwks_uri": "https://login.microsoftonline.com/organizations/discovery/v2.0/keys", "id_token_signing_alg_values_supported": ["RS256"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt", "client_secret_basic"],
    });
    let claims = json!({
        "iss": issuer, "sub": format!("AAAAAAAAAAAAAAAAAAAAA-{id}"), "oid": "690222be-ff1a-4d56-abd1-7e4f7d38e474", "tid": TENANT,
        "name": "Anna Berg", "preferred_username": "anna@example.org", "email": "anna@example.org", "ver": "2.0",
    });
    let me = json!({"id": "87d349ed-44d7-43e1-9a83-5f2406dee5bd", "displayName": "Anna Berg", "userPrincipalName": "anna@example.org"});
    let source = id.strip_prefix("microsoft-").unwrap_or("userinfo");
    case(
        id,
        json!({"provider": "microsoft", "microsoft_tenant": "organizations", "subject_source": source}),
        vec![
            ("login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration", discovery),
            ("login.microsoftonline.com/organizations/oauth2/v2.0/token", token(&claims)),
            ("login.microsoftonline.com/organizations/discovery/v2.0/keys", keys()),
            ("graph.microsoft.com/v1.0/me", me),
        ],
    )
}

fn gitlab() -> Case {
    let info = json!({
        "sub": "42", "sub_legacy": "0a1b", "name": "Anna Berg", "nickname": "anna", "preferred_username": "anna", "email": "anna@example.org",
        "email_verified": true, "profile": "https://gitlab.com/anna", "picture": "https://gitlab.com/uploads/a.png", "groups": ["g"],
    });
    case(
        "gitlab",
        json!({"scope": ["openid", "email"]}),
        vec![
            ("gitlab.com/oauth/token", json!({"access_token": "an access token", "token_type": "Bearer"})),
            ("gitlab.com/oauth/userinfo", info),
        ],
    )
}

fn auth0() -> Case {
    let info = json!({
        "sub": "auth0|507f1f77bcf86cd799439020", "name": "Anna Berg", "nickname": "anna", "picture": "https://s.gravatar.com/a.png",
        "updated_at": "2026-02-22T20:25:20.000Z", "email": "anna@example.org", "email_verified": true,
    });
    let discovery =
        json!({"issuer": "https://example.eu.auth0.com/", "code_challenge_methods_supported": ["S256", "plain"]});
    case(
        "auth0",
        json!({"issuer_url": "https://example.eu.auth0.com/", "scope": ["openid", "email", "profile"]}),
        vec![
            ("example.eu.auth0.com/.well-known/openid-configuration", discovery),
            ("example.eu.auth0.com/oauth/token", json!({"access_token": "an access token", "token_type": "Bearer"})),
            ("example.eu.auth0.com/userinfo", info),
        ],
    )
}

fn salesforce() -> Case {
    let info = json!({
        "sub": "https://login.salesforce.com/id/00Dx/005x", "user_id": "005x", "organization_id": "00Dx", "preferred_username": "anna@example.org",
        "nickname": "anna", "name": "Anna Berg", "email": "anna@example.org", "email_verified": true, "given_name": "Anna", "family_name": "Berg",
        "zoneinfo": "Europe/Berlin", "picture": "https://example.my.salesforce.com/profilephoto/F", "locale": "de", "updated_at": "2026-02-22T20:25:20Z",
    });
    case(
        "salesforce",
        json!({"issuer_url": "https://example.my.salesforce.com", "scope": ["openid"]}),
        vec![
            (
                "example.my.salesforce.com/services/oauth2/token",
                json!({"access_token": "an access token", "token_type": "Bearer"}),
            ),
            ("example.my.salesforce.com/services/oauth2/userinfo", info),
        ],
    )
}
