//! What pages are asked and answer.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new(
        "oAuth2LoginRequest",
        "What the login page is asked.",
        "{ challenge!: text; client!: @oAuth2Client; oidc_context: @oAuth2ConsentRequestOpenIDConnectContext; \
        request_url!: text; requested_access_token_audience: [text]; requested_scope: [text]; session_id: \
        text; skip!: bool; subject!: text }",
    ),
    Schema::new(
        "acceptOAuth2LoginRequest",
        "Who has logged in, and how.",
        "{ acr: text; amr: [text]; context: @JSONRawMessage; extend_session_lifespan: bool; \
        force_subject_identifier: text; identity_provider_session_id: text; remember: bool; remember_for: \
        int; subject!: text }",
    ),
    Schema::new(
        "oAuth2ConsentRequest",
        "What the consent page is asked.",
        "{ acr: text; amr: [text]; challenge!: text; client: @oAuth2Client; consent_request_id: text; \
        context: @JSONRawMessage; login_challenge: text; login_session_id: text; oidc_context: \
        @oAuth2ConsentRequestOpenIDConnectContext; request_url: text; requested_access_token_audience: \
        [text]; requested_scope: [text]; skip: bool; subject: text }",
    ),
    Schema::new(
        "oAuth2ConsentRequestOpenIDConnectContext",
        "What the client asks of the pages.",
        "{ acr_values: [text]; display: text; id_token_hint_claims: object; login_hint: text; ui_locales: \
        [text] }",
    ),
    Schema::new(
        "acceptOAuth2ConsentRequest",
        "What a person agreed to.",
        "{ context: @JSONRawMessage; grant_access_token_audience: [text]; grant_scope: [text]; remember: \
        bool; remember_for: int; session: @acceptOAuth2ConsentRequestSession }",
    ),
    Schema::new(
        "acceptOAuth2ConsentRequestSession",
        "What tokens are to say: access tokens and introspection, ID tokens and userinfo.",
        "{ access_token: any; id_token: any }",
    ),
    Schema::new(
        "rejectOAuth2Request",
        "Why not; told to the client as it is.",
        "{ error: text; error_debug: text; error_description: text; error_hint: text; status_code: int }",
    ),
    Schema::new(
        "oAuth2LogoutRequest",
        "What the logout page is asked.",
        "{ challenge: text; client: @oAuth2Client; expires_at: time; request_url: text; requested_at: time; \
        rp_initiated: bool; sid: text; subject: text }",
    ),
    Schema::new("acceptDeviceUserCodeRequest", "The code of a device's screen.", "{ user_code: text }"),
    Schema::new("oAuth2RedirectTo", "Where the browser goes next.", "{ redirect_to!: text }"),
    Schema::new(
        "oAuth2ConsentSession",
        "What a person agreed to, and when.",
        "{ consent_request: @oAuth2ConsentRequest; consent_request_id: text; context: @JSONRawMessage; \
        grant_access_token_audience: [text]; grant_scope: [text]; handled_at: time; remember: bool; \
        remember_for: int; session: @acceptOAuth2ConsentRequestSession }",
    ),
    Schema::new("oAuth2ConsentSessions", "What a person agreed to.", "[@oAuth2ConsentSession]"),
    Schema::new("JSONRawMessage", "Anything.", "any"),
];
