//! The pages that stand in where none is configured.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "fallbackLogin",
        method: "get",
        path: "/oauth2/fallbacks/login",
        tag: "pages",
        about: "Stands in for `urls.login`.",
        answers: "200 html",
        ..Operation::NONE
    },
    Operation {
        id: "fallbackConsent",
        method: "get",
        path: "/oauth2/fallbacks/consent",
        tag: "pages",
        about: "Stands in for `urls.consent`.",
        answers: "200 html",
        ..Operation::NONE
    },
    Operation {
        id: "fallbackLogout",
        method: "get",
        path: "/oauth2/fallbacks/logout",
        tag: "pages",
        about: "Stands in for `urls.logout`.",
        answers: "200 html",
        ..Operation::NONE
    },
    Operation {
        id: "fallbackLoggedOut",
        method: "get",
        path: "/oauth2/fallbacks/logout/callback",
        tag: "pages",
        about: "Stands in for `urls.post_logout_redirect`.",
        answers: "200 html",
        ..Operation::NONE
    },
    Operation {
        id: "fallbackDevice",
        method: "get",
        path: "/oauth2/fallbacks/device",
        tag: "pages",
        about: "Stands in for `urls.device.verification`.",
        answers: "200 html",
        ..Operation::NONE
    },
    Operation {
        id: "fallbackDeviceDone",
        method: "get",
        path: "/oauth2/fallbacks/device/done",
        tag: "pages",
        about: "Stands in for `urls.device.success`.",
        answers: "200 html",
        ..Operation::NONE
    },
    Operation {
        id: "fallbackError",
        method: "get",
        path: "/oauth2/fallbacks/error",
        tag: "pages",
        about: "Stands in for `urls.error`.",
        query: "error: text; error_description: text; error_hint: text; error_debug: text",
        answers: "500 html",
        ..Operation::NONE
    },
];
