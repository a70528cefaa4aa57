//! Labels of inputs and buttons that several flows share (1070000–1070018).

use super::Message;

/// 1070001: the password input.
pub(crate) fn password() -> Message {
    Message::info(1_070_001, "Password")
}

/// 1070002: an input whose label comes from the identity schema.
pub(crate) fn generated(title: &str, name: &str) -> Message {
    Message::info(1_070_002, title).with("title", title).with("name", name)
}

/// 1070004: the identifier input when the schema gives no better name.
pub(crate) fn identifier() -> Message {
    Message::info(1_070_004, "ID")
}

/// 1070007: the e-mail input.
pub(crate) fn email() -> Message {
    Message::info(1_070_007, "Email")
}

/// 1070008: the button that sends another code.
pub(crate) fn resend_code() -> Message {
    Message::info(1_070_008, "Resend code")
}

/// 1070009: the button that goes on.
pub(crate) fn continue_on() -> Message {
    Message::info(1_070_009, "Continue")
}

/// 1070011: the input of a verification code.
pub(crate) fn verification_code() -> Message {
    Message::info(1_070_011, "Verification code")
}
