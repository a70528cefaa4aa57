//! The admin API: what login, consent, logout and device pages are asked and answer; sessions and tokens.

use super::Operation;

/// The operations of this area.
pub(super) const OPERATIONS: &[Operation] = &[
    Operation {
        id: "getOAuth2LoginRequest",
        method: "get",
        path: "/admin/oauth2/auth/requests/login",
        about: "What the login page is asked.",
        query: "challenge: text; login_challenge!: text",
        answers: "200 @oAuth2LoginRequest | 410 @oAuth2RedirectTo | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "acceptOAuth2LoginRequest",
        method: "put",
        path: "/admin/oauth2/auth/requests/login/accept",
        about: "Says who has logged in.",
        query: "challenge: text; login_challenge!: text",
        body: "acceptOAuth2LoginRequest",
        answers: "200 @oAuth2RedirectTo | 400 @errorOAuth2 | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "rejectOAuth2LoginRequest",
        method: "put",
        path: "/admin/oauth2/auth/requests/login/reject",
        about: "Says that nobody logs in.",
        query: "challenge: text; login_challenge!: text",
        body: "rejectOAuth2Request",
        answers: "200 @oAuth2RedirectTo | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "getOAuth2ConsentRequest",
        method: "get",
        path: "/admin/oauth2/auth/requests/consent",
        about: "What the consent page is asked.",
        query: "challenge: text; consent_challenge!: text",
        answers: "200 @oAuth2ConsentRequest | 410 @oAuth2RedirectTo | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "acceptOAuth2ConsentRequest",
        method: "put",
        path: "/admin/oauth2/auth/requests/consent/accept",
        about: "Says what the person agrees to.",
        query: "challenge: text; consent_challenge!: text",
        body: "acceptOAuth2ConsentRequest",
        answers: "200 @oAuth2RedirectTo | 400 @errorOAuth2 | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "rejectOAuth2ConsentRequest",
        method: "put",
        path: "/admin/oauth2/auth/requests/consent/reject",
        about: "Says that the person agrees to nothing.",
        query: "challenge: text; consent_challenge!: text",
        body: "rejectOAuth2Request",
        answers: "200 @oAuth2RedirectTo | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "getOAuth2LogoutRequest",
        method: "get",
        path: "/admin/oauth2/auth/requests/logout",
        about: "What the logout page is asked.",
        query: "challenge: text; logout_challenge!: text",
        answers: "200 @oAuth2LogoutRequest | 410 @oAuth2RedirectTo | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "acceptOAuth2LogoutRequest",
        method: "put",
        path: "/admin/oauth2/auth/requests/logout/accept",
        about: "Says that the person logs out.",
        query: "challenge: text; logout_challenge!: text",
        answers: "200 @oAuth2RedirectTo | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "rejectOAuth2LogoutRequest",
        method: "put",
        path: "/admin/oauth2/auth/requests/logout/reject",
        about: "Says that the person stays.",
        query: "challenge: text; logout_challenge!: text",
        answers: "204 | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "acceptUserCodeRequest",
        method: "put",
        path: "/admin/oauth2/auth/requests/device/accept",
        about: "Hands in the code of a device's screen.",
        query: "challenge: text; device_challenge!: text",
        body: "acceptDeviceUserCodeRequest",
        answers: "200 @oAuth2RedirectTo | 400 @errorOAuth2 | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "listOAuth2ConsentSessions",
        method: "get",
        path: "/admin/oauth2/auth/sessions/consent",
        about: "What a subject agreed to.",
        query: "page_size: int; page_token: text; subject!: text; login_session_id: text",
        answers: "200 @oAuth2ConsentSessions | 400 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "revokeOAuth2ConsentSessions",
        method: "delete",
        path: "/admin/oauth2/auth/sessions/consent",
        about: "Takes consents back, with the tokens that came of them.",
        query: "subject: text; client: text; consent_request_id: text; all: bool",
        answers: "204 | 400 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "revokeOAuth2LoginSessions",
        method: "delete",
        path: "/admin/oauth2/auth/sessions/login",
        about: "Ends one login, or all of a subject.",
        query: "subject: text; sid: text",
        answers: "204 | 400 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "introspectOAuth2Token",
        method: "post",
        path: "/admin/oauth2/introspect",
        about: "Says what a token is worth (RFC 7662).",
        form: "scope: text; token!: text; token_type_hint: text",
        answers: "200 @introspectedOAuth2Token | 400 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "previewOAuth2Tokens",
        method: "post",
        path: "/admin/oauth2/token-preview",
        about: "Says which tokens a client would get for a subject and scopes, and which rule puts each claim there. Nothing is issued.",
        body: "previewOAuth2Tokens",
        answers: "200 @oAuth2TokenPreview | 400 @errorOAuth2 | 404 @errorOAuth2",
        ..Operation::NONE
    },
    Operation {
        id: "deleteOAuth2Token",
        method: "delete",
        path: "/admin/oauth2/tokens",
        about: "Ends all access tokens of a client.",
        query: "client_id!: text",
        answers: "204 | 400 @errorOAuth2",
        ..Operation::NONE
    },
];
