use proptest::prelude::*;

use super::*;

#[test]
fn a_reason_follows_the_meaning() {
    let error = OAuthError::new(OAuthCode::InvalidScope).because("The scope \"a\" is not allowed.");
    assert_eq!(
        error.description(),
        "A requested scope is unknown, malformed or not allowed to the client. The scope 'a' is not allowed."
    );
}

#[test]
fn the_cause_is_kept_and_not_told() {
    let error = OAuthError::new(OAuthCode::ServerError).caused_by("the disk is full");
    assert!(Error::source(&error).is_some());
    assert!(!error.description().contains("disk"));
}

#[test]
fn a_busy_database_asks_to_come_again() {
    assert_eq!(OAuthError::from(db::Error::Busy).code, OAuthCode::TemporarilyUnavailable);
}

proptest! {
    #[test]
    fn a_description_has_only_the_allowed_characters(text in ".*") {
        let safe = safe_description(&text);
        prop_assert!(safe.bytes().all(|b| matches!(b, 0x20..=0x21 | 0x23..=0x5b | 0x5d..=0x7e)));
    }
}
