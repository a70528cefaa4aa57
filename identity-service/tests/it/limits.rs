//! Quotas and the delay after failed sign-ins.

use chrono::Duration;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::world::{Answer, PASSWORD, World, send};

/// One try from an address; the service believes the proxy in between.
async fn try_from(world: &World, address: &str, password: &str) -> Answer {
    let flow = send(world.public("GET", "/self-service/login/api")).await;
    let action = flow.body["ui"]["action"].as_str().unwrap().to_owned();
    let body = json!({"method": "password", "identifier": "ada@example.org", "password": password});
    send(world.client.post(action).header("x-forwarded-for", address).json(&body)).await
}

async fn try_to_sign_in(world: &World, password: &str) -> Answer {
    try_from(world, "192.0.2.1", password).await
}

on_both! {
    async fn a_quota_answers_429_and_when_to_come_again(dsn: String) {
        let over = json!({"rate_limit": {"enabled": true, "rules": [{"action": "login", "per_second": 0.01, "burst": 2}]}});
        let world = World::with(&dsn, over).await;
        let mut statuses = Vec::new();
        let mut last = None;
        for _ in 0..4 {
            let answer = try_to_sign_in(&world, "wrong password").await;
            statuses.push(answer.status);
            last = Some(answer);
        }
        let last = last.unwrap();
        assert_eq!((&statuses[..2], last.status), (&[400, 400][..], 429), "{statuses:?}");
        assert!(last.header("retry-after").parse::<u64>().unwrap() > 10);
        world.stop().await;
    }
}

on_both! {
    async fn failures_delay_the_account_and_only_for_a_while(dsn: String) {
        let world = World::start(&dsn).await;
        world.person("ada@example.org").await;
        let mut waited = false;
        for _ in 0..8 {
            waited |= try_to_sign_in(&world, "wrong password").await.status == 429;
        }
        assert!(waited, "the account was never delayed");
        // The right password does not get through either, or the delay would tell it from wrong ones.
        assert_eq!(try_to_sign_in(&world, PASSWORD).await.status, 429);
        world.clock.advance(Duration::minutes(16));
        let answer = try_to_sign_in(&world, PASSWORD).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_ne!(answer.body["session_token"], Value::Null);
        world.stop().await;
    }
}

on_both! {
    async fn nobody_is_locked_out_from_where_he_signs_in(dsn: String) {
        let world = World::with(&dsn, json!({"trusted_proxies": ["127.0.0.1/32"]})).await;
        world.person("ada@example.org").await;
        let (home, elsewhere) = ("192.0.2.1", "198.51.100.7");
        assert_eq!(try_from(&world, home, PASSWORD).await.status, 200);
        for _ in 0..8 {
            try_from(&world, elsewhere, "wrong password").await;
        }
        assert_eq!(try_from(&world, elsewhere, PASSWORD).await.status, 429);
        assert_eq!(try_from(&world, "203.0.113.9", PASSWORD).await.status, 429);
        assert_eq!(try_from(&world, home, PASSWORD).await.status, 200);
        // Even there, guessing is slowed down.
        let mut waited = false;
        for _ in 0..8 {
            waited |= try_from(&world, home, "wrong password").await.status == 429;
        }
        assert!(waited);
        world.stop().await;
    }
}
