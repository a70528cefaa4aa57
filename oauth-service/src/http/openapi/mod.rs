//! The OpenAPI document of both ports, made of tables: which operations there are ([`operations`]), what goes over the wire
//! ([`schemas`]), in a short notation of our own ([`shared_types::openapi`]). A test holds it against the routes, both ways.

mod operations;
mod schemas;

use serde_json::{Map, Value, json};

/// The whole document.
pub(crate) fn document() -> Value {
    let mut paths = Map::new();
    for operation in operations::all() {
        let path = paths.entry(operation.path).or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(methods) = path {
            methods.insert(operation.method.to_owned(), operation.describe());
        }
    }
    let schemas: Map<String, Value> =
        schemas::all().map(|schema| (schema.name.to_owned(), schema.describe())).collect();
    json!({
        "openapi": "3.0.3",
        "info": {
            "title": "oauth-service",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "OAuth2 and OpenID Connect, compatible with the Ory Hydra API. Paths below /admin, the version and the \
                figures are on the admin port, all others on the public one; health is on both.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "tags": [
            {"name": "oAuth2", "description": "Authorization, tokens, clients, and the requests of login and consent pages."},
            {"name": "oidc", "description": "OpenID Connect: discovery, userinfo, logout, clients that register themselves."},
            {"name": "jwk", "description": "For administrators: key sets."},
            {"name": "wellknown", "description": "The published keys."},
            {"name": "metadata", "description": "For operators: health, version, figures."},
            {"name": "pages", "description": "The pages that stand in where none is configured."},
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "adminKey": {
                    "type": "http", "scheme": "bearer", "description": "A key of `serve.admin.api_keys`.",
                },
                "bearer": {
                    "type": "http", "scheme": "bearer", "description": "An access token, or a registration access token.",
                },
                "basic": {"type": "http", "scheme": "basic", "description": "A client's id and secret."},
            },
        },
    })
}

#[cfg(test)]
mod tests;
