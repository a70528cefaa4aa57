//! The public port, and what tells operators how both are.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "oAuth2Authorize",
        method: "get",
        path: "/oauth2/auth",
        about: "Asks a person to let a client act (RFC 6749, 3.1).",
        query: "client_id: text; response_type: text; redirect_uri: text; scope: text; state: text; nonce: text; audience: text; prompt: text; max_age: int; login_hint: text; id_token_hint: text; acr_values: text; ui_locales: text; display: text; response_mode: text; code_challenge: text; code_challenge_method: text; login_verifier: text; consent_verifier: text",
        answers: "302 | 303",
        ..Operation::NONE
    },
    Operation {
        id: "oAuth2AuthorizeByForm",
        method: "post",
        path: "/oauth2/auth",
        about: "The same, by a form.",
        form: "client_id: text; response_type: text; redirect_uri: text; scope: text; state: text; nonce: text; audience: text; prompt: text; max_age: int; login_hint: text; id_token_hint: text; acr_values: text; ui_locales: text; display: text; response_mode: text; code_challenge: text; code_challenge_method: text; login_verifier: text; consent_verifier: text",
        answers: "302 | 303",
        ..Operation::NONE
    },
    Operation {
        id: "pushOAuth2AuthorizationRequest",
        method: "post",
        path: "/oauth2/par",
        about: "Leaves an authorization request here and gets a name for it (RFC 9126).",
        form: "client_id: text; client_secret: text; response_type: text; redirect_uri: text; scope: text; state: text; request: text",
        answers: "201 @oAuth2PushedAuthorization | 400 @errorOAuth2 | 401 @errorOAuth2",
        who: "basic",
        ..Operation::NONE
    },
    Operation {
        id: "oauth2TokenExchange",
        method: "post",
        path: "/oauth2/token",
        about: "Exchanges what a client has for tokens (RFC 6749, 3.2).",
        form: "grant_type!: text; client_id: text; client_secret: text; code: text; code_verifier: text; redirect_uri: text; refresh_token: text; scope: text; audience: text; device_code: text; assertion: text; client_assertion: text; client_assertion_type: text",
        answers: "200 @oAuth2TokenExchange | 400 @errorOAuth2 | 401 @errorOAuth2",
        who: "basic",
        ..Operation::NONE
    },
    Operation {
        id: "revokeOAuth2Token",
        method: "post",
        path: "/oauth2/revoke",
        about: "Takes a token back (RFC 7009).",
        form: "client_id: text; client_secret: text; token!: text; token_type_hint: text",
        answers: "200 | 400 @errorOAuth2 | 401 @errorOAuth2",
        who: "basic",
        ..Operation::NONE
    },
    Operation {
        id: "oAuth2DeviceFlow",
        method: "post",
        path: "/oauth2/device/auth",
        about: "Gives a device a code to show and one to keep (RFC 8628, 3.1).",
        form: "client_id: text; client_secret: text; scope: text; audience: text",
        answers: "200 @deviceAuthorization | 400 @errorOAuth2 | 401 @errorOAuth2",
        who: "basic",
        ..Operation::NONE
    },
    Operation {
        id: "performOAuth2DeviceVerificationFlow",
        method: "get",
        path: "/oauth2/device/verify",
        about: "Where a person types the code of a device.",
        query: "user_code: text; client_id: text; device_verifier: text; login_verifier: text; consent_verifier: text",
        answers: "302 | 403 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "getOidcUserInfo",
        method: "get",
        path: "/userinfo",
        tag: "oidc",
        about: "Says who a token speaks of.",
        answers: "200 @oidcUserInfo | 401 @errorOAuth2",
        who: "bearer",
        ..Operation::NONE
    },
    Operation {
        id: "getOidcUserInfoByForm",
        method: "post",
        path: "/userinfo",
        tag: "oidc",
        about: "The same, by a form.",
        form: "access_token: text",
        answers: "200 @oidcUserInfo | 401 @errorOAuth2",
        who: "bearer",
        ..Operation::NONE
    },
    Operation {
        id: "createVerifiableCredential",
        method: "post",
        path: "/credentials",
        tag: "oidc",
        about: "Gives a wallet a credential about who a token speaks of.",
        body: "CreateVerifiableCredentialRequestBody",
        answers: "200 @verifiableCredentialResponse | 400 @verifiableCredentialPrimingResponse | 401 @errorOAuth2",
        who: "bearer",
        ..Operation::NONE
    },
    Operation {
        id: "checkOidcSession",
        method: "get",
        path: "/oauth2/sessions/check",
        tag: "pages",
        about: "Tells a client's page, in a frame, whether the login is still the same (OpenID Connect Session Management 1.0).",
        answers: "200 html",
        ..Operation::NONE
    },
    Operation {
        id: "revokeOidcSession",
        method: "get",
        path: "/oauth2/sessions/logout",
        tag: "oidc",
        about: "Logs a person out.",
        query: "id_token_hint: text; post_logout_redirect_uri: text; state: text; logout_verifier: text",
        answers: "302 | 200 html",
        ..Operation::NONE
    },
    Operation {
        id: "revokeOidcSessionByForm",
        method: "post",
        path: "/oauth2/sessions/logout",
        tag: "oidc",
        about: "The same, by a form.",
        form: "id_token_hint: text; post_logout_redirect_uri: text; state: text; logout_verifier: text",
        answers: "302 | 200 html",
        ..Operation::NONE
    },
    Operation {
        id: "createOidcDynamicClient",
        method: "post",
        path: "/oauth2/register",
        tag: "oidc",
        about: "A client registers itself (RFC 7591).",
        body: "oAuth2Client",
        answers: "201 @oAuth2Client | 400 @errorOAuth2 | 404 @errorOAuth2",
        who: "bearer",
        ..Operation::NONE
    },
    Operation {
        id: "getOidcDynamicClient",
        method: "get",
        path: "/oauth2/register/{id}",
        tag: "oidc",
        about: "A client reads its registration (RFC 7592).",
        answers: "200 @oAuth2Client | 401 @errorOAuth2 | 404 @errorOAuth2",
        who: "bearer",
        ..Operation::NONE
    },
    Operation {
        id: "setOidcDynamicClient",
        method: "put",
        path: "/oauth2/register/{id}",
        tag: "oidc",
        about: "A client replaces its registration. The answer has the token of the next change.",
        body: "oAuth2Client",
        answers: "200 @oAuth2Client | 400 @errorOAuth2 | 401 @errorOAuth2 | 404 @errorOAuth2",
        who: "bearer",
        ..Operation::NONE
    },
    Operation {
        id: "deleteOidcDynamicClient",
        method: "delete",
        path: "/oauth2/register/{id}",
        tag: "oidc",
        about: "A client removes itself.",
        answers: "204 | 401 @errorOAuth2 | 404 @errorOAuth2",
        who: "bearer",
        ..Operation::NONE
    },
    Operation {
        id: "discoverOidcConfiguration",
        method: "get",
        path: "/.well-known/openid-configuration",
        tag: "oidc",
        about: "What this server can do (OpenID Connect Discovery 1.0).",
        answers: "200 @oidcConfiguration",
        ..Operation::NONE
    },
    Operation {
        id: "discoverOAuth2Configuration",
        method: "get",
        path: "/.well-known/oauth-authorization-server",
        tag: "oidc",
        about: "The same, where RFC 8414 looks for it.",
        answers: "200 @oidcConfiguration",
        ..Operation::NONE
    },
    Operation {
        id: "discoverOAuth2ConfigurationOfPath",
        method: "get",
        path: "/.well-known/oauth-authorization-server/{path}",
        tag: "oidc",
        about: "The same, of an issuer with this path.",
        answers: "200 @oidcConfiguration | 404",
        ..Operation::NONE
    },
    Operation {
        id: "discoverJsonWebKeys",
        method: "get",
        path: "/.well-known/jwks.json",
        tag: "wellknown",
        about: "The public keys of this server.",
        answers: "200 @jsonWebKeySet",
        ..Operation::NONE
    },
    Operation {
        id: "isAlive",
        method: "get",
        path: "/health/alive",
        tag: "metadata",
        about: "Whether the process answers.",
        answers: "200 @healthStatus",
        ..Operation::NONE
    },
    Operation {
        id: "isReady",
        method: "get",
        path: "/health/ready",
        tag: "metadata",
        about: "Whether the database is there and has the right schema.",
        answers: "200 @healthStatus | 503 @healthNotReadyStatus",
        ..Operation::NONE
    },
    Operation {
        id: "getVersion",
        method: "get",
        path: "/version",
        tag: "metadata",
        about: "The version.",
        answers: "200 @version",
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
];
