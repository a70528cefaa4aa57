use serde_json::json;
use shared_types::testing::{SeededEntropy, TestClock};
use shared_types::{id::IdentityId, time::Clock as _};

use super::{Outcome, account, for_scopes};
use crate::{
    config::ClaimRule,
    model::{
        identity::{Identity, IdentityState},
        traits::Traits,
    },
};

fn person() -> Identity {
    let now = TestClock::default().now();
    Identity {
        id: IdentityId::random(&SeededEntropy::new(1)),
        external_id: None,
        schema_id: "default".to_owned(),
        state: IdentityState::Active,
        state_changed_at: None,
        traits: Traits::from_value(json!({"email": "a@example.org", "role": "buyer", "permissions": ["read"]}))
            .unwrap(),
        verifiable_addresses: Vec::new(),
        recovery_addresses: Vec::new(),
        metadata_public: None,
        metadata_admin: Some(json!({"tier": 2})),
        factors: Vec::new(),
        created_at: now,
        updated_at: now,
        revision: 0,
    }
}

fn rule(scope: &str, name: &str, pointer: &str, tokens: (bool, bool)) -> ClaimRule {
    ClaimRule {
        scope: scope.to_owned(),
        claims: vec![(name.to_owned(), pointer.to_owned())],
        id_token: tokens.0,
        access_token: tokens.1,
    }
}

#[test]
fn granted_scopes_alone_yield_claims() {
    let rules = [
        rule("openid", "role", "/traits/role", (true, true)),
        rule("openid", "missing", "/traits/missing", (true, true)),
        rule("email", "email_verified", "/email_verified", (true, false)),
        rule("tier", "tier", "/metadata_admin/tier", (false, true)),
        rule("other", "secret", "/metadata_admin", (true, true)),
    ];
    let scopes = ["openid", "email", "tier"].map(str::to_owned);
    let claims = for_scopes(&person(), &rules, &scopes);
    assert_eq!(json!(claims.id_token), json!({"role": "buyer", "email_verified": false}));
    assert_eq!(json!(claims.access_token), json!({"role": "buyer", "tier": 2}));
}

#[test]
fn every_rule_is_accounted_for() {
    let rules = [
        rule("openid", "role", "/traits/role", (true, true)),
        rule("openid", "missing", "/traits/missing", (true, true)),
        rule("other", "secret", "/metadata_admin", (true, true)),
    ];
    let told: Vec<(usize, &str, Outcome)> = account(&person(), &rules, &["openid".to_owned()])
        .into_iter()
        .map(|line| (line.index, line.pointer, line.outcome))
        .collect();
    let expected = [
        (0, "/traits/role", Outcome::Value(json!("buyer"))),
        (1, "/traits/missing", Outcome::Nothing),
        (2, "/metadata_admin", Outcome::NotGranted),
    ];
    assert_eq!(told, expected);
}
