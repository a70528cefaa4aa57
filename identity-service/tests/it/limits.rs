//! Quotas and the delay after failed sign-ins.

use chrono::Duration;
use serde_json::{Value, json};
use shared_types::on_both;

use crate::world::{Answer, PASSWORD, World, send};

async fn try_to_sign_in(world: &World, password: &str) -> Answer {
    let flow = send(world.public("GET", "/self-service/login/api")).await;
    let action = flow.body["ui"]["action"].as_str().unwrap().to_owned();
    let body = json!({"method": "password", "identifier": "ada@example.org", "password": password});
    send(world.client.post(action).json(&body)).await
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
