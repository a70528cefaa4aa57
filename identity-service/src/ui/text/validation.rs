//! What a person has to mend in what he entered (4000000–4000046).

use serde_json::Value;

use super::Message;

/// What somebody sent is repeated up to this many characters: messages are stored with their form.
const REPEATED: usize = 256;

fn shortened(text: &str) -> &str {
    text.char_indices().nth(REPEATED).and_then(|(end, _)| text.get(..end)).unwrap_or(text)
}

/// 4000001: a reason that has no number of its own.
pub(crate) fn generic(reason: &str) -> Message {
    let reason = shortened(reason);
    Message::error(4_000_001, reason).with("reason", reason)
}

/// 4000002: a property is missing.
pub(crate) fn required(property: &str) -> Message {
    let property = shortened(property);
    Message::error(4_000_002, format!("Property {property} is missing.")).with("property", property)
}

/// 4000003: a text is too short.
pub(crate) fn too_short(min: u64, actual: u64) -> Message {
    Message::error(4_000_003, format!("At least {min} characters are needed, but there are {actual}."))
        .with("min_length", min)
        .with("actual_length", actual)
}

/// 4000017: a text is too long.
pub(crate) fn too_long(max: u64, actual: u64) -> Message {
    Message::error(4_000_017, format!("At most {max} characters are possible, but there are {actual}."))
        .with("max_length", max)
        .with("actual_length", actual)
}

/// 4000004: a text has another form than the pattern asks for.
pub(crate) fn pattern(pattern: &str) -> Message {
    Message::error(4_000_004, format!("This does not match the pattern {pattern:?}.")).with("pattern", pattern)
}

/// 4000006: unknown identifier or wrong password; which of them is not said.
pub(crate) fn wrong_credentials() -> Message {
    Message::error(
        4_000_006,
        "The provided credentials are invalid. Check for spelling mistakes in the identifier and the password.",
    )
}

/// 4000007: the identifier belongs to another account.
pub(crate) fn duplicate_identifier() -> Message {
    Message::error(4_000_007, "An account with the same identifier exists already.")
}

/// 4000028: the same, with what the owner of the account signs in with.
pub(crate) fn duplicate_with_hints(identifier: &str, kinds: &[String], providers: &[String]) -> Message {
    let mut ways: Vec<&str> = kinds.iter().map(String::as_str).filter(|kind| *kind != "oidc").collect();
    ways.extend(providers.iter().map(String::as_str));
    let ways = if ways.is_empty() { String::new() } else { format!(" Its owner signs in with: {}.", ways.join(", ")) };
    Message::error(4_000_028, format!("An account with {identifier} exists already.{ways}"))
        .with("available_credential_types", kinds)
        .with("available_oidc_providers", providers)
        .with("credential_identifier_hint", identifier)
}

/// 4000009: the traits hold nothing that one could sign in with.
pub(crate) fn no_identifier() -> Message {
    Message::error(4_000_009, "There is nothing to sign in with: please fill in at least one identifier.")
}

/// 4000010: signing in waits for a verified address (the legacy form of that answer).
pub(crate) fn address_not_verified() -> Message {
    Message::error(4_000_010, "The account is not active yet. Please verify your address first.")
}

/// 4000018: a number below its bound.
pub(crate) fn minimum(bound: &Value, actual: &Value) -> Message {
    Message::error(4_000_018, format!("This must be at least {bound}, but is {actual}."))
        .with("minimum", bound.clone())
        .with("actual", actual.clone())
}

/// 4000020: a number above its bound.
pub(crate) fn maximum(bound: &Value, actual: &Value) -> Message {
    Message::error(4_000_020, format!("This must be at most {bound}, but is {actual}."))
        .with("maximum", bound.clone())
        .with("actual", actual.clone())
}

/// 4000019: a number not above its bound.
pub(crate) fn exclusive_minimum(bound: &Value, actual: &Value) -> Message {
    Message::error(4_000_019, format!("This must be more than {bound}, but is {actual}."))
        .with("minimum", bound.clone())
        .with("actual", actual.clone())
}

/// 4000021: a number not below its bound.
pub(crate) fn exclusive_maximum(bound: &Value, actual: &Value) -> Message {
    Message::error(4_000_021, format!("This must be less than {bound}, but is {actual}."))
        .with("maximum", bound.clone())
        .with("actual", actual.clone())
}

/// 4000022: a number that is not a multiple.
pub(crate) fn multiple_of(base: &Value, actual: &Value) -> Message {
    Message::error(4_000_022, format!("This must be a multiple of {base}, but is {actual}."))
        .with("base", base.clone())
        .with("actual", actual.clone())
}

/// 4000023: a list with too many items.
pub(crate) fn max_items(max: u64, actual: u64) -> Message {
    Message::error(4_000_023, format!("At most {max} items are possible, but there are {actual}."))
        .with("max_items", max)
        .with("actual_items", actual)
}

/// 4000024: a list with too few items.
pub(crate) fn min_items(min: u64, actual: u64) -> Message {
    Message::error(4_000_024, format!("At least {min} items are needed, but there are {actual}."))
        .with("min_items", min)
        .with("actual_items", actual)
}

/// 4000025: a list that names something twice.
pub(crate) fn unique_items(first: u64, second: u64) -> Message {
    Message::error(4_000_025, format!("Items {first} and {second} are the same."))
        .with("index_a", first)
        .with("index_b", second)
}

/// 4000026: a value of another type.
pub(crate) fn wrong_type(allowed: &[String], actual: &str) -> Message {
    Message::error(4_000_026, format!("This must be {}, but is {actual}.", allowed.join(" or ")))
        .with("allowed_types", allowed.to_vec())
        .with("actual_type", actual)
}

/// 4000029: a value other than the one possible.
pub(crate) fn constant(expected: &Value) -> Message {
    match expected {
        Value::Array(_) | Value::Object(_) => Message::error(4_000_030, "This must be the value the schema asks for."),
        _ => Message::error(4_000_029, format!("This must be {expected}.")).with("expected", expected.clone()),
    }
}

/// 4000031: a password too near to an identifier.
pub(crate) fn password_similar() -> Message {
    Message::error(4_000_031, "The password is too similar to the identifier.")
}

/// 4000032: a password too short.
pub(crate) fn password_short(min: u64, actual: u64) -> Message {
    Message::error(4_000_032, format!("The password must have at least {min} characters, but has {actual}."))
        .with("min_length", min)
        .with("actual_length", actual)
}

/// 4000033: a password longer than the hash takes.
pub(crate) fn password_long(max: u64, actual: u64) -> Message {
    Message::error(4_000_033, format!("The password must have at most {max} characters, but has {actual}."))
        .with("max_length", max)
        .with("actual_length", actual)
}

/// 4000034: a password known from breaches.
pub(crate) fn password_breached(breaches: u64) -> Message {
    Message::error(4_000_034, "The password has been found in data breaches and must no longer be used.")
        .with("breaches", breaches)
}

/// 4000040: a text that is no e-mail address.
pub(crate) fn email_format(value: &str) -> Message {
    let value = shortened(value);
    Message::error(4_000_040, format!("{value:?} is not a valid email address.")).with("value", value)
}

/// 4000041: a text that is no phone number.
pub(crate) fn phone_format(value: &str) -> Message {
    let value = shortened(value);
    Message::error(4_000_041, format!("{value:?} is not a valid phone number.")).with("value", value)
}

/// 4000008: the code of the authenticator app is wrong.
pub(crate) fn totp_invalid() -> Message {
    Message::error(4_000_008, "This authentication code is wrong. Please try again.")
}

/// 4000011: there is no authenticator app.
pub(crate) fn no_totp() -> Message {
    Message::error(4_000_011, "This account has no authenticator app.")
}

/// 4000012: the backup code was used before.
pub(crate) fn backup_code_used() -> Message {
    Message::error(4_000_012, "This backup code was used before. Please take another.")
}

/// 4000014: there are no backup codes.
pub(crate) fn no_backup_codes() -> Message {
    Message::error(4_000_014, "This account has no backup codes.")
}

/// 4000016: the backup code is wrong.
pub(crate) fn backup_code_invalid() -> Message {
    Message::error(4_000_016, "This backup code is wrong.")
}

/// 4000036: what is submitted is not what the code was asked for.
pub(crate) fn traits_changed() -> Message {
    Message::error(4_000_036, "What you entered has changed since the code was sent. Please start again.")
}

/// 4000037: nobody signs in with that identifier.
pub(crate) fn no_sign_in_method() -> Message {
    Message::error(4_000_037, "There is no account with that identifier, or it has no way to sign in.")
}

/// 4000039: the new password is the old one.
pub(crate) fn password_unchanged() -> Message {
    Message::error(4_000_039, "The new password must differ from the old one.")
}

/// 4000013: no security key is set up.
pub(crate) fn no_security_key() -> Message {
    Message::error(4_000_013, "This account has no security key that could be used here.")
}

/// 4000015: nobody signs in with a security key by that identifier.
pub(crate) fn no_security_key_user() -> Message {
    Message::error(4_000_015, "No account that signs in with a security key was found by this name.")
}

/// 4000043: the security key or passkey did not prove anything.
pub(crate) fn key_invalid() -> Message {
    Message::error(4_000_043, "The security key or passkey could not be confirmed. Please try again.")
}

/// 4000027: the account at the provider is linked to somebody already.
pub(crate) fn duplicate_link() -> Message {
    Message::error(4_000_027, "This account at the provider is linked to an account here already.")
}
