//! Submissions of registrations and sign-ins, by method.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::union(
        "updateLoginFlowBody",
        "The submission of a sign-in, by method.",
        "method",
        &[
            ("code", "updateLoginFlowWithCodeMethod"),
            ("identifier_first", "updateLoginFlowWithIdentifierFirstMethod"),
            ("lookup_secret", "updateLoginFlowWithLookupSecretMethod"),
            ("oidc", "updateLoginFlowWithOidcMethod"),
            ("passkey", "updateLoginFlowWithPasskeyMethod"),
            ("password", "updateLoginFlowWithPasswordMethod"),
            ("saml", "updateLoginFlowWithSamlMethod"),
            ("totp", "updateLoginFlowWithTotpMethod"),
            ("webauthn", "updateLoginFlowWithWebAuthnMethod"),
        ],
    ),
    Schema::new(
        "updateLoginFlowWithCodeMethod",
        "Signs in by a one-time code.",
        "{ address: text; code: text; csrf_token!: text; identifier: text; method!: text; resend: text; \
        transient_payload: object }",
    ),
    Schema::new(
        "updateLoginFlowWithIdentifierFirstMethod",
        "Signs in by identifier alone, to be asked for the rest.",
        "{ csrf_token: text; identifier!: text; method!: text; transient_payload: object }",
    ),
    Schema::new(
        "updateLoginFlowWithLookupSecretMethod",
        "Signs in with a backup code.",
        "{ csrf_token: text; lookup_secret!: text; method!: text }",
    ),
    Schema::new(
        "updateLoginFlowWithOidcMethod",
        "Signs in through an OpenID provider.",
        "{ csrf_token: text; id_token: text; id_token_nonce: text; method!: text; provider!: text; \
        traits: object; transient_payload: object; upstream_parameters: object }",
    ),
    Schema::new(
        "updateLoginFlowWithPasskeyMethod",
        "Signs in with a passkey.",
        "{ csrf_token: text; method!: text; passkey_login: text }",
    ),
    Schema::new(
        "updateLoginFlowWithPasswordMethod",
        "Signs in by identifier and password.",
        "{ csrf_token: text; identifier!: text; method!: text; password!: text; password_identifier: text; \
        transient_payload: object }",
    ),
    Schema::new(
        "updateLoginFlowWithSamlMethod",
        "Signs in through a SAML provider. Not offered by this service.",
        "{ csrf_token: text; method!: text; provider!: text; transient_payload: object }",
    ),
    Schema::new(
        "updateLoginFlowWithTotpMethod",
        "Signs in with an authenticator app.",
        "{ csrf_token: text; method!: text; totp_code!: text; transient_payload: object }",
    ),
    Schema::new(
        "updateLoginFlowWithWebAuthnMethod",
        "Signs in with a security key.",
        "{ csrf_token: text; identifier!: text; method!: text; transient_payload: object; \
        webauthn_login: text }",
    ),
    Schema::union(
        "updateRegistrationFlowBody",
        "The submission of a registration, by method.",
        "method",
        &[
            ("code", "updateRegistrationFlowWithCodeMethod"),
            ("oidc", "updateRegistrationFlowWithOidcMethod"),
            ("passkey", "updateRegistrationFlowWithPasskeyMethod"),
            ("password", "updateRegistrationFlowWithPasswordMethod"),
            ("profile", "updateRegistrationFlowWithProfileMethod"),
            ("saml", "updateRegistrationFlowWithSamlMethod"),
            ("webauthn", "updateRegistrationFlowWithWebAuthnMethod"),
        ],
    ),
    Schema::new(
        "updateRegistrationFlowWithCodeMethod",
        "Registers by a one-time code.",
        "{ code: text; csrf_token: text; method!: text; resend: text; traits!: object; \
        transient_payload: object }",
    ),
    Schema::new(
        "updateRegistrationFlowWithOidcMethod",
        "Registers through an OpenID provider.",
        "{ csrf_token: text; id_token: text; id_token_nonce: text; method!: text; provider!: text; \
        traits: object; transient_payload: object; upstream_parameters: object }",
    ),
    Schema::new(
        "updateRegistrationFlowWithPasskeyMethod",
        "Registers with a passkey.",
        "{ csrf_token: text; method!: text; passkey_register: text; traits!: object; \
        transient_payload: object }",
    ),
    Schema::new(
        "updateRegistrationFlowWithPasswordMethod",
        "Registers by identifier and password.",
        "{ csrf_token: text; method!: text; password!: text; traits!: object; transient_payload: object }",
    ),
    Schema::new(
        "updateRegistrationFlowWithProfileMethod",
        "Registers, the traits first.",
        "{ csrf_token: text; method!: text; screen: in 'credential-selection','previous'; traits!: object; \
        transient_payload: object }",
    ),
    Schema::new(
        "updateRegistrationFlowWithSamlMethod",
        "Registers through a SAML provider. Not offered by this service.",
        "{ csrf_token: text; method!: text; provider!: text; traits: object; transient_payload: object }",
    ),
    Schema::new(
        "updateRegistrationFlowWithWebAuthnMethod",
        "Registers with a security key.",
        "{ csrf_token: text; method!: text; traits!: object; transient_payload: object; \
        webauthn_register: text; webauthn_register_displayname: text }",
    ),
];
