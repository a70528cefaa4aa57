use serde_json::json;
use shared_types::time::Time;

use super::{Message, login, validation, verification};

#[test]
fn a_message_has_id_text_and_type_and_no_empty_context() {
    let body = serde_json::to_value(login::account_disabled()).unwrap();
    assert_eq!(body, json!({"id": 4_010_011, "text": "This account has been disabled.", "type": "error"}));
}

#[test]
fn a_context_travels_there_and_back() {
    let message = validation::required("email");
    let body = serde_json::to_value(&message).unwrap();
    assert_eq!(body["context"], json!({"property": "email"}));
    assert_eq!(serde_json::from_value::<Message>(body).unwrap(), message);
}

#[test]
fn expiry_is_told_as_text_and_as_a_number() {
    let at: Time = "2026-07-29T10:00:00.5Z".parse().unwrap();
    let message = verification::expired(at);
    assert_eq!(message.context["expired_at"], "2026-07-29T10:00:00.500000Z");
    assert_eq!(message.context["expired_at_unix"], at.timestamp());
}

#[test]
fn a_constant_that_cannot_be_printed_has_its_own_number() {
    assert_eq!(validation::constant(&json!(true)).id, 4_000_029);
    assert_eq!(validation::constant(&json!({"a": 1})).id, 4_000_030);
}
