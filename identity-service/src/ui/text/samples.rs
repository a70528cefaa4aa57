//! Every message there is, for tests that look at all of them.

use serde_json::json;
use shared_types::time::Time;

use super::{Message, label, login, recovery, registration, settings, validation, verification};

/// One of each, with several of everything that is counted.
pub(crate) fn all(at: Time) -> Vec<Message> {
    [
        labels(),
        logins(at),
        registrations(at),
        recoveries(at),
        of_settings(at),
        validations(),
        figures(),
        verifications(at),
    ]
    .concat()
}

fn labels() -> Vec<Message> {
    vec![
        label::password(),
        label::generated("Company", "traits.company"),
        label::identifier(),
        label::email(),
        label::resend_code(),
        label::continue_on(),
        label::verification_code(),
        label::save(),
        label::verify_authenticator_code(),
        label::recovery_code(),
        label::registration_code(),
        label::login_code(),
        label::recovery_address(),
        label::phone(),
        label::email_or_phone(),
        label::masked_address("ad***@example.org"),
    ]
}

fn logins(at: Time) -> Vec<Message> {
    let collision = login::Collision {
        identifier: "ada@example.org",
        provider: "Example",
        login_url: "https://id.example.org/login",
        credential_types: &["password".to_owned()],
        providers: &[],
    };
    vec![
        login::sign_in(),
        login::reauthenticate(),
        login::sign_in_with_password(),
        login::expired(at),
        login::no_method(),
        login::already_completed(),
        login::account_disabled(),
        login::second_factor(),
        login::totp_code(),
        login::backup_code(),
        login::use_authenticator(),
        login::use_backup_code(),
        login::code_sent(),
        login::send_code(),
        login::send_code_to("ad***@example.org", "email"),
        login::code_sent_again(),
        login::code_invalid(),
        login::address_unknown(),
        login::use_security_key(),
        login::prepare_security_key(),
        login::continue_with_key(),
        login::use_passkey(),
        login::sign_in_with("Example", "example"),
        login::link_to_existing(collision),
        login::sign_in_and_link(),
        login::confirm_with("Example"),
        login::another_account(),
    ]
}

fn registrations(at: Time) -> Vec<Message> {
    vec![
        registration::sign_up(),
        registration::back(),
        registration::choose_credential(),
        registration::no_method(),
        registration::expired(at),
        registration::already_completed(),
        registration::code_sent(),
        registration::send_code(),
        registration::code_invalid(),
        registration::use_security_key(),
        registration::use_passkey(),
        registration::sign_up_with("Example", "example"),
        registration::continue_on(),
    ]
}

fn recoveries(at: Time) -> Vec<Message> {
    vec![
        recovery::recovered(at),
        recovery::link_sent(),
        recovery::code_sent(),
        recovery::code_sent_to("ad***@example.org"),
        recovery::write_out_address(),
        recovery::choose_address(),
        recovery::back(),
        recovery::already_recovered(),
        recovery::link_invalid(),
        recovery::expired(at),
        recovery::code_invalid(),
        recovery::no_method(),
    ]
}

fn of_settings(at: Time) -> Vec<Message> {
    vec![
        settings::saved(),
        settings::unlink_totp(),
        settings::totp_qr(),
        settings::totp_secret("ABCD"),
        settings::reveal_codes(),
        settings::regenerate_codes(),
        settings::code("abcd"),
        settings::codes_label(),
        settings::confirm_codes(),
        settings::used_code(at),
        settings::codes(&[settings::code("abcd")]),
        settings::disable_codes(),
        settings::totp_secret_label(),
        settings::expired(at),
        settings::one_address_at_a_time(),
        settings::no_method(),
        settings::add_security_key(),
        settings::security_key_name(),
        settings::remove_security_key("Blue key", at),
        settings::add_passkey(),
        settings::remove_passkey("Phone", at),
        settings::link("Example"),
        settings::unlink("Example"),
    ]
}

fn validations() -> Vec<Message> {
    vec![
        validation::generic("Something of its own."),
        validation::required("email"),
        validation::pattern("^[a-z]+$"),
        validation::wrong_credentials(),
        validation::duplicate_identifier(),
        validation::duplicate_with_hints("ada@example.org", &[], &[]),
        validation::no_identifier(),
        validation::address_not_verified(),
        validation::constant(&json!(true)),
        validation::constant(&json!([])),
        validation::password_similar(),
        validation::password_breached(7),
        validation::email_format("ada"),
        validation::phone_format("ada"),
        validation::totp_invalid(),
        validation::no_totp(),
        validation::backup_code_used(),
        validation::no_backup_codes(),
        validation::backup_code_invalid(),
        validation::traits_changed(),
        validation::no_sign_in_method(),
        validation::password_unchanged(),
        validation::no_security_key(),
        validation::no_security_key_user(),
        validation::key_invalid(),
        validation::duplicate_link(),
    ]
}

fn figures() -> Vec<Message> {
    vec![
        validation::too_short(3, 2),
        validation::too_long(30, 31),
        validation::minimum(&json!(3), &json!(2)),
        validation::maximum(&json!(3), &json!(4)),
        validation::exclusive_minimum(&json!(3), &json!(3)),
        validation::exclusive_maximum(&json!(3), &json!(3)),
        validation::multiple_of(&json!(3), &json!(4)),
        validation::max_items(3, 4),
        validation::min_items(3, 2),
        validation::unique_items(1, 2),
        validation::wrong_type(&["string".to_owned(), "null".to_owned()], "number"),
        validation::password_short(8, 5),
        validation::password_long(72, 80),
    ]
}

fn verifications(at: Time) -> Vec<Message> {
    vec![
        verification::link_sent(),
        verification::email_verified(),
        verification::code_sent(),
        verification::link_invalid(),
        verification::already_verified(),
        verification::expired(at),
        verification::code_invalid(),
        verification::no_method(),
        verification::code_sent_by_phone(),
        verification::phone_verified(),
    ]
}
