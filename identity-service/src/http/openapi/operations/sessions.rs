//! Sessions: one's own, and those administrators see.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "deleteIdentitySessions",
        method: "delete",
        path: "/admin/identities/{id}/sessions",
        tag: "identity",
        about: "Removes every session of an identity.",
        answers: "204; 400 @errorGeneric; 401 @errorGeneric; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "listIdentitySessions",
        method: "get",
        path: "/admin/identities/{id}/sessions",
        tag: "identity",
        about: "The sessions of an identity, newest first.",
        query: "per_page: int; page: int; page_size: int; page_token: text; active: bool",
        answers: "200 [@session]; 400 @errorGeneric; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "listSessions",
        method: "get",
        path: "/admin/sessions",
        tag: "identity",
        about: "All sessions, newest first.",
        query: "page_size: int; page_token: text; active: bool; expand: [in 'identity','devices']",
        answers: "200 [@session]; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "manageSessions",
        method: "post",
        path: "/admin/sessions",
        tag: "identity",
        about: "Ends or removes many sessions.",
        body: "manageSessionsBody",
        answers: "200 @manageSessionsResponse; 400 @errorGeneric; 401 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "disableSession",
        method: "delete",
        path: "/admin/sessions/{id}",
        tag: "identity",
        about: "Ends a session; it can still be read.",
        answers: "204; 400 @errorGeneric; 401 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "getSession",
        method: "get",
        path: "/admin/sessions/{id}",
        tag: "identity",
        about: "One session.",
        query: "expand: [in 'identity','devices']",
        answers: "200 @session; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "extendSession",
        method: "patch",
        path: "/admin/sessions/{id}/extend",
        tag: "identity",
        about: "Makes a session longer, when it is time to.",
        answers: "200 @session; 204; 400 @errorGeneric; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "disableMyOtherSessions",
        method: "delete",
        path: "/sessions",
        tag: "frontend",
        about: "Ends one's other sessions.",
        headers: &["X-Session-Token", "Cookie"],
        answers: "200 @deleteMySessionsCount; 400 @errorGeneric; 401 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "listMySessions",
        method: "get",
        path: "/sessions",
        tag: "frontend",
        about: "One's other active sessions.",
        query: "per_page: int; page: int; page_size: int; page_token: text",
        headers: &["X-Session-Token", "Cookie"],
        answers: "200 [@session]; 400 @errorGeneric; 401 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "exchangeSessionToken",
        method: "get",
        path: "/sessions/token-exchange",
        tag: "frontend",
        about: "Hands a program the session its browser has signed in to.",
        query: "init_code!: text; return_to_code!: text",
        answers: "200 @successfulNativeLogin; 403 @errorGeneric; 404 @errorGeneric; 410 @errorGeneric; 422 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "toSession",
        method: "get",
        path: "/sessions/whoami",
        tag: "frontend",
        about: "Who is signed in. Every HTTP method will do.",
        query: "tokenize_as: text",
        headers: &["X-Session-Token", "Cookie"],
        answers: "200 @session; 401 @errorGeneric; 403 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "disableMySession",
        method: "delete",
        path: "/sessions/{id}",
        tag: "frontend",
        about: "Ends one of one's other sessions.",
        headers: &["X-Session-Token", "Cookie"],
        answers: "204; 400 @errorGeneric; 401 @errorGeneric",
        ..Operation::NONE
    },
];
