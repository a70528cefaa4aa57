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

/// 1070003: the button that keeps a change.
pub(crate) fn save() -> Message {
    Message::info(1_070_003, "Save")
}

/// 1070006: the input that takes the first code of an authenticator app.
pub(crate) fn verify_authenticator_code() -> Message {
    Message::info(1_070_006, "Code from your authenticator app")
}

/// 1070010: the input of a recovery code.
pub(crate) fn recovery_code() -> Message {
    Message::info(1_070_010, "Recovery code")
}

/// 1070012: the input of a code that registers.
pub(crate) fn registration_code() -> Message {
    Message::info(1_070_012, "Code")
}

/// 1070013: the input of a code that signs in.
pub(crate) fn login_code() -> Message {
    Message::info(1_070_013, "Code")
}

/// 1070016: the input of an address to recover an account by.
pub(crate) fn recovery_address() -> Message {
    Message::info(1_070_016, "Recovery address")
}

/// 1070017: the phone number input.
pub(crate) fn phone() -> Message {
    Message::info(1_070_017, "Phone number")
}

/// 1070018: an input that takes an e-mail address or a phone number.
pub(crate) fn email_or_phone() -> Message {
    Message::info(1_070_018, "Email or phone number")
}

/// 1070000: a masked address to choose.
pub(crate) fn masked_address(masked: &str) -> Message {
    Message::info(1_070_000, masked)
}
