//! Login, registration and logout.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getWebAuthnJavaScript",
        method: "get",
        path: "/.well-known/ory/webauthn.js",
        tag: "frontend",
        about: "The script that talks to authenticators.",
        answers: "200 @webAuthnJavaScript",
        ..Operation::NONE
    },
    Operation {
        id: "createFedcmFlow",
        method: "get",
        path: "/self-service/fed-cm/parameters",
        tag: "frontend",
        about: "What the browser's own account chooser needs. Not offered: 404.",
        answers: "200 @createFedcmFlowResponse; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "updateFedcmFlow",
        method: "post",
        path: "/self-service/fed-cm/token",
        tag: "frontend",
        about: "Signs in by the browser's own account chooser. Not offered: 404.",
        body: "UpdateFedcmFlowBody",
        form: true,
        answers: "200 @successfulNativeLogin; 303; 400 @loginFlow; 410 @errorGeneric; 422 @errorBrowserLocationChangeRequired",
        ..Operation::NONE
    },
    Operation {
        id: "updateLoginFlow",
        method: "post",
        path: "/self-service/login",
        tag: "frontend",
        about: "Submits a sign-in.",
        query: "flow!: text",
        headers: &["X-Session-Token", "Cookie"],
        body: "updateLoginFlowBody",
        form: true,
        answers: "200 @successfulNativeLogin; 303; 400 @loginFlow; 410 @errorGeneric; 422 @errorBrowserLocationChangeRequired",
    },
    Operation {
        id: "createNativeLoginFlow",
        method: "get",
        path: "/self-service/login/api",
        tag: "frontend",
        about: "Begins a sign-in for a program without a browser.",
        query: "refresh: bool; aal: text; return_session_token_exchange_code: bool; return_to: text; organization: text; via: text; identity_schema: text",
        headers: &["X-Session-Token"],
        answers: "200 @loginFlow; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "createBrowserLoginFlow",
        method: "get",
        path: "/self-service/login/browser",
        tag: "frontend",
        about: "Begins a sign-in in a browser.",
        query: "refresh: bool; aal: text; return_to: text; login_challenge: text; organization: text; via: text; identity_schema: text",
        headers: &["Cookie"],
        answers: "200 @loginFlow; 303; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "getLoginFlow",
        method: "get",
        path: "/self-service/login/flows",
        tag: "frontend",
        about: "A sign-in, to be shown.",
        query: "id!: text",
        headers: &["Cookie"],
        answers: "200 @loginFlow; 403 @errorGeneric; 404 @errorGeneric; 410 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "deleteTestLoginFlow",
        method: "delete",
        path: "/self-service/login/test",
        tag: "frontend",
        about: "Removes a sign-in that tried a provider.",
        query: "id!: text",
        headers: &["Cookie"],
        answers: "204; 400 @errorGeneric; 403 @errorGeneric; 404 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "updateLogoutFlow",
        method: "get",
        path: "/self-service/logout",
        tag: "frontend",
        about: "Signs a browser out.",
        query: "token: text; return_to: text",
        headers: &["Cookie"],
        answers: "204; 303",
        ..Operation::NONE
    },
    Operation {
        id: "performNativeLogout",
        method: "delete",
        path: "/self-service/logout/api",
        tag: "frontend",
        about: "Signs a program out.",
        body: "performNativeLogoutBody",
        answers: "204; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "createBrowserLogoutFlow",
        method: "get",
        path: "/self-service/logout/browser",
        tag: "frontend",
        about: "How a browser signs out.",
        query: "return_to: text",
        headers: &["Cookie"],
        answers: "200 @logoutFlow; 400 @errorGeneric; 401 @errorGeneric; 500 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "updateRegistrationFlow",
        method: "post",
        path: "/self-service/registration",
        tag: "frontend",
        about: "Submits a registration.",
        query: "flow!: text",
        headers: &["Cookie"],
        body: "updateRegistrationFlowBody",
        form: true,
        answers: "200 @successfulNativeRegistration; 303; 400 @registrationFlow; 410 @errorGeneric; 422 @errorBrowserLocationChangeRequired",
    },
    Operation {
        id: "createNativeRegistrationFlow",
        method: "get",
        path: "/self-service/registration/api",
        tag: "frontend",
        about: "Begins a registration for a program without a browser.",
        query: "return_session_token_exchange_code: bool; return_to: text; organization: text; identity_schema: text",
        answers: "200 @registrationFlow; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "createBrowserRegistrationFlow",
        method: "get",
        path: "/self-service/registration/browser",
        tag: "frontend",
        about: "Begins a registration in a browser.",
        query: "return_to: text; login_challenge: text; after_verification_return_to: text; organization: text; identity_schema: text",
        answers: "200 @registrationFlow; 303",
        ..Operation::NONE
    },
    Operation {
        id: "getRegistrationFlow",
        method: "get",
        path: "/self-service/registration/flows",
        tag: "frontend",
        about: "A registration, to be shown.",
        query: "id!: text",
        headers: &["Cookie"],
        answers: "200 @registrationFlow; 403 @errorGeneric; 404 @errorGeneric; 410 @errorGeneric",
        ..Operation::NONE
    },
];
