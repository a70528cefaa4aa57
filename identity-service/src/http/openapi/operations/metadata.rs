//! Schemas, errors, health and version.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "isAlive",
        method: "get",
        path: "/health/alive",
        tag: "metadata",
        about: "Whether the process answers.",
        answers: "200 {status!: text}",
        ..Operation::NONE
    },
    Operation {
        id: "isReady",
        method: "get",
        path: "/health/ready",
        tag: "metadata",
        about: "Whether requests can be served.",
        answers: "200 {status!: text}; 503 {errors!: map text}",
        ..Operation::NONE
    },
    Operation {
        id: "listIdentitySchemas",
        method: "get",
        path: "/schemas",
        tag: "identity",
        about: "The schemas identities follow.",
        query: "per_page: int; page: int; page_size: int; page_token: text",
        answers: "200 @identitySchemas",
        ..Operation::NONE
    },
    Operation {
        id: "getIdentitySchema",
        method: "get",
        path: "/schemas/{id}",
        tag: "identity",
        about: "One schema.",
        answers: "200 @identitySchema; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "getFlowError",
        method: "get",
        path: "/self-service/errors",
        tag: "frontend",
        about: "What went wrong in a browser.",
        query: "id!: text",
        answers: "200 @flowError; 403 @errorGeneric; 404 @errorGeneric; 500 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "getVersion",
        method: "get",
        path: "/version",
        tag: "metadata",
        about: "The version of this program.",
        answers: "200 {version!: text}",
        ..Operation::NONE
    },
];
