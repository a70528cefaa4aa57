//! The admin API: identities, recovery, messages.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "listCourierMessages",
        method: "get",
        path: "/admin/courier/messages",
        tag: "courier",
        about: "Messages, newest first.",
        query: "page_size: int; page_token: text; status: @courierMessageStatus; recipient: text",
        answers: "200 [@message]; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "getCourierMessage",
        method: "get",
        path: "/admin/courier/messages/{id}",
        tag: "courier",
        about: "One message, with the attempts to send it.",
        answers: "200 @message; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "listIdentities",
        method: "get",
        path: "/admin/identities",
        tag: "identity",
        about: "Identities by page, narrowed by at most one filter.",
        query: "per_page: int; page: int; page_size: int; page_token: text; consistency: in '','strong','eventual'; ids: [text]; credentials_identifier: text; preview_credentials_identifier_similar: text; include_credential: [text]; organization_id: text",
        answers: "200 [@identity]",
        ..Operation::NONE
    },
    Operation {
        id: "batchPatchIdentities",
        method: "patch",
        path: "/admin/identities",
        tag: "identity",
        about: "Makes up to 1000 identities. One that collides with another fails alone; a malformed one fails the whole call.",
        body: "patchIdentitiesBody",
        answers: "200 @batchPatchIdentitiesResponse; 400 @errorGeneric; 409 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "createIdentity",
        method: "post",
        path: "/admin/identities",
        tag: "identity",
        about: "Makes an identity, with the credentials and addresses it brings along.",
        body: "createIdentityBody",
        answers: "201 @identity; 400 @errorGeneric; 409 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "getIdentityByExternalID",
        method: "get",
        path: "/admin/identities/by/external/{externalID}",
        tag: "identity",
        about: "One identity by the administrator's own id.",
        query: "include_credential: [text]",
        answers: "200 @identity; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "deleteIdentity",
        method: "delete",
        path: "/admin/identities/{id}",
        tag: "identity",
        about: "Removes an identity with everything that hangs on it.",
        answers: "204; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "getIdentity",
        method: "get",
        path: "/admin/identities/{id}",
        tag: "identity",
        about: "One identity.",
        query: "include_credential: [text]",
        answers: "200 @identity; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "patchIdentity",
        method: "patch",
        path: "/admin/identities/{id}",
        tag: "identity",
        about: "Changes an identity by a JSON patch. If one operation fails, nothing is changed.",
        body: "jsonPatchDocument",
        answers: "200 @identity; 400 @errorGeneric; 404 @errorGeneric; 409 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "updateIdentity",
        method: "put",
        path: "/admin/identities/{id}",
        tag: "identity",
        about: "Replaces an identity. Credentials join those it has.",
        body: "updateIdentityBody",
        answers: "200 @identity; 400 @errorGeneric; 404 @errorGeneric; 409 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "deleteIdentityCredentials",
        method: "delete",
        path: "/admin/identities/{id}/credentials/{type}",
        tag: "identity",
        about: "Takes a way to sign in away, but never the last one.",
        query: "identifier: text",
        answers: "204; 400 @errorGeneric; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "createRecoveryCodeForIdentity",
        method: "post",
        path: "/admin/recovery/code",
        tag: "identity",
        about: "A code with which somebody gets back into his account; nothing is sent.",
        body: "createRecoveryCodeForIdentityBody",
        answers: "201 @recoveryCodeForIdentity; 400 @errorGeneric; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "createRecoveryLinkForIdentity",
        method: "post",
        path: "/admin/recovery/link",
        tag: "identity",
        about: "A link with which somebody gets back into his account; nothing is sent.",
        query: "return_to: text",
        body: "createRecoveryLinkForIdentityBody",
        answers: "200 @recoveryLinkForIdentity; 400 @errorGeneric; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "createTestLoginFlow",
        method: "post",
        path: "/admin/test-login-flows",
        tag: "identity",
        about: "Tries a provider without signing anybody in.",
        body: "createTestLoginFlowBody",
        answers: "201 @loginFlow; 400 @errorGeneric; 404 @errorGeneric",
        ..Operation::NONE
    },
];
