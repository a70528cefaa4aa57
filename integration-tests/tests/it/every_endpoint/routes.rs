//! Every route both services serve, as a caller sees them.

use integration_tests::{settings::loopback, world::World};

/// One method on one path of one listener.
pub(crate) struct Route {
    pub(crate) method: &'static str,
    pub(crate) path: &'static str,
    pub(crate) url: String,
    /// The key the listener asks for.
    pub(crate) key: Option<String>,
}

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

const IDENTITY_PUBLIC: &[(&str, &str)] = &[
    ("GET", "/self-service/login/browser"),
    ("GET", "/self-service/login/api"),
    ("GET", "/self-service/login/flows"),
    ("POST", "/self-service/login"),
    ("GET", "/self-service/login"),
    ("GET", "/self-service/registration/browser"),
    ("GET", "/self-service/registration/api"),
    ("GET", "/self-service/registration/flows"),
    ("POST", "/self-service/registration"),
    ("GET", "/self-service/registration"),
    ("GET", "/self-service/verification/browser"),
    ("GET", "/self-service/verification/api"),
    ("GET", "/self-service/verification/flows"),
    ("POST", "/self-service/verification"),
    ("GET", "/self-service/verification"),
    ("GET", "/self-service/logout/browser"),
    ("GET", "/self-service/logout"),
    ("DELETE", "/self-service/logout/api"),
    ("GET", "/self-service/errors"),
    ("GET", "/sessions/whoami"),
    ("POST", "/sessions/whoami"),
    ("GET", "/sessions"),
    ("DELETE", "/sessions"),
    ("DELETE", "/sessions/{id}"),
    ("GET", "/schemas"),
    ("GET", "/schemas/{id}"),
    ("GET", "/health/alive"),
    ("GET", "/health/ready"),
    ("GET", "/login"),
    ("GET", "/registration"),
    ("GET", "/verification"),
    ("GET", "/consent"),
    ("POST", "/consent"),
    ("GET", "/settings/sessions"),
    ("POST", "/settings/sessions"),
    ("GET", "/settings/applications"),
    ("POST", "/settings/applications"),
    ("GET", "/device"),
    ("POST", "/device"),
    ("GET", "/device/done"),
    ("GET", "/logout"),
    ("POST", "/logout"),
    ("GET", "/error"),
    ("GET", "/welcome"),
];

const IDENTITY_ADMIN: &[(&str, &str)] = &[
    ("GET", "/admin/identities"),
    ("POST", "/admin/identities"),
    ("GET", "/admin/identities/{id}"),
    ("PUT", "/admin/identities/{id}"),
    ("PATCH", "/admin/identities/{id}"),
    ("DELETE", "/admin/identities/{id}"),
    ("GET", "/admin/identities/{id}/sessions"),
    ("DELETE", "/admin/identities/{id}/sessions"),
    ("POST", "/admin/oauth2/token-hook"),
];

const OAUTH_PUBLIC: &[(&str, &str)] = &[
    ("GET", "/oauth2/auth"),
    ("POST", "/oauth2/auth"),
    ("POST", "/oauth2/par"),
    ("POST", "/oauth2/token"),
    ("POST", "/oauth2/revoke"),
    ("POST", "/credentials"),
    ("POST", "/oauth2/device/auth"),
    ("GET", "/oauth2/device/verify"),
    ("POST", "/oauth2/register"),
    ("GET", "/oauth2/register/{id}"),
    ("PUT", "/oauth2/register/{id}"),
    ("DELETE", "/oauth2/register/{id}"),
    ("GET", "/userinfo"),
    ("POST", "/userinfo"),
    ("GET", "/oauth2/sessions/logout"),
    ("POST", "/oauth2/sessions/logout"),
    ("GET", "/oauth2/sessions/check"),
    ("GET", "/.well-known/openid-configuration"),
    ("GET", "/.well-known/oauth-authorization-server"),
    ("GET", "/.well-known/jwks.json"),
    ("GET", "/health/alive"),
    ("GET", "/health/ready"),
];

const OAUTH_ADMIN: &[(&str, &str)] = &[
    ("GET", "/admin/clients"),
    ("POST", "/admin/clients"),
    ("GET", "/admin/clients/{id}"),
    ("PUT", "/admin/clients/{id}"),
    ("PATCH", "/admin/clients/{id}"),
    ("DELETE", "/admin/clients/{id}"),
    ("PUT", "/admin/clients/{id}/lifespans"),
    ("GET", "/admin/keys/{id}"),
    ("POST", "/admin/keys/{id}"),
    ("PUT", "/admin/keys/{id}"),
    ("DELETE", "/admin/keys/{id}"),
    ("GET", "/admin/keys/{id}/{id}"),
    ("PUT", "/admin/keys/{id}/{id}"),
    ("DELETE", "/admin/keys/{id}/{id}"),
    ("GET", "/admin/oauth2/auth/requests/login"),
    ("PUT", "/admin/oauth2/auth/requests/login/accept"),
    ("PUT", "/admin/oauth2/auth/requests/login/reject"),
    ("GET", "/admin/oauth2/auth/requests/consent"),
    ("PUT", "/admin/oauth2/auth/requests/consent/accept"),
    ("PUT", "/admin/oauth2/auth/requests/consent/reject"),
    ("GET", "/admin/oauth2/auth/requests/logout"),
    ("PUT", "/admin/oauth2/auth/requests/logout/accept"),
    ("PUT", "/admin/oauth2/auth/requests/logout/reject"),
    ("PUT", "/admin/oauth2/auth/requests/device/accept"),
    ("GET", "/admin/trust/grants/jwt-bearer/issuers"),
    ("POST", "/admin/trust/grants/jwt-bearer/issuers"),
    ("GET", "/admin/trust/grants/jwt-bearer/issuers/{id}"),
    ("DELETE", "/admin/trust/grants/jwt-bearer/issuers/{id}"),
    ("DELETE", "/admin/oauth2/auth/sessions/login"),
    ("GET", "/admin/oauth2/auth/sessions/consent"),
    ("DELETE", "/admin/oauth2/auth/sessions/consent"),
    ("POST", "/admin/oauth2/introspect"),
    ("DELETE", "/admin/oauth2/tokens"),
];

pub(crate) fn all(world: &World) -> Vec<Route> {
    let places = &world.places;
    let (identity_admin, oauth_admin) = (loopback(places.identity_admin), loopback(places.oauth_admin));
    let tables = [
        (IDENTITY_PUBLIC, places.identity(), None),
        (IDENTITY_ADMIN, identity_admin, Some(&places.identity_key)),
        (OAUTH_PUBLIC, places.oauth(), None),
        (OAUTH_ADMIN, oauth_admin, Some(&places.oauth_key)),
    ];
    let mut routes = Vec::new();
    for (table, base, key) in tables {
        for (method, path) in table {
            let url = format!("{base}{}", path.replace("{id}", NOBODY));
            routes.push(Route { method, path, url, key: key.cloned() });
        }
    }
    routes
}
