//! The OpenAPI document of both ports, made of tables: which operations there are ([`operations`]), what goes over the
//! wire ([`schemas`]), in a short notation of our own ([`shared_types::openapi`]). A test holds it against the routes, both ways.

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
            "title": "identity-service",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Users, credentials, sessions and self-service flows, compatible with the Ory Kratos API. \
                Paths below /admin and the metadata are on the admin port, all others on the public one.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "tags": [
            {"name": "frontend", "description": "For applications people use: sign-in, registration, settings, sessions."},
            {"name": "identity", "description": "For administrators: identities, sessions, recovery."},
            {"name": "courier", "description": "For administrators: messages to people."},
            {"name": "audit", "description": "For administrators: security events."},
            {"name": "metadata", "description": "For operators: health, version, figures."},
            {"name": "oauth2", "description": "For the OAuth2 provider."},
            {"name": "pages", "description": "The pages that come with the service."},
        ],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "oryAccessToken": {
                    "type": "http", "scheme": "bearer", "description": "A key of `serve.admin.api_keys`.",
                },
                "sessionToken": {
                    "type": "apiKey", "in": "header", "name": "X-Session-Token", "description": "The session token of a program.",
                },
            },
        },
    })
}

#[cfg(test)]
mod tests;
