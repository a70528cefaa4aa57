//! Messages.

use super::Schema;

/// The schemas of this area.
pub(super) const SCHEMAS: &[Schema] = &[
    Schema::new("courierMessageStatus", "How far a message has come.", "in 'queued','sent','processing','abandoned'"),
    Schema::new("courierMessageType", "What kind of message it is.", "in 'email','phone','sms'"),
    Schema::new(
        "message",
        "A message to somebody.",
        "{ body!: text; channel: text; created_at!: time; dispatches: [@messageDispatch]; id!: uuid; \
        recipient!: text; send_count!: int; status!: @courierMessageStatus; subject!: text; \
        template_type!: in 'recovery_invalid','recovery_valid','recovery_code_invalid','recovery_code_valid','verification_invalid','verification_valid','verification_code_invalid','verification_code_valid','stub','login_code_valid','registration_code_valid','verifiable_address_changed','authenticator_key_added'; \
        type!: @courierMessageType; updated_at!: time }",
    ),
    Schema::new(
        "messageDispatch",
        "One attempt to send a message.",
        "{ created_at!: time; error: @JSONRawMessage; id!: uuid; message_id!: uuid; \
        status!: in 'failed','success'; updated_at!: time }",
    ),
];
