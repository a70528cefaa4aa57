//! Credentials, as administrators see and import them.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new(
        "AdminIdentityImportCredentialsLookupSecret",
        "Backup codes of an import.",
        "{ config: @AdminIdentityImportCredentialsLookupSecretConfig }",
    ),
    Schema::new(
        "AdminIdentityImportCredentialsLookupSecretConfig",
        "The backup codes themselves.",
        "{ codes: [@identityCredentialsLookupSecretCode] }",
    ),
    Schema::new("AuthenticatorTransport", "How an authenticator is reached, such as `usb` or `internal`.", "text"),
    Schema::new("CodeChannel", "How a one-time code travels: `email` or `sms`.", "in 'email','sms'"),
    Schema::new(
        "identityCredentials",
        "Something an identity can prove itself with.",
        "{ config: @JSONRawMessage; created_at: time; identifiers: [text]; \
        type: in 'password','oidc','totp','lookup_secret','webauthn','code','passkey','profile','saml','deviceauthn','identifier_first','link_recovery','code_recovery'; \
        updated_at: time; version: int }",
    ),
    Schema::new(
        "identityCredentialsCode",
        "The content of a `code` credential.",
        "{ addresses: [@identityCredentialsCodeAddress] }",
    ),
    Schema::new(
        "identityCredentialsCodeAddress",
        "An address one-time codes are sent to.",
        "{ address: text; channel: @CodeChannel }",
    ),
    Schema::new("identityCredentialsLookupSecretCode", "One backup code.", "{ code: text; used_at: @nullTime }"),
    Schema::new(
        "identityCredentialsOidc",
        "The content of an `oidc` credential.",
        "{ providers: [@identityCredentialsOidcProvider] }",
    ),
    Schema::new(
        "identityCredentialsOidcProvider",
        "One linked account.",
        "{ initial_access_token: text; initial_id_token: text; initial_refresh_token: text; \
        organization: text; provider: text; subject: text; use_auto_link: bool }",
    ),
    Schema::new(
        "identityCredentialsPassword",
        "The content of a `password` credential.",
        "{ hashed_password: text; use_password_migration_hook: bool }",
    ),
    Schema::new(
        "identityCredentialsWebAuthn",
        "A public key of an authenticator.",
        "{ added_at: time; attestation: @identityCredentialsWebAuthnAttestation; attestation_type: text; \
        authenticator: @identityCredentialsWebAuthnAuthenticator; display_name: text; \
        flags: @identityCredentialsWebAuthnFlags; id: bytes; is_passwordless: bool; public_key: bytes; \
        transport: [@AuthenticatorTransport] }",
    ),
    Schema::new(
        "identityCredentialsWebAuthnAttestation",
        "The attestation as the authenticator gave it.",
        "{ authenticator_data: bytes; client_dataJSON: bytes; client_data_hash: bytes; object: bytes; \
        public_key_algorithm: int }",
    ),
    Schema::new(
        "identityCredentialsWebAuthnAuthenticator",
        "What is known of the authenticator.",
        "{ aaguid: bytes; clone_warning: bool; sign_count: int }",
    ),
    Schema::new(
        "identityCredentialsWebAuthnFlags",
        "The flags of the registration (WebAuthn Level 2, 6.1).",
        "{ backup_eligible: bool; backup_state: bool; user_present: bool; user_verified: bool }",
    ),
    Schema::new("identityCredentialsWebAuthnList", "Public keys.", "[@identityCredentialsWebAuthn]"),
    Schema::new(
        "identityWithCredentials",
        "Credentials that are brought along.",
        "{ lookup_secret: @AdminIdentityImportCredentialsLookupSecret; oidc: @identityWithCredentialsOidc; \
        passkey: @identityWithCredentialsPasskey; password: @identityWithCredentialsPassword; \
        saml: @identityWithCredentialsSaml; totp: @identityWithCredentialsTotp; \
        webauthn: @identityWithCredentialsWebAuthn }",
    ),
    Schema::new(
        "identityWithCredentialsOidc",
        "Accounts at OpenID providers.",
        "{ config: @identityWithCredentialsOidcConfig }",
    ),
    Schema::new(
        "identityWithCredentialsOidcConfig",
        "The accounts.",
        "{ providers: [@identityWithCredentialsOidcConfigProvider] }",
    ),
    Schema::new(
        "identityWithCredentialsOidcConfigProvider",
        "One account at an OpenID provider.",
        "{ organization: @NullUUID; provider!: text; subject!: text; use_auto_link: bool }",
    ),
    Schema::new("identityWithCredentialsPasskey", "Passkeys.", "{ config: @identityWithCredentialsPasskeyConfig }"),
    Schema::new(
        "identityWithCredentialsPasskeyConfig",
        "The passkeys, and what authenticators know the identity by.",
        "{ credentials: @identityCredentialsWebAuthnList; user_handle: bytes }",
    ),
    Schema::new("identityWithCredentialsPassword", "A password.", "{ config: @identityWithCredentialsPasswordConfig }"),
    Schema::new(
        "identityWithCredentialsPasswordConfig",
        "The password in clear, or as a hash another system has made.",
        "{ hashed_password: text; password: text; use_password_migration_hook: bool }",
    ),
    Schema::new(
        "identityWithCredentialsSaml",
        "Accounts at SAML providers.",
        "{ config: @identityWithCredentialsSamlConfig }",
    ),
    Schema::new(
        "identityWithCredentialsSamlConfig",
        "The accounts.",
        "{ providers: [@identityWithCredentialsSamlConfigProvider] }",
    ),
    Schema::new(
        "identityWithCredentialsSamlConfigProvider",
        "One account at a SAML provider.",
        "{ organization: @NullUUID; provider!: text; subject!: text }",
    ),
    Schema::new(
        "identityWithCredentialsTotp",
        "An authenticator app.",
        "{ config: @identityWithCredentialsTotpConfig }",
    ),
    Schema::new("identityWithCredentialsTotpConfig", "What the app was given.", "{ totp_url: text }"),
    Schema::new(
        "identityWithCredentialsWebAuthn",
        "Security keys.",
        "{ config: @identityWithCredentialsWebAuthnConfig }",
    ),
    Schema::new(
        "identityWithCredentialsWebAuthnConfig",
        "The security keys, and what they know the identity by.",
        "{ credentials: @identityCredentialsWebAuthnList; user_handle: bytes }",
    ),
];
