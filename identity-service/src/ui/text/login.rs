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

/// 1010004: a second factor is asked for.
pub(crate) fn second_factor() -> Message {
    Message::info(1_010_004, "Please finish signing in with your second factor.")
}

/// 1010006: the input of an authenticator app's code.
pub(crate) fn totp_code() -> Message {
    Message::info(1_010_006, "Authentication code")
}

/// 1010007: the input of a backup code.
pub(crate) fn backup_code() -> Message {
    Message::info(1_010_007, "Backup recovery code")
}

/// 1010009: the button of the authenticator app.
pub(crate) fn use_authenticator() -> Message {
    Message::info(1_010_009, "Use Authenticator")
}

/// 1010010: the button of the backup codes.
pub(crate) fn use_backup_code() -> Message {
    Message::info(1_010_010, "Use backup recovery code")
}

/// 1010014: a code is on its way, if the address is known.
pub(crate) fn code_sent() -> Message {
    Message::info(
        1_010_014,
        "We have sent a code to the address you entered, if an account has it. Nothing arrived? Check the spelling.",
    )
}

/// 1010015: the button that sends a code.
pub(crate) fn send_code() -> Message {
    Message::info(1_010_015, "Send sign in code")
}

/// 1010023: the button that sends a code to a certain address.
pub(crate) fn send_code_to(address: &str, channel: &str) -> Message {
    Message::info(1_010_023, format!("Send code to {address}")).with("address", address).with("channel", channel)
}

/// 1010025: a code is on its way to somebody who is signed in.
pub(crate) fn code_sent_again() -> Message {
    Message::info(1_010_025, "We have sent a code to your address. Please enter it here.")
}

/// 4010008: the code is wrong, too old, or was used before.
pub(crate) fn code_invalid() -> Message {
    Message::error(4_010_008, "This sign-in code is wrong, too old, or was used before. Please try again.")
}

/// 4010010: the address a code is asked for is not the account's.
pub(crate) fn address_unknown() -> Message {
    Message::error(4_010_010, "This address is not known for this account.")
}

/// 1010008: the button of security keys.
pub(crate) fn use_security_key() -> Message {
    Message::info(1_010_008, "Sign in with a hardware key")
}

/// 1010012: the key is asked for next.
pub(crate) fn prepare_security_key() -> Message {
    Message::info(1_010_012, "Please have your security key at hand, and go on.")
}

/// 1010013: the button that asks the key.
pub(crate) fn continue_with_key() -> Message {
    Message::info(1_010_013, "Continue")
}

/// 1010021: the button of passkeys.
pub(crate) fn use_passkey() -> Message {
    Message::info(1_010_021, "Sign in with passkey")
}

/// 1010002: the button that signs in at a provider.
pub(crate) fn sign_in_with(provider: &str, provider_id: &str) -> Message {
    Message::info(1_010_002, format!("Sign in with {provider}"))
        .with("provider", provider)
        .with("provider_id", provider_id)
}

/// What somebody is told whose account at a provider meets an account he has here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Collision<'a> {
    /// What both have.
    pub(crate) identifier: &'a str,
    /// What the provider is called.
    pub(crate) provider: &'a str,
    /// The page to sign in at.
    pub(crate) login_url: &'a str,
    /// What the account here signs in with.
    pub(crate) credential_types: &'a [String],
    /// The providers it is linked to.
    pub(crate) providers: &'a [String],
}

/// 1010016: an account with that identifier exists; whoever signs in to it links both.
pub(crate) fn link_to_existing(collision: Collision<'_>) -> Message {
    let Collision { identifier, provider, login_url, credential_types, providers } = collision;
    let text = format!(
        "An account with {identifier} exists already. Sign in to it once in one of the ways below, and from then on \
         {provider} opens it too."
    );
    Message::info(1_010_016, text)
        .with("duplicateIdentifier", identifier)
        .with("provider", provider)
        .with("newLoginUrl", login_url)
        .with("duplicate_identifier", identifier)
        .with("new_login_url", login_url)
        .with("available_credential_types", credential_types)
        .with("available_providers", providers)
}

/// 1010017: the button that signs in and links.
pub(crate) fn sign_in_and_link() -> Message {
    Message::info(1_010_017, "Sign in and link")
}

/// 1010018: the button that confirms with another provider.
pub(crate) fn confirm_with(provider: &str) -> Message {
    Message::info(1_010_018, format!("Confirm with {provider}")).with("provider", provider)
}

/// 4010009: somebody else has signed in than the account to be linked belongs to.
pub(crate) fn another_account() -> Message {
    Message::error(4_010_009, "This is another account than the one to be linked. Please sign in to that one.")
}
