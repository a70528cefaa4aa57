//! Messages of the settings flow (1050000–1050023 and 4050000–4050002).

use serde_json::{Value, json};
use shared_types::time::Time;

use super::Message;

/// 1050001: the change is kept.
pub(crate) fn saved() -> Message {
    Message::success(1_050_001, "Your changes have been saved.")
}

/// 1050004: the button that disconnects the authenticator app.
pub(crate) fn unlink_totp() -> Message {
    Message::info(1_050_004, "Unlink TOTP Authenticator App")
}

/// 1050005: the picture an authenticator app scans.
pub(crate) fn totp_qr() -> Message {
    Message::info(1_050_005, "Authenticator app QR code")
}

/// 1050006: the secret itself, for apps that cannot scan.
pub(crate) fn totp_secret(secret: &str) -> Message {
    Message::info(1_050_006, secret).with("secret", secret)
}

/// 1050007: the button that shows the backup codes.
pub(crate) fn reveal_codes() -> Message {
    Message::info(1_050_007, "Reveal backup recovery codes")
}

/// 1050008: the button that makes new backup codes.
pub(crate) fn regenerate_codes() -> Message {
    Message::info(1_050_008, "Generate new backup recovery codes")
}

/// 1050009: one backup code.
pub(crate) fn code(secret: &str) -> Message {
    Message::info(1_050_009, secret).with("secret", secret)
}

/// 1050010: what stands above the backup codes.
pub(crate) fn codes_label() -> Message {
    Message::info(
        1_050_010,
        "Each of these backup codes signs you in once when your other factors are gone. Keep them where only you find them.",
    )
}

/// 1050011: the button that says they are kept.
pub(crate) fn confirm_codes() -> Message {
    Message::info(1_050_011, "Confirm backup recovery codes")
}

/// 1050014: a backup code that was used.
pub(crate) fn used_code(at: Time) -> Message {
    let stamp = at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
    let text = format!("Used on {}", at.format("%Y-%m-%d %H:%M UTC"));
    Message::info(1_050_014, text).with("used_at", stamp).with("used_at_unix", at.timestamp())
}

/// 1050015: all backup codes, each as a message of its own.
pub(crate) fn codes(each: &[Message]) -> Message {
    let texts: Vec<&str> = each.iter().map(|code| code.text.as_str()).collect();
    let secrets: Vec<Value> = each.iter().map(|code| json!(code)).collect();
    Message::info(1_050_015, texts.join(", ")).with("secrets", secrets)
}

/// 1050016: the button that takes the backup codes away.
pub(crate) fn disable_codes() -> Message {
    Message::info(1_050_016, "Disable this method")
}

/// 1050017: what stands above the secret of an authenticator app.
pub(crate) fn totp_secret_label() -> Message {
    Message::info(1_050_017, "No camera at hand? Type this secret into your authenticator app instead.")
}

/// 4050001: the flow was left open for too long.
pub(crate) fn expired(at: Time) -> Message {
    Message::error(4_050_001, "This settings page was open for too long. Please try again.").expired(at)
}

/// 4050002: at most one address can wait for its proof.
pub(crate) fn one_address_at_a_time() -> Message {
    Message::error(4_050_002, "Please change one address at a time: each has to be verified before it counts.")
}

/// 4010004: no enabled method could take the submission.
pub(crate) fn no_method() -> Message {
    Message::error(4_010_004, "None of the settings matches what was sent. Please check the form and try again.")
}

/// 1050012: the button that adds a security key.
pub(crate) fn add_security_key() -> Message {
    Message::info(1_050_012, "Add security key")
}

/// 1050013: the input of a security key's name.
pub(crate) fn security_key_name() -> Message {
    Message::info(1_050_013, "Name of the security key")
}

/// 1050018: the button that removes a security key.
pub(crate) fn remove_security_key(name: &str, added_at: Time) -> Message {
    Message::info(1_050_018, format!("Remove security key \"{name}\"")).about_key(name, added_at)
}

/// 1050019: the button that adds a passkey.
pub(crate) fn add_passkey() -> Message {
    Message::info(1_050_019, "Add passkey")
}

/// 1050020: the button that removes a passkey.
pub(crate) fn remove_passkey(name: &str, added_at: Time) -> Message {
    Message::info(1_050_020, format!("Remove passkey \"{name}\"")).about_key(name, added_at)
}

impl Message {
    fn about_key(self, name: &str, added_at: Time) -> Self {
        self.with("display_name", name)
            .with("added_at", added_at.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
            .with("added_at_unix", added_at.timestamp())
    }
}

/// 1050002: the button that links an account at a provider.
pub(crate) fn link(provider: &str) -> Message {
    Message::info(1_050_002, format!("Link {provider}")).with("provider", provider)
}

/// 1050003: the button that takes the link away.
pub(crate) fn unlink(provider: &str) -> Message {
    Message::info(1_050_003, format!("Unlink {provider}")).with("provider", provider)
}
