//! Sessions, and what hands them out.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new(
        "authenticatorAssuranceLevel",
        "How much was proved: `aal1` one factor, `aal2` two.",
        "in 'aal0','aal1','aal2','aal3'",
    ),
    Schema::new("deleteMySessionsCount", "How many sessions were ended.", "{ count: int }"),
    Schema::new(
        "manageSessionsBody",
        "Which sessions are to be ended or removed: those of some identities (`[\"*\"]` for all), or some of them by id.",
        "{ action!: in 'disable','delete'; identities: [text]; sessions: [text] }",
    ),
    Schema::new("manageSessionsResponse", "How many sessions were processed.", "{ more: bool; processed: int }"),
    Schema::new(
        "session",
        "A period for which somebody is signed in.",
        "{ active: bool; authenticated_at: time; authentication_methods: @sessionAuthenticationMethods; \
        authenticator_assurance_level: @authenticatorAssuranceLevel; devices: [@sessionDevice]; \
        expires_at: time; id!: uuid; identity: @identity; issued_at: time; tokenized: text }",
    ),
    Schema::new(
        "sessionAuthenticationMethod",
        "One thing that was proved for a session.",
        "{ aal: @authenticatorAssuranceLevel; completed_at: time; \
        method: in 'password','oidc','totp','lookup_secret','webauthn','code','passkey','profile','saml','deviceauthn','identifier_first','link_recovery','code_recovery'; \
        organization: text; provider: text; upstream_acr: text; upstream_amr: [text] }",
    ),
    Schema::new(
        "sessionAuthenticationMethods",
        "What was proved for a session, in order.",
        "[@sessionAuthenticationMethod]",
    ),
    Schema::new(
        "sessionDevice",
        "A machine a session was used on.",
        "{ id!: uuid; ip_address: text; location: text; user_agent: text }",
    ),
    Schema::new(
        "successfulNativeLogin",
        "A session, for who has signed in.",
        "{ continue_with: [@continueWith]?; session!: @session; session_token: text }",
    ),
    Schema::new(
        "successfulNativeRegistration",
        "A new identity, signed in if so configured.",
        "{ continue_with: [@continueWith]?; identity!: @identity; session: @session; session_token: text }",
    ),
];
