//! Contents as Kratos stores them, and as they are kept here.

use serde_json::{Value, json};
use shared_types::{
    id::Uuid,
    time::{Clock as _, SystemClock},
};

use super::{Ciphers, convert};
use crate::{model::credential::CredentialType, store::kratos::Held};

const OWNER: &str = "0c8e5a52-3f0e-4a0b-8b61-4b8d9a0c1f11";

fn held(kind: CredentialType, config: Value) -> Held {
    let now = SystemClock.now();
    Held {
        id: Uuid::nil(),
        kind: kind.to_string(),
        identifiers: vec!["ada@acme.example".to_owned()],
        config,
        version: 0,
        created_at: now,
        updated_at: now,
    }
}

fn converted(kind: CredentialType, config: Value) -> super::Converted {
    convert(kind, Uuid::parse_str(OWNER).unwrap(), &held(kind, config), &Ciphers::default())
}

#[test]
fn passwords_keep_their_hash_when_it_can_be_compared_with() {
    let good = "$2a$04$CtwI1FCp/tOO35OnhkmmN.s9n5iTFP7t9LFEihaS1wQ5bV.4N3JmK";
    let kept = converted(CredentialType::Password, json!({ "hashed_password": good }));
    assert_eq!(kept.config, json!({ "hashed_password": good }));
    let unknown = converted(CredentialType::Password, json!({ "hashed_password": "$unknown$x" }));
    assert!(unknown.lost.unwrap().contains("of no known kind"));
    let elsewhere = json!({ "hashed_password": "", "use_password_migration_hook": true });
    let elsewhere = converted(CredentialType::Password, elsewhere);
    assert_eq!(elsewhere.config, json!({ "use_password_migration_hook": true }));
    assert_eq!(converted(CredentialType::Password, json!({})).config, json!({}));
}

#[test]
fn codes_without_addresses_go_to_the_identifiers() {
    let old = converted(CredentialType::Code, json!({ "address_type": "email      ", "used_at": null }));
    assert_eq!(old.config, json!({ "addresses": [{ "channel": "email", "address": "ada@acme.example" }] }));
    let listed = json!({ "addresses": [{ "channel": "sms", "address": "+49 151 2345 6789" }, { "channel": "fax", "address": "1" }] });
    let listed = converted(CredentialType::Code, listed);
    assert_eq!(listed.config, json!({ "addresses": [{ "channel": "sms", "address": "+4915123456789" }] }));
}

#[test]
fn keys_may_have_nulls_and_no_handle() {
    let key = json!({
        "id": "AQI=", "public_key": "AwQ=", "attestation_type": "none", "display_name": "a key", "is_passwordless": false,
        "added_at": "2026-01-02T03:04:05Z", "authenticator": { "aaguid": null, "sign_count": 3, "clone_warning": false },
    });
    let kept = converted(CredentialType::WebAuthn, json!({ "credentials": [key], "user_handle": null }));
    assert_eq!(kept.lost, None);
    assert_eq!(kept.config["user_handle"], "DI5aUj8OSguLYUuNmgwfEQ==");
    assert_eq!(kept.config["credentials"][0]["authenticator"]["sign_count"], 3);
    assert_eq!(
        converted(CredentialType::WebAuthn, json!({ "credentials": null, "user_handle": "" })).config,
        json!({})
    );
}

#[test]
fn backup_codes_know_which_were_used() {
    let codes = json!({ "recovery_codes": [
        { "code": "aaaaaaaa", "used_at": "0001-01-01T00:00:00Z" }, { "code": "bbbbbbbb", "used_at": null },
        { "code": "cccccccc", "used_at": "2026-01-02T03:04:05Z" },
    ]});
    let kept = converted(CredentialType::LookupSecret, codes);
    assert_eq!(kept.config["recovery_codes"][0], json!({ "code": "aaaaaaaa" }));
    assert_eq!(kept.config["recovery_codes"][1], json!({ "code": "bbbbbbbb" }));
    assert_eq!(kept.config["recovery_codes"][2]["used_at"], "2026-01-02T03:04:05Z");
    assert!(converted(CredentialType::Totp, json!({ "totp_url": "nonsense" })).lost.is_some());
}

#[test]
fn links_stay_though_their_tokens_cannot_be_read() {
    let link = json!({ "providers": [
        { "subject": "s", "provider": "p", "initial_id_token": "746f6b656e", "initial_access_token": "00ff", "initial_refresh_token": "" },
    ]});
    let kept = converted(CredentialType::Oidc, link);
    assert_eq!(kept.config["providers"][0]["initial_id_token"], "token");
    assert_eq!(kept.config["providers"][0]["initial_access_token"], "");
    assert_eq!(kept.remarks.len(), 1);
}
