//! Identities, schemas, patches and batches.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new("JSONRawMessage", "A JSON object whose members depend on where it stands.", "object"),
    Schema::new("NullUUID", "A UUID, or null.", "uuid?"),
    Schema::new(
        "batchPatchIdentitiesResponse",
        "What became of the entries of a batch, in their order.",
        "{ identities: [@identityPatchResponse] }",
    ),
    Schema::new(
        "createIdentityBody",
        "A new identity. Unknown members are refused.",
        "{ credentials: @identityWithCredentials; external_id: text; metadata_admin: any; \
        metadata_public: any; organization_id: @NullUUID; recovery_addresses: [@recoveryIdentityAddress]; \
        region: in 'eu-central','asia-northeast','us-east','us-west','eu','asia','us','global'; \
        schema_id!: text; state: in 'active','inactive'; traits!: object; \
        verifiable_addresses: [@verifiableIdentityAddress] }",
    ),
    Schema::new(
        "createRecoveryCodeForIdentityBody",
        "For whom a recovery code is wanted.",
        "{ expires_in: text; flow_type: @selfServiceFlowType; identity_id!: uuid }",
    ),
    Schema::new(
        "createRecoveryLinkForIdentityBody",
        "For whom a recovery link is wanted.",
        "{ expires_in: text; identity_id!: uuid }",
    ),
    Schema::new(
        "flowError",
        "An error that was shown to somebody.",
        "{ created_at: time; error: object; id!: uuid; updated_at: time }",
    ),
    Schema::new(
        "identity",
        "A person or machine that can sign in.",
        "{ created_at: time; credentials: map @identityCredentials; external_id: text; id!: uuid; \
        metadata_admin: @nullJsonRawMessage; metadata_public: @nullJsonRawMessage; \
        organization_id: @NullUUID; recovery_addresses: [@recoveryIdentityAddress]; \
        region: in 'eu-central','asia-northeast','us-east','us-west','eu','asia','us','global'; \
        schema_id!: text; schema_url!: text; state: in 'active','inactive'; state_changed_at: @nullTime; \
        traits!: @identityTraits; updated_at: time; verifiable_addresses: [@verifiableIdentityAddress] }",
    ),
    Schema::new("identityPatch", "One entry of a batch.", "{ create: @createIdentityBody; patch_id: uuid }"),
    Schema::new(
        "identityPatchResponse",
        "What became of one entry of a batch.",
        "{ action: in 'create','error'; error: @DefaultError; identity: uuid; patch_id: uuid }",
    ),
    Schema::new("identitySchema", "A JSON schema for traits.", "object"),
    Schema::new("identitySchemaContainer", "A schema with its id.", "{ id!: text; schema!: object }"),
    Schema::new("identitySchemas", "Schemas of identities.", "[@identitySchemaContainer]"),
    Schema::new("identityTraits", "What the schema says an identity has: any JSON that follows it.", "any"),
    Schema::new(
        "identityVerifiableAddressStatus",
        "How far the verification of an address has come: `pending`, `sent` or `completed`.",
        "in 'pending','sent','completed'",
    ),
    Schema::new(
        "jsonPatch",
        "One operation of a JSON patch (RFC 6902).",
        "{ from: text; op!: text; path!: text; value: any }",
    ),
    Schema::new("jsonPatchDocument", "A JSON patch (RFC 6902).", "[@jsonPatch]"),
    Schema::new("nullJsonRawMessage", "Any JSON, or null.", "any?"),
    Schema::new("nullTime", "An instant, or null.", "time?"),
    Schema::new("patchIdentitiesBody", "Many identities at once.", "{ identities: [@identityPatch] }"),
    Schema::new(
        "recoveryCodeForIdentity",
        "A recovery code to be handed over.",
        "{ expires_at: time; recovery_code!: text; recovery_link!: text }",
    ),
    Schema::new(
        "recoveryIdentityAddress",
        "An address through which an account can be recovered.",
        "{ break_glass_for_organization: @NullUUID; created_at: time; id: uuid; updated_at: time; \
        value!: text; via!: text }",
    ),
    Schema::new(
        "recoveryLinkForIdentity",
        "A recovery link to be handed over.",
        "{ expires_at: time; recovery_link!: text }",
    ),
    Schema::new(
        "updateIdentityBody",
        "An identity as it shall be.",
        "{ credentials: @identityWithCredentials; external_id: text; metadata_admin: any; \
        metadata_public: any; \
        region: in 'eu-central','asia-northeast','us-east','us-west','eu','asia','us','global'; \
        schema_id!: text; state!: in 'active','inactive'; traits!: object }",
    ),
    Schema::new(
        "verifiableIdentityAddress",
        "An address whose owner can prove it.",
        "{ created_at: time; id: uuid; status!: @identityVerifiableAddressStatus; updated_at: time; \
        value!: text; verified!: bool; verified_at: @nullTime; via!: in 'email','sms' }",
    ),
];
