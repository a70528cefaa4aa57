//! Messages of the verification flow (1080000–1080005 and 4070000–4070006).

use shared_types::time::Time;

use super::Message;

/// 1080001: a link is on its way, if the address is known.
pub(crate) fn link_sent() -> Message {
    Message::info(
        1_080_001,
        "We have sent a message with a verification link to that address. Nothing arrived? \
         Check the spelling, and that it is the address you signed up with.",
    )
}

/// 1080002: the address is proven.
pub(crate) fn email_verified() -> Message {
    Message::success(1_080_002, "Your email address has been verified.")
}

/// 1080003: a code is on its way, if the address is known.
pub(crate) fn code_sent() -> Message {
    Message::info(
        1_080_003,
        "We have sent a message with a verification code to that address. Nothing arrived? \
         Check the spelling, and that it is the address you signed up with.",
    )
}

/// 4070001: a link that is unknown or was followed before.
pub(crate) fn link_invalid() -> Message {
    Message::error(4_070_001, "This verification link is not valid or was used before. Please ask for a new one.")
}

/// 4070002: the flow has done its work.
pub(crate) fn already_verified() -> Message {
    Message::error(4_070_002, "This verification was completed before. Please start again if you need another one.")
}

/// 4070005: the flow was left open for too long.
pub(crate) fn expired(at: Time) -> Message {
    Message::error(4_070_005, "This verification page was open for too long. Please try again.").expired(at)
}

/// 4070006: a code that is wrong or was used before.
pub(crate) fn code_invalid() -> Message {
    Message::error(4_070_006, "This verification code is not valid or was used before. Please try again.")
}

/// 4010006: no enabled method could take the submission.
pub(crate) fn no_method() -> Message {
    Message::error(4_010_006, "None of the ways to verify matches what was sent. Please check the form and try again.")
}

/// 1080004: a code is on its way to a phone, if the number is known.
pub(crate) fn code_sent_by_phone() -> Message {
    Message::info(
        1_080_004,
        "We have sent a text message with a verification code to that number. Nothing arrived? \
         Check the digits, and that it is the number you signed up with.",
    )
}

/// 1080005: the phone number is proven.
pub(crate) fn phone_verified() -> Message {
    Message::success(1_080_005, "Your phone number has been verified.")
}
