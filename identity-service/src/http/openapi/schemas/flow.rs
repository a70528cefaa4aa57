//! Flows that are under way.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new(
        "Provider",
        "A provider of the browser's own account chooser (FedCM).",
        "{ client_id: text; config_url: text; domain_hint: text; fields: [text]; login_hint: text; \
        nonce: text; parameters: map text }",
    ),
    Schema::new(
        "createFedcmFlowResponse",
        "What the browser's own account chooser needs.",
        "{ csrf_token: text; providers: [@Provider] }",
    ),
    Schema::new("createTestLoginFlowBody", "Which provider is to be tried.", "{ provider_id!: text }"),
    Schema::new(
        "loginFlow",
        "A sign-in that is under way.",
        "{ \
        active: in 'password','oidc','totp','lookup_secret','webauthn','code','passkey','profile','saml','deviceauthn','identifier_first','link_recovery','code_recovery'; \
        created_at: time; expires_at!: time; id!: uuid; identity_schema: text; issued_at!: time; \
        oauth2_login_challenge: text; oauth2_login_request: @OAuth2LoginRequest; \
        organization_id: @NullUUID; refresh: bool; request_url!: text; \
        requested_aal: @authenticatorAssuranceLevel; return_to: text; session_token_exchange_code: text; \
        state!: @loginFlowState; test_context: @loginFlowTestContext; transient_payload: object; \
        type!: @selfServiceFlowType; ui!: @uiContainer; updated_at: time }",
    ),
    Schema::new("loginFlowState", "How far a sign-in has come.", "in 'choose_method','sent_email','passed_challenge'"),
    Schema::new(
        "loginFlowTestContext",
        "What came of trying a provider.",
        "{ debug_payload: @loginFlowTestDebugPayload; provider_id!: text }",
    ),
    Schema::new(
        "loginFlowTestDebugPayload",
        "What was seen on the way.",
        "{ error: @loginFlowTestStepError; id_token_claims: object; jsonnet_input: object; \
        jsonnet_mapper_url: text; jsonnet_output: object; jsonnet_stderr: text; \
        schema_validation_errors: [@loginFlowTestSchemaValidationError]; userinfo: object }",
    ),
    Schema::new(
        "loginFlowTestSchemaValidationError",
        "Where mapped traits do not follow the schema.",
        "{ message: text; path: text }",
    ),
    Schema::new("loginFlowTestStepError", "The step that failed.", "{ message: text; reason: text; step: text }"),
    Schema::new("logoutFlow", "How a browser signs out.", "{ logout_token!: text; logout_url!: text }"),
    Schema::new("performNativeLogoutBody", "Which session is to end.", "{ session_token!: text }"),
    Schema::new(
        "recoveryFlow",
        "The recovery of an account that is under way.",
        "{ active: text; continue_with: [@continueWith]; expires_at!: time; id!: uuid; issued_at!: time; \
        request_url!: text; return_to: text; state!: @recoveryFlowState; transient_payload: object; \
        type!: @selfServiceFlowType; ui!: @uiContainer }",
    ),
    Schema::new(
        "recoveryFlowState",
        "How far a recovery has come.",
        "in 'choose_method','sent_email','passed_challenge','recovery_awaiting_address','recovery_awaiting_address_choice','recovery_confirming_address','recovery_awaiting_code'",
    ),
    Schema::new(
        "registrationFlow",
        "A registration that is under way.",
        "{ \
        active: in 'password','oidc','totp','lookup_secret','webauthn','code','passkey','profile','saml','deviceauthn','identifier_first','link_recovery','code_recovery'; \
        expires_at!: time; id!: uuid; identity_schema: text; issued_at!: time; \
        oauth2_login_challenge: text; oauth2_login_request: @OAuth2LoginRequest; \
        organization_id: @NullUUID; request_url!: text; return_to: text; session_token_exchange_code: text; \
        state!: @registrationFlowState; transient_payload: object; type!: @selfServiceFlowType; \
        ui!: @uiContainer }",
    ),
    Schema::new(
        "registrationFlowState",
        "How far a registration has come.",
        "in 'choose_method','sent_email','passed_challenge'",
    ),
    Schema::new("selfServiceFlowType", "`browser`, or `api` for programs without one.", "in 'browser','api'"),
    Schema::new(
        "settingsFlow",
        "A change of settings that is under way.",
        "{ active: text; continue_with: [@continueWith]; expires_at!: time; id!: uuid; identity!: @identity; \
        issued_at!: time; organization_id: @NullUUID; request_url!: text; return_to: text; \
        state!: @settingsFlowState; transient_payload: object; type!: @selfServiceFlowType; \
        ui!: @uiContainer }",
    ),
    Schema::new("settingsFlowState", "How far a change of settings has come.", "in 'show_form','success'"),
    Schema::new(
        "verificationFlow",
        "The verification of an address that is under way.",
        "{ active: text; expires_at: time; id!: uuid; issued_at: time; request_url: text; return_to: text; \
        state!: @verificationFlowState; transient_payload: object; type!: @selfServiceFlowType; \
        ui!: @uiContainer }",
    ),
    Schema::new(
        "verificationFlowState",
        "How far a verification has come.",
        "in 'choose_method','sent_email','passed_challenge'",
    ),
    Schema::new("webAuthnJavaScript", "A script.", "text"),
];
