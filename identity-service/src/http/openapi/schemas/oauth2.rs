//! What the OAuth2 provider says of a login request and its client.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new(
        "OAuth2Client",
        "An OAuth2 client, as the OAuth2 provider describes it.",
        "{ access_token_strategy: text; allowed_cors_origins: [text]; audience: [text]; \
        authorization_code_grant_access_token_lifespan: text; \
        authorization_code_grant_id_token_lifespan: text; \
        authorization_code_grant_refresh_token_lifespan: text; backchannel_logout_session_required: bool; \
        backchannel_logout_uri: text; client_credentials_grant_access_token_lifespan: text; \
        client_id: text; client_name: text; client_secret: text; client_secret_expires_at: int; \
        client_uri: text; contacts: [text]; created_at: time; frontchannel_logout_session_required: bool; \
        frontchannel_logout_uri: text; grant_types: [text]; implicit_grant_access_token_lifespan: text; \
        implicit_grant_id_token_lifespan: text; jwks: any; jwks_uri: text; \
        jwt_bearer_grant_access_token_lifespan: text; logo_uri: text; metadata: any; owner: text; \
        policy_uri: text; post_logout_redirect_uris: [text]; redirect_uris: [text]; \
        refresh_token_grant_access_token_lifespan: text; refresh_token_grant_id_token_lifespan: text; \
        refresh_token_grant_refresh_token_lifespan: text; registration_access_token: text; \
        registration_client_uri: text; request_object_signing_alg: text; request_uris: [text]; \
        response_types: [text]; scope: text; sector_identifier_uri: text; skip_consent: bool; \
        skip_logout_consent: bool; subject_type: text; token_endpoint_auth_method: text; \
        token_endpoint_auth_signing_alg: text; tos_uri: text; updated_at: time; \
        userinfo_signed_response_alg: text }",
    ),
    Schema::new(
        "OAuth2ConsentRequestOpenIDConnectContext",
        "What the OpenID Connect request asked for beside scopes.",
        "{ acr_values: [text]; display: text; id_token_hint_claims: object; login_hint: text; \
        ui_locales: [text] }",
    ),
    Schema::new(
        "OAuth2LoginRequest",
        "The OAuth2 login request a flow answers.",
        "{ challenge: text; client: @OAuth2Client; oidc_context: @OAuth2ConsentRequestOpenIDConnectContext; \
        request_url: text; requested_access_token_audience: [text]; requested_scope: [text]; \
        session_id: text; skip: bool; subject: text }",
    ),
];
