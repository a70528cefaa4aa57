//! Clients and whom they belong to.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new(
        "oAuth2Client",
        "A registered client. Members beyond those of Hydra come from OpenID Connect Registration, RFC 7591, 8705, 9101, 9126, 9396, 9449, 9701 and JARM.",
        "{ access_token_strategy: text; allowed_cors_origins: [text]; audience: [text]; \
        authorization_code_grant_access_token_lifespan: @NullDuration; \
        authorization_code_grant_id_token_lifespan: @NullDuration; \
        authorization_code_grant_refresh_token_lifespan: @NullDuration; backchannel_logout_session_required: \
        bool; backchannel_logout_uri: text; client_credentials_grant_access_token_lifespan: @NullDuration; \
        client_id: text; client_name: text; client_secret: text; client_secret_expires_at: int; client_uri: \
        text; contacts: [text]; created_at: time; device_authorization_grant_access_token_lifespan: \
        @NullDuration; device_authorization_grant_id_token_lifespan: @NullDuration; \
        device_authorization_grant_refresh_token_lifespan: @NullDuration; \
        frontchannel_logout_session_required: bool; frontchannel_logout_uri: text; grant_types: [text]; \
        implicit_grant_access_token_lifespan: @NullDuration; implicit_grant_id_token_lifespan: \
        @NullDuration; jwks: @jsonWebKeySet; jwks_uri: text; jwt_bearer_grant_access_token_lifespan: \
        @NullDuration; logo_uri: text; metadata: @JSONRawMessage; owner: text; policy_uri: text; \
        post_logout_redirect_uris: [text]; redirect_uris: [text]; refresh_token_grant_access_token_lifespan: \
        @NullDuration; refresh_token_grant_id_token_lifespan: @NullDuration; \
        refresh_token_grant_refresh_token_lifespan: @NullDuration; registration_access_token: text; \
        registration_client_uri: text; request_object_signing_alg: text; request_uris: [text]; \
        response_types: [text]; scope: text; sector_identifier_uri: text; skip_consent: bool; \
        skip_logout_consent: bool; subject_type: text; token_endpoint_auth_method: text; \
        token_endpoint_auth_signing_alg: text; tos_uri: text; updated_at: time; \
        userinfo_signed_response_alg: text; application_type: text; initiate_login_uri: text; \
        default_max_age: int; default_acr_values: [text]; authorization_details_types: [text]; \
        require_auth_time: bool; require_pushed_authorization_requests: bool; require_signed_request_object: \
        bool; dpop_bound_access_tokens: bool; tls_client_certificate_bound_access_tokens: bool; software_id: \
        text; software_version: text; id_token_signed_response_alg: text; authorization_signed_response_alg: \
        text; introspection_signed_response_alg: text; id_token_encrypted_response_alg: text; \
        id_token_encrypted_response_enc: text; userinfo_encrypted_response_alg: text; \
        userinfo_encrypted_response_enc: text; authorization_encrypted_response_alg: text; \
        authorization_encrypted_response_enc: text; introspection_encrypted_response_alg: text; \
        introspection_encrypted_response_enc: text; tls_client_auth_subject_dn: text; \
        tls_client_auth_san_dns: text; tls_client_auth_san_uri: text; tls_client_auth_san_ip: text; \
        tls_client_auth_san_email: text }",
    ),
    Schema::new(
        "oAuth2ClientTokenLifespans",
        "Lifetimes that take the place of the configured ones.",
        "{ authorization_code_grant_access_token_lifespan: @NullDuration; \
        authorization_code_grant_id_token_lifespan: @NullDuration; \
        authorization_code_grant_refresh_token_lifespan: @NullDuration; \
        client_credentials_grant_access_token_lifespan: @NullDuration; \
        device_authorization_grant_access_token_lifespan: @NullDuration; \
        device_authorization_grant_id_token_lifespan: @NullDuration; \
        device_authorization_grant_refresh_token_lifespan: @NullDuration; \
        implicit_grant_access_token_lifespan: @NullDuration; implicit_grant_id_token_lifespan: \
        @NullDuration; jwt_bearer_grant_access_token_lifespan: @NullDuration; \
        refresh_token_grant_access_token_lifespan: @NullDuration; refresh_token_grant_id_token_lifespan: \
        @NullDuration; refresh_token_grant_refresh_token_lifespan: @NullDuration }",
    ),
    Schema::new("jsonPatch", "One operation of RFC 6902.", "{ from: text; op!: text; path!: text; value: any }"),
    Schema::new("jsonPatchDocument", "Operations of RFC 6902, applied in order or not at all.", "[@jsonPatch]"),
    Schema::new("NullDuration", "A duration such as `1h0m0s`, or null.", "text?"),
    Schema::new(
        "trustOAuth2JwtGrantIssuer",
        "Whom to believe, about whom, for what, and until when.",
        "{ allow_any_subject: bool; expires_at!: time; issuer!: text; jwk!: @jsonWebKey; scope!: [text]; \
        subject: text }",
    ),
    Schema::new(
        "trustedOAuth2JwtGrantIssuer",
        "That an issuer is believed.",
        "{ allow_any_subject: bool; created_at: time; expires_at: time; id: text; issuer: text; public_key: \
        @trustedOAuth2JwtGrantJsonWebKey; scope: [text]; subject: text }",
    ),
    Schema::new("trustedOAuth2JwtGrantIssuers", "Whom this server believes.", "[@trustedOAuth2JwtGrantIssuer]"),
    Schema::new("trustedOAuth2JwtGrantJsonWebKey", "Where the key of an issuer is kept.", "{ kid: text; set: text }"),
    Schema::new(
        "jsonWebKey",
        "A key (RFC 7517).",
        "{ alg!: text; crv: text; d: text; dp: text; dq: text; e: text; k: text; kid!: text; kty!: text; n: \
        text; p: text; q: text; qi: text; use!: text; x: text; x5c: [text]; y: text }",
    ),
    Schema::new("jsonWebKeySet", "Keys (RFC 7517, 5).", "{ keys: [@jsonWebKey] }"),
    Schema::new("createJsonWebKeySet", "What kind of key to make.", "{ alg!: text; kid!: text; use!: text }"),
];
