//! Tokens, discovery, errors and health.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new(
        "oAuth2TokenExchange",
        "Tokens (RFC 6749, 5.1).",
        "{ access_token: text; expires_in: int; id_token: text; refresh_token: text; scope: text; token_type: \
        text; c_nonce_draft_00: text; c_nonce_expires_in_draft_00: int }",
    ),
    Schema::new(
        "oAuth2PushedAuthorization",
        "The name of a request that was left here (RFC 9126, 2.2).",
        "{ expires_in: int; request_uri: text }",
    ),
    Schema::new(
        "introspectedOAuth2Token",
        "What a token is worth (RFC 7662, 2.2).",
        "{ active!: bool; aud: [text]; client_id: text; exp: int; ext: object; iat: int; iss: text; nbf: int; \
        obfuscated_subject: text; scope: text; sub: text; token_type: text; token_use: text; username: text \
        }",
    ),
    Schema::new(
        "previewOAuth2Tokens",
        "Whose tokens are to be foreseen. `session` holds the claims as a consent would give them, `grant_type` is \
        `authorization_code` unless said.",
        "{ client_id!: text; subject: text; scope: text; audience: [text]; grant_type: text; nonce: text; session: { \
        access_token: object; id_token: object }; login: { acr: text; amr: [text]; authenticated_at: time } }",
    ),
    Schema::new(
        "oAuth2TokenPreview",
        "The tokens that would be issued, and the `problems` that keep them from being `issued`.",
        "{ issued!: bool; problems!: [@errorOAuth2]; token_type!: text; expires_in!: int; scope!: text; access_token!: \
        @oAuth2TokenAccount; id_token: @oAuth2TokenAccount; refresh_token: { format: text; expires_at: time?; rule: text } }",
    ),
    Schema::new(
        "oAuth2TokenAccount",
        "A token before it is made. `format` is `jwt`, `encrypted jwt`, or `opaque`, whose claims are those of introspection; \
        `header` is the JWT's.",
        "{ format!: text; header: object; claims!: object; rules!: [@oAuth2ClaimRule]; left_out!: [@oAuth2ClaimRule] }",
    ),
    Schema::new(
        "oAuth2ClaimRule",
        "Why a claim is in a token or is left out: the setting, registration or parameter (`rule`), in words (`because`), and who \
        gave the value (`source`), where consent or a hook did. Members of an object are named `object.member`.",
        "{ claim!: text; value: any; rule!: text; because!: text; source: text }",
    ),
    Schema::new(
        "deviceAuthorization",
        "The codes of a device (RFC 8628, 3.2).",
        "{ device_code: text; expires_in: int; interval: int; user_code: text; verification_uri: text; \
        verification_uri_complete: text }",
    ),
    Schema::new(
        "oidcConfiguration",
        "What this server can do.",
        "{ authorization_endpoint!: text; backchannel_logout_session_supported: bool; \
        backchannel_logout_supported: bool; claims_parameter_supported: bool; claims_supported: [text]; \
        code_challenge_methods_supported: [text]; credentials_endpoint_draft_00: text; \
        credentials_supported_draft_00: [@credentialSupportedDraft00]; device_authorization_endpoint!: text; \
        end_session_endpoint: text; frontchannel_logout_session_supported: bool; \
        frontchannel_logout_supported: bool; grant_types_supported: [text]; id_token_signed_response_alg!: \
        [text]; id_token_signing_alg_values_supported!: [text]; issuer!: text; jwks_uri!: text; \
        registration_endpoint: text; request_object_signing_alg_values_supported: [text]; \
        request_parameter_supported: bool; request_uri_parameter_supported: bool; \
        require_request_uri_registration: bool; response_modes_supported: [text]; response_types_supported!: \
        [text]; revocation_endpoint: text; scopes_supported: [text]; subject_types_supported!: [text]; \
        token_endpoint!: text; token_endpoint_auth_methods_supported: [text]; userinfo_endpoint: text; \
        userinfo_signed_response_alg!: [text]; userinfo_signing_alg_values_supported: [text]; \
        authorization_response_iss_parameter_supported: bool; revocation_endpoint_auth_methods_supported: \
        [text] }",
    ),
    Schema::new(
        "credentialSupportedDraft00",
        "A kind of credential this server gives.",
        "{ cryptographic_binding_methods_supported: [text]; cryptographic_suites_supported: [text]; format: \
        text; types: [text] }",
    ),
    Schema::new(
        "oidcUserInfo",
        "Who a person is, as far as the client may know.",
        "{ birthdate: text; email: text; email_verified: bool; family_name: text; gender: text; given_name: \
        text; locale: text; middle_name: text; name: text; nickname: text; phone_number: text; \
        phone_number_verified: bool; picture: text; preferred_username: text; profile: text; sub: text; \
        updated_at: int; website: text; zoneinfo: text }",
    ),
    Schema::new(
        "CreateVerifiableCredentialRequestBody",
        "Which credential a wallet wants, and the proof that it holds a key.",
        "{ format: text; proof: @VerifiableCredentialProof; types: [text] }",
    ),
    Schema::new("VerifiableCredentialProof", "That a wallet holds a key.", "{ jwt: text; proof_type: text }"),
    Schema::new(
        "verifiableCredentialPrimingResponse",
        "What a proof has to hold.",
        "{ c_nonce: text; c_nonce_expires_in: int; error: text; error_debug: text; error_description: text; \
        error_hint: text; format: text; status_code: int }",
    ),
    Schema::new("verifiableCredentialResponse", "A credential.", "{ credential_draft_00: text; format: text }"),
    Schema::new(
        "errorOAuth2",
        "What went wrong. Only `error` and `error_description` are ever sent.",
        "{ error: text; error_debug: text; error_description: text; error_hint: text; status_code: int }",
    ),
    Schema::new(
        "genericError",
        "What went wrong, as earlier versions of others said it.",
        "{ code: int; debug: text; details: any; id: text; message!: text; reason: text; request: text; \
        status: text }",
    ),
    Schema::new("healthStatus", "Always `ok`.", "{ status: text }"),
    Schema::new("healthNotReadyStatus", "What keeps the service from answering.", "{ errors: map text }"),
    Schema::new("version", "The version.", "{ version: text }"),
];
