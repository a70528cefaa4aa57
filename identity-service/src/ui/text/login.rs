//! Messages of the login flow (1010000–1010025 and 4010000–4010011).

use shared_types::time::Time;

use super::Message;

/// 1010001: the button that signs in again.
pub(crate) fn sign_in() -> Message {
    Message::info(1_010_001, "Sign in")
}

/// 1010003: why a signed-in person is asked to sign in again.
pub(crate) fn reauthenticate() -> Message {
    Message::info(1_010_003, "Please confirm that it is you by signing in once more.")
}

/// 1010022: the button of the password method.
pub(crate) fn sign_in_with_password() -> Message {
    Message::info(1_010_022, "Sign in with password")
}

/// 4010001: the flow was left open for too long.
pub(crate) fn expired(at: Time) -> Message {
    Message::error(4_010_001, "This sign-in page was open for too long. Please try again.").expired(at)
}

/// 4010002: no enabled method could take the submission.
pub(crate) fn no_method() -> Message {
    Message::error(4_010_002, "None of the ways to sign in matches what was sent. Please check the form and try again.")
}

/// 4010007: the flow was used to sign in already.
pub(crate) fn already_completed() -> Message {
    Message::error(4_010_007, "This sign-in was completed before. Please start again.")
}

/// 4010011: the account was switched off.
pub(crate) fn account_disabled() -> Message {
    Message::error(4_010_011, "This account has been disabled.")
}
