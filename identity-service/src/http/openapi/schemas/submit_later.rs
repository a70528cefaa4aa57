//! Submissions of settings, recoveries and verifications, by method.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new(
        "UpdateFedcmFlowBody",
        "A token of the browser's own account chooser.",
        "{ csrf_token!: text; nonce: text; token!: text; transient_payload: object }",
    ),
    Schema::union(
        "updateRecoveryFlowBody",
        "The submission of a recovery, by method.",
        "method",
        &[("code", "updateRecoveryFlowWithCodeMethod"), ("link", "updateRecoveryFlowWithLinkMethod")],
    ),
    Schema::new(
        "updateRecoveryFlowWithCodeMethod",
        "Recovers an account by a one-time code.",
        "{ code: text; csrf_token: text; email: text; method!: in 'link','code'; recovery_address: text; \
        recovery_confirm_address: text; recovery_select_address: text; screen: text; \
        transient_payload: object }",
    ),
    Schema::new(
        "updateRecoveryFlowWithLinkMethod",
        "Recovers an account by a link.",
        "{ csrf_token: text; email!: text; method!: in 'link','code'; transient_payload: object }",
    ),
    Schema::union(
        "updateSettingsFlowBody",
        "The submission of a change of settings, by method.",
        "method",
        &[
            ("lookup_secret", "updateSettingsFlowWithLookupMethod"),
            ("oidc", "updateSettingsFlowWithOidcMethod"),
            ("passkey", "updateSettingsFlowWithPasskeyMethod"),
            ("password", "updateSettingsFlowWithPasswordMethod"),
            ("profile", "updateSettingsFlowWithProfileMethod"),
            ("saml", "updateSettingsFlowWithSamlMethod"),
            ("totp", "updateSettingsFlowWithTotpMethod"),
            ("webauthn", "updateSettingsFlowWithWebAuthnMethod"),
        ],
    ),
    Schema::new(
        "updateSettingsFlowWithLookupMethod",
        "Shows, makes, confirms or removes backup codes.",
        "{ csrf_token: text; lookup_secret_confirm: bool; lookup_secret_disable: bool; \
        lookup_secret_regenerate: bool; lookup_secret_reveal: bool; method!: text; \
        transient_payload: object }",
    ),
    Schema::new(
        "updateSettingsFlowWithOidcMethod",
        "Links or unlinks an account at an OpenID provider.",
        "{ flow: text; link: text; method!: text; traits: object; transient_payload: object; unlink: text; \
        upstream_parameters: object }",
    ),
    Schema::new(
        "updateSettingsFlowWithPasskeyMethod",
        "Adds or removes a passkey.",
        "{ csrf_token: text; method!: text; passkey_remove: text; passkey_settings_register: text }",
    ),
    Schema::new(
        "updateSettingsFlowWithPasswordMethod",
        "Sets another password.",
        "{ csrf_token: text; method!: text; password!: text; transient_payload: object }",
    ),
    Schema::new(
        "updateSettingsFlowWithProfileMethod",
        "Changes the traits.",
        "{ csrf_token: text; method!: text; traits!: object; transient_payload: object }",
    ),
    Schema::new(
        "updateSettingsFlowWithSamlMethod",
        "Links or unlinks an account at a SAML provider. Not offered by this service.",
        "{ csrf_token: text; flow: text; link: text; method!: text; traits: object; \
        transient_payload: object; unlink: text }",
    ),
    Schema::new(
        "updateSettingsFlowWithTotpMethod",
        "Sets up or removes an authenticator app.",
        "{ csrf_token: text; method!: text; totp_code: text; totp_unlink: bool; transient_payload: object }",
    ),
    Schema::new(
        "updateSettingsFlowWithWebAuthnMethod",
        "Adds or removes a security key.",
        "{ csrf_token: text; method!: text; transient_payload: object; webauthn_register: text; \
        webauthn_register_displayname: text; webauthn_remove: text }",
    ),
    Schema::union(
        "updateVerificationFlowBody",
        "The submission of a verification, by method.",
        "method",
        &[("code", "updateVerificationFlowWithCodeMethod"), ("link", "updateVerificationFlowWithLinkMethod")],
    ),
    Schema::new(
        "updateVerificationFlowWithCodeMethod",
        "Verifies an address by a one-time code.",
        "{ code: text; csrf_token: text; email: text; method!: in 'link','code'; transient_payload: object }",
    ),
    Schema::new(
        "updateVerificationFlowWithLinkMethod",
        "Verifies an address by a link.",
        "{ csrf_token: text; email!: text; method!: in 'link','code'; transient_payload: object }",
    ),
];
