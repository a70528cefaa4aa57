//! Messages of the recovery flow (1060000–1060007 and 4060000–4060006).

use shared_types::time::Time;

use super::Message;

/// 1060001: the account is back; its credentials can be changed for a while.
pub(crate) fn recovered(until: Time) -> Message {
    let stamp = until.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let text = "You are back in your account. Please set a new password, or connect another way to sign in, now: \
                for that you have a while before you are asked to prove yourself again.";
    Message::success(1_060_001, text)
        .with("privilegedSessionExpiresAt", stamp.as_str())
        .with("privileged_session_expires_at", stamp.as_str())
        .with("privileged_session_expires_at_unix", until.timestamp())
}

/// 1060002: a link is on its way, if the address is known.
pub(crate) fn link_sent() -> Message {
    Message::info(
        1_060_002,
        "We have sent a message with a recovery link to that address. Nothing arrived? \
         Check the spelling, and that it is the address you signed up with.",
    )
}

/// 1060003: a code is on its way, if the address is known.
pub(crate) fn code_sent() -> Message {
    Message::info(
        1_060_003,
        "We have sent a message with a recovery code to that address. Nothing arrived? \
         Check the spelling, and that it is the address you signed up with.",
    )
}

/// 1060004: a code is on its way to an address that was chosen.
pub(crate) fn code_sent_to(masked: &str) -> Message {
    Message::info(
        1_060_004,
        format!(
            "We have sent a recovery code to {masked}. Nothing arrived? Check the spelling, and that it is the address \
             you signed up with."
        ),
    )
    .with("masked_address", masked)
}

/// 1060005: a masked address has to be written out.
pub(crate) fn write_out_address() -> Message {
    Message::info(1_060_005, "Please write the address out, so that we know it is yours.")
}

/// 1060006: one of several addresses is to be chosen.
pub(crate) fn choose_address() -> Message {
    Message::info(1_060_006, "How do you want to get back into your account?")
}

/// 1060007: the button that leads one step back.
pub(crate) fn back() -> Message {
    Message::info(1_060_007, "Back")
}

/// 4060001: the flow was used to recover an account already.
pub(crate) fn already_recovered() -> Message {
    Message::error(4_060_001, "This recovery was completed before. Please start again.")
}

/// 4060004: the link is wrong, too old, or was used before.
pub(crate) fn link_invalid() -> Message {
    Message::error(4_060_004, "This recovery link is wrong, too old, or was used before. Please ask for another.")
}

/// 4060005: the flow was left open for too long.
pub(crate) fn expired(at: Time) -> Message {
    Message::error(4_060_005, "This recovery page was open for too long. Please try again.").expired(at)
}

/// 4060006: the code is wrong, too old, or was used before.
pub(crate) fn code_invalid() -> Message {
    Message::error(4_060_006, "This recovery code is wrong, too old, or was used before. Please try again.")
}

/// 4010005: no enabled method could take the submission.
pub(crate) fn no_method() -> Message {
    Message::error(4_010_005, "None of the ways to recover matches what was sent. Please check the form and try again.")
}
