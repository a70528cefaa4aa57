use serde_json::{Value, json};
use shared_types::{
    entropy::SystemEntropy,
    id::{CredentialId, IdentityId},
    time::{Clock as _, SystemClock},
};

use super::{Credential, CredentialType, Factor, factors};
use crate::model::session::Aal;

fn credential(kind: CredentialType, config: Value) -> Credential {
    let now = SystemClock.now();
    Credential {
        id: CredentialId::ordered(now, &SystemEntropy),
        identity_id: IdentityId::random(&SystemEntropy),
        kind,
        identifiers: Vec::new(),
        config,
        version: 1,
        created_at: now,
        updated_at: now,
    }
}

#[test]
fn credentials_are_worth_what_they_hold() {
    use CredentialType::{Code, LookupSecret, Oidc, Passkey, Password, Saml, Totp, WebAuthn};
    let key = |alone: bool| json!({"id": "a", "public_key": "b", "is_passwordless": alone});
    let cases = [
        (Password, json!({"hashed_password": "$2b$.."}), vec![Aal::Aal1]),
        (Password, json!({"hashed_password": ""}), vec![]),
        (Password, json!({"use_password_migration_hook": true}), vec![Aal::Aal1]),
        (Oidc, json!({"providers": [{"provider": "p", "subject": "s"}]}), vec![Aal::Aal1]),
        (Oidc, json!({"providers": []}), vec![]),
        (Saml, json!({"providers": [{"provider": "p", "subject": "s"}]}), vec![]),
        (Totp, json!({"totp_url": "sealed"}), vec![Aal::Aal2]),
        (LookupSecret, json!({"recovery_codes": [{"code": "a"}]}), vec![Aal::Aal2]),
        (LookupSecret, json!({"recovery_codes": []}), vec![]),
        (WebAuthn, json!({"credentials": [key(true)]}), vec![Aal::Aal1]),
        (WebAuthn, json!({"credentials": [key(false)]}), vec![Aal::Aal2]),
        (WebAuthn, json!({"credentials": [key(false), key(true)]}), vec![Aal::Aal1, Aal::Aal2]),
        (Passkey, json!({"credentials": [key(true)]}), vec![Aal::Aal1]),
        (Code, json!({"addresses": [{"channel": "email", "address": "a@b.c"}]}), vec![Aal::Aal1, Aal::Aal2]),
        (Code, json!({}), vec![]),
    ];
    for (kind, config, levels) in cases {
        let expected: Vec<Factor> = levels.into_iter().map(|aal| Factor { kind, aal }).collect();
        assert_eq!(factors(&[credential(kind, config.clone())]), expected, "{kind}: {config}");
    }
}
