//! Messages of the registration flow (1040000–1040009 and 4040000–4040003).

use shared_types::time::Time;

use super::Message;

/// 1040001: the button that registers, or that ends the first step.
pub(crate) fn sign_up() -> Message {
    Message::info(1_040_001, "Sign up")
}

/// 1040008: the button that leads one step back.
pub(crate) fn back() -> Message {
    Message::info(1_040_008, "Back")
}

/// 1040009: the second step asks for a credential.
pub(crate) fn choose_credential() -> Message {
    Message::info(1_040_009, "Please choose how you want to sign in from now on.")
}

/// 4010003: no enabled method could take the submission.
pub(crate) fn no_method() -> Message {
    Message::error(4_010_003, "None of the ways to sign up matches what was sent. Please check the form and try again.")
}

/// 4040001: the flow was left open for too long.
pub(crate) fn expired(at: Time) -> Message {
    Message::error(4_040_001, "This sign-up page was open for too long. Please try again.").expired(at)
}

/// 4040002: the flow was used to register already.
pub(crate) fn already_completed() -> Message {
    Message::error(4_040_002, "This sign-up was completed before. Please start again.")
}

/// 1040005: a code is on its way.
pub(crate) fn code_sent() -> Message {
    Message::info(1_040_005, "We have sent a code to the address you entered. Please enter it here.")
}

/// 1040006: the button that sends a code.
pub(crate) fn send_code() -> Message {
    Message::info(1_040_006, "Send sign up code")
}

/// 4040003: the code is wrong, too old, or was used before.
pub(crate) fn code_invalid() -> Message {
    Message::error(4_040_003, "This sign-up code is wrong, too old, or was used before. Please try again.")
}

/// 1040004: the button that registers with a security key.
pub(crate) fn use_security_key() -> Message {
    Message::info(1_040_004, "Sign up with security key")
}

/// 1040007: the button that registers with a passkey.
pub(crate) fn use_passkey() -> Message {
    Message::info(1_040_007, "Sign up with passkey")
}

/// 1040002: the button that registers at a provider.
pub(crate) fn sign_up_with(provider: &str, provider_id: &str) -> Message {
    Message::info(1_040_002, format!("Sign up with {provider}"))
        .with("provider", provider)
        .with("provider_id", provider_id)
}

/// 1040003: the button that goes on once what was missing is filled in.
pub(crate) fn continue_on() -> Message {
    Message::info(1_040_003, "Continue")
}
