//! ID tokens that programs got for themselves and hand in (contract §4.7): Google, Apple, NetID.

use serde_json::{Value, json};
use shared_types::{on_both, time::Clock as _};

use super::{Internet, World, openid, world};
use crate::self_service::world::{messages, parts};

const NONCE: &str = "a nonce of the program";

/// Hands a token in.
async fn hand_in(world: &World, provider: &str, token: &str, nonce: Option<&str>) -> (u16, Value) {
    let program = world.program();
    let flow = program.begin("/self-service/login/api").await;
    let mut fields = json!({"method": "oidc", "provider": provider, "id_token": token});
    if let Some(nonce) = nonce {
        fields["id_token_nonce"] = json!(nonce);
    }
    parts(program.submit(&flow, fields).await).await
}

/// The claims of a provider's tokens.
#[expect(clippy::needless_pass_by_value, reason = "it is written where it is called")]
fn claims(provider: &str, over: Value) -> Value {
    let issuer = match provider {
        "google" => "https://accounts.google.com",
        "apple" => "https://appleid.apple.com",
        _ => "https://broker.netid.de/",
    };
    let mut claims = json!({"iss": issuer, "sub": "native-1", "nonce": NONCE, "email": "anna@example.org"});
    crate::world::merge(&mut claims, &over);
    claims
}

/// What a program hands in. NetID's is none of ours: it is exchanged for one.
fn shown(internet: &Internet, provider: &str, over: Value) -> String {
    let token = internet.token(&claims(provider, over));
    if provider == "netid" {
        internet.answers("broker.netid.de/token", json!({"id_token": token}));
        return "a token of the browser".to_owned();
    }
    token
}

async fn begin(dsn: &str) -> (World, Internet) {
    let mut cases = vec![openid::google(), openid::apple(), openid::netid()];
    for case in &mut cases {
        case.provider["additional_id_token_audiences"] = json!(["portico-app"]);
    }
    world(dsn, &cases).await
}

on_both! {
    async fn an_id_token_of_ones_own_signs_in(dsn: String) {
        let (world, internet) = begin(&dsn).await;
        for provider in ["google", "apple", "netid"] {
            let token = shown(&internet, provider, json!({}));
            let (status, first) = hand_in(&world, provider, &token, Some(NONCE)).await;
            assert_eq!(status, 200, "{provider}: {first}");
            assert!(first["session_token"].is_string(), "{provider}: {first}");
            let method = &first["session"]["authentication_methods"][0];
            assert_eq!((&method["method"], &method["provider"]), (&json!("oidc"), &json!(provider)));
            // Made for another client that stands for ours; the same person.
            let token = shown(&internet, provider, json!({"aud": "portico-app"}));
            let (status, again) = hand_in(&world, provider, &token, Some(NONCE)).await;
            assert_eq!((status, &again["session"]["identity"]["id"]), (200, &first["session"]["identity"]["id"]), "{provider}");
        }
        let asked = internet.asked();
        let swap = asked.iter().find(|one| one["ask"] == "POST https://broker.netid.de/token").unwrap();
        assert_eq!(swap["origin"], "https://www.example.org");
        assert_eq!(swap["body"], json!({"grant_type": "netid_fedcm", "fedcm_token": "a token of the browser"}));
        world.stop().await;
    }
}

on_both! {
    async fn a_token_that_is_not_for_us_signs_nobody_in(dsn: String) {
        let (world, internet) = begin(&dsn).await;
        let now = world.clock.now().timestamp();
        let wrong = [
            ("audience", json!({"aud": "somebody else"})),
            ("several audiences", json!({"aud": ["portico", "somebody else"]})),
            ("party", json!({"azp": "somebody else"})),
            ("issuer", json!({"iss": "https://evil.example.org"})),
            ("expired", json!({"exp": now - 120})),
            ("not yet valid", json!({"iat": now + 300})),
            ("nonce", json!({"nonce": "another"})),
            ("unsigned", json!({"alg": "none"})),
            ("subject", json!({"sub": null})),
        ];
        for provider in ["google", "apple", "netid"] {
            for (what, over) in &wrong {
                let token = shown(&internet, provider, over.clone());
                let (status, body) = hand_in(&world, provider, &token, Some(NONCE)).await;
                assert_eq!((status, messages(&body)), (400, vec![4_000_001]), "{provider}, {what}: {body}");
            }
            let good = shown(&internet, provider, json!({}));
            let (status, body) = hand_in(&world, provider, &good, None).await;
            assert_eq!((status, messages(&body)), (400, vec![4_000_001]), "{provider}, no nonce: {body}");
        }
        // Changed after it was signed, and signed by somebody else.
        let good = internet.token(&claims("google", json!({})));
        let (signed, _) = good.rsplit_once('.').unwrap();
        let foreign = Internet::start(&["accounts.google.com"]);
        foreign.signs(Some(NONCE), now);
        let foreign = foreign.token(&claims("google", json!({})));
        for token in [format!("{signed}.AAAA"), format!("{signed}."), foreign, "a.b.c".to_owned(), "nothing".to_owned()] {
            let (status, body) = hand_in(&world, "google", &token, Some(NONCE)).await;
            assert_eq!((status, messages(&body)), (400, vec![4_000_001]), "{token}: {body}");
        }
        world.stop().await;
    }
}

on_both! {
    async fn a_token_may_lack_a_nonce_where_its_provider_cannot_put_one_in(dsn: String) {
        let (world, internet) = begin(&dsn).await;
        let cases = [
            ("google", json!({"nonce": null}), 200),
            ("apple", json!({"nonce": null, "nonce_supported": false}), 200),
            ("apple", json!({"nonce": null, "nonce_supported": true}), 400),
            ("netid", json!({"nonce": null}), 400),
        ];
        for (provider, over, expected) in cases {
            let token = shown(&internet, provider, over.clone());
            let (status, body) = hand_in(&world, provider, &token, None).await;
            assert_eq!(status, expected, "{provider} {over}: {body}");
        }
        world.stop().await;
    }
}
