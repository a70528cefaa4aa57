//! What this service has beside the API it is compatible with: links in messages, metadata, its own pages.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getSettingsSubmit",
        method: "get",
        path: "/self-service/settings",
        tag: "frontend",
        about: "Goes on with a change of settings after the browser has signed in again.",
        query: "flow: text",
        headers: &["Cookie"],
        answers: "303",
        ..Operation::NONE
    },
    Operation {
        id: "getRecoveryLink",
        method: "get",
        path: "/self-service/recovery",
        tag: "frontend",
        about: "Opens a recovery link.",
        query: "flow: text; token: text",
        headers: &["Cookie"],
        answers: "303",
        ..Operation::NONE
    },
    Operation {
        id: "getVerificationLink",
        method: "get",
        path: "/self-service/verification",
        tag: "frontend",
        about: "Opens a verification link.",
        query: "flow: text; code: text; token: text",
        headers: &["Cookie"],
        answers: "303",
        ..Operation::NONE
    },
    Operation {
        id: "oidcCallback",
        method: "get",
        path: "/self-service/methods/oidc/callback/{provider}",
        tag: "frontend",
        about: "Where a provider sends the browser back.",
        query: "state: text; code: text; error: text; error_description: text",
        headers: &["Cookie"],
        answers: "303",
        ..Operation::NONE
    },
    Operation {
        id: "oidcCallbackPost",
        method: "post",
        path: "/self-service/methods/oidc/callback/{provider}",
        tag: "frontend",
        about: "The same, for providers that answer by a form.",
        query: "state: text; code: text; error: text; error_description: text",
        headers: &["Cookie"],
        answers: "302",
        ..Operation::NONE
    },
    Operation {
        id: "oidcGenericCallback",
        method: "get",
        path: "/self-service/methods/oidc/callback",
        tag: "frontend",
        about: "Where any provider sends the browser back.",
        query: "state: text; code: text; error: text; error_description: text",
        headers: &["Cookie"],
        answers: "303",
        ..Operation::NONE
    },
    Operation {
        id: "oidcGenericCallbackPost",
        method: "post",
        path: "/self-service/methods/oidc/callback",
        tag: "frontend",
        about: "The same, for providers that answer by a form.",
        query: "state: text; code: text; error: text; error_description: text",
        headers: &["Cookie"],
        answers: "302",
        ..Operation::NONE
    },
    Operation {
        id: "oidcOrganizationCallback",
        method: "get",
        path: "/self-service/methods/oidc/organization/{organization}/callback/{provider}",
        tag: "frontend",
        about: "An older form of the address a provider sends the browser back to.",
        query: "state: text; code: text; error: text; error_description: text",
        headers: &["Cookie"],
        answers: "303",
        ..Operation::NONE
    },
    Operation {
        id: "oidcOrganizationCallbackPost",
        method: "post",
        path: "/self-service/methods/oidc/organization/{organization}/callback/{provider}",
        tag: "frontend",
        about: "The same, for providers that answer by a form.",
        query: "state: text; code: text; error: text; error_description: text",
        headers: &["Cookie"],
        answers: "302",
        ..Operation::NONE
    },
    Operation {
        id: "getHealthConfig",
        method: "get",
        path: "/health/config",
        tag: "metadata",
        about: "What tells one configuration from another: its revision, or a hash of it.",
        answers: "200 plain",
        ..Operation::NONE
    },
    Operation {
        id: "getMetrics",
        method: "get",
        path: "/metrics/prometheus",
        tag: "metadata",
        about: "Figures for Prometheus.",
        answers: "200 plain",
        ..Operation::NONE
    },
    Operation {
        id: "getOpenApi",
        method: "get",
        path: "/openapi.json",
        tag: "metadata",
        about: "This document.",
        answers: "200 object",
        ..Operation::NONE
    },
    Operation {
        id: "listAuditEvents",
        method: "get",
        path: "/admin/audit-events",
        tag: "audit",
        about: "Security events, newest first, for as long as they are kept (`audit.retention`).",
        query: "page_size: int; page_token: text; event: text; identity: uuid; actor: uuid; since: time; until: time",
        answers: "200 [@auditEvent]; 400 @errorGeneric",
        ..Operation::NONE
    },
    Operation {
        id: "tokenHook",
        method: "post",
        path: "/admin/oauth2/token-hook",
        tag: "oauth2",
        about: "Claims as they are now, for tokens that are about to be issued or refreshed.",
        answers: "200 object; 204; 403",
        ..Operation::NONE
    },
    Operation {
        id: "showRoot",
        method: "get",
        path: "/",
        tag: "pages",
        about: "Leads to where one belongs.",
        answers: "303",
        ..Operation::NONE
    },
    Operation {
        id: "showLogin",
        method: "get",
        path: "/login",
        tag: "pages",
        about: "Shows a sign-in.",
        query: "flow: text",
        answers: "200 html; 303",
        ..Operation::NONE
    },
    Operation {
        id: "showRegistration",
        method: "get",
        path: "/registration",
        tag: "pages",
        about: "Shows a registration.",
        query: "flow: text",
        answers: "200 html; 303",
        ..Operation::NONE
    },
    Operation {
        id: "showVerification",
        method: "get",
        path: "/verification",
        tag: "pages",
        about: "Shows a verification.",
        query: "flow: text",
        answers: "200 html; 303",
        ..Operation::NONE
    },
    Operation {
        id: "showRecovery",
        method: "get",
        path: "/recovery",
        tag: "pages",
        about: "Shows a recovery.",
        query: "flow: text",
        answers: "200 html; 303",
        ..Operation::NONE
    },
    Operation {
        id: "showSettings",
        method: "get",
        path: "/settings",
        tag: "pages",
        about: "Shows a change of settings.",
        query: "flow: text",
        answers: "200 html; 303",
        ..Operation::NONE
    },
    Operation {
        id: "showWelcome",
        method: "get",
        path: "/welcome",
        tag: "pages",
        about: "Who is signed in, and where.",
        answers: "200 html; 303",
        ..Operation::NONE
    },
    Operation {
        id: "showOwnSessions",
        method: "get",
        path: "/settings/sessions",
        tag: "pages",
        about: "Shows where somebody is signed in.",
        answers: "200 html; 303",
        ..Operation::NONE
    },
    Operation {
        id: "submitOwnSessions",
        method: "post",
        path: "/settings/sessions",
        tag: "pages",
        about: "Takes one of those away.",
        answers: "303; 400; 403",
        ..Operation::NONE
    },
    Operation {
        id: "showApplications",
        method: "get",
        path: "/settings/applications",
        tag: "pages",
        about: "Shows which OAuth2 clients may use the account.",
        answers: "200 html; 303",
        ..Operation::NONE
    },
    Operation {
        id: "submitApplications",
        method: "post",
        path: "/settings/applications",
        tag: "pages",
        about: "Takes one of those away.",
        answers: "303; 400; 403",
        ..Operation::NONE
    },
    Operation {
        id: "showError",
        method: "get",
        path: "/error",
        tag: "pages",
        about: "Shows what went wrong.",
        query: "id: text",
        answers: "200 html",
        ..Operation::NONE
    },
    Operation {
        id: "showConsent",
        method: "get",
        path: "/consent",
        tag: "pages",
        about: "Asks what an OAuth2 client may do.",
        query: "consent_challenge: text",
        answers: "200 html; 303",
        ..Operation::NONE
    },
    Operation {
        id: "submitConsent",
        method: "post",
        path: "/consent",
        tag: "pages",
        about: "Answers what an OAuth2 client may do.",
        answers: "303",
        ..Operation::NONE
    },
    Operation {
        id: "showDevice",
        method: "get",
        path: "/device",
        tag: "pages",
        about: "Asks for the code a device shows.",
        query: "device_challenge: text; user_code: text",
        answers: "200 html; 410",
        ..Operation::NONE
    },
    Operation {
        id: "submitDevice",
        method: "post",
        path: "/device",
        tag: "pages",
        about: "Takes the code a device shows.",
        answers: "303; 400; 410; 429",
        ..Operation::NONE
    },
    Operation {
        id: "showDeviceDone",
        method: "get",
        path: "/device/done",
        tag: "pages",
        about: "Says that a device is connected.",
        answers: "200 html",
        ..Operation::NONE
    },
    Operation {
        id: "showLogout",
        method: "get",
        path: "/logout",
        tag: "pages",
        about: "Asks whether to sign out.",
        query: "logout_challenge: text",
        answers: "200 html; 303",
        ..Operation::NONE
    },
    Operation {
        id: "submitLogout",
        method: "post",
        path: "/logout",
        tag: "pages",
        about: "Signs out, or not.",
        answers: "303",
        ..Operation::NONE
    },
    Operation {
        id: "getAsset",
        method: "get",
        path: "/assets/{name}",
        tag: "pages",
        about: "What pages need: style sheets, scripts, pictures.",
        answers: "200 plain; 404",
        ..Operation::NONE
    },
];
