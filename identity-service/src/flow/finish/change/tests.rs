use serde_json::{Value, json};
use shared_types::{
    id::{CredentialId, IdentityId, Uuid},
    time::from_numeric_date,
};

use super::*;

fn credential(kind: CredentialType, config: Value) -> Credential {
    let at = from_numeric_date(0.0).unwrap();
    Credential {
        id: CredentialId::from_uuid(Uuid::nil()),
        identity_id: IdentityId::from_uuid(Uuid::nil()),
        kind,
        identifiers: Vec::new(),
        config,
        version: 0,
        created_at: at,
        updated_at: at,
    }
}

#[test]
fn each_credential_has_an_event_of_its_own() {
    use CredentialType as T;
    let password = |hash: &str| credential(T::Password, json!({"hashed_password": hash}));
    let keys = |count: usize| credential(T::WebAuthn, json!({"credentials": vec![json!({}); count]}));
    let totp = credential(T::Totp, json!({"totp_url": "otpauth://x"}));
    let cases = [
        (vec![password("a")], vec![password("a")], vec![]),
        (vec![password("a")], vec![password("b")], vec![("CredentialChanged", T::Password)]),
        (vec![password("a")], vec![password("a"), totp.clone()], vec![("CredentialAdded", T::Totp)]),
        (vec![password("a"), totp], vec![password("a")], vec![("CredentialRemoved", T::Totp)]),
        (vec![keys(1)], vec![keys(2)], vec![("CredentialAdded", T::WebAuthn)]),
        (vec![keys(2)], vec![keys(1)], vec![("CredentialRemoved", T::WebAuthn)]),
        (vec![keys(1)], vec![], vec![("CredentialRemoved", T::WebAuthn)]),
    ];
    for (before, after, expected) in cases {
        assert_eq!(changes(&before, &after), expected);
    }
}
