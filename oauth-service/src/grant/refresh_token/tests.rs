use chrono::DateTime;
use shared_types::{
    entropy::SystemEntropy,
    id::{ClientId, GrantId},
    secret::{Digest, Digester},
};

use super::*;
use crate::model::token::{Granted, Used};

fn at(seconds: i64) -> Time {
    DateTime::from_timestamp(seconds, 0).unwrap()
}

fn digest() -> Digest {
    Digester::new(&[]).digest("t", "t")
}

fn token(used: Option<(i64, i64)>) -> RefreshToken {
    let grant_id = GrantId::random(&SystemEntropy);
    RefreshToken {
        digest: digest(),
        grant_id,
        granted: Granted {
            grant_id: Some(grant_id),
            client_id: ClientId::new("c"),
            subject: "s".into(),
            scope: vec![],
            audience: vec![],
            session: vec![],
        },
        access_digest: None,
        issued_at: at(0),
        expires_at: None,
        used: used.map(|(first, times)| Used { first_at: at(first), times }),
    }
}

fn rules(grace: i64, reuse_count: i64, now: i64) -> Rules {
    Rules { grace: chrono::Duration::seconds(grace), reuse_count, now: at(now) }
}

#[test]
fn strictly_every_second_use_is_reuse() {
    assert_eq!(rules(0, 0, 100).standing(&token(None)), Standing::Fresh);
    assert_eq!(rules(0, 0, 100).standing(&token(Some((100, 1)))), Standing::Reused);
}

#[test]
fn a_grace_period_ends() {
    assert_eq!(rules(60, 0, 160).standing(&token(Some((100, 9)))), Standing::InGrace);
    assert_eq!(rules(60, 0, 161).standing(&token(Some((100, 1)))), Standing::Reused);
}

#[test]
fn a_count_ends_before_the_period_does() {
    assert_eq!(rules(60, 2, 110).standing(&token(Some((100, 1)))), Standing::InGrace);
    assert_eq!(rules(60, 2, 110).standing(&token(Some((100, 2)))), Standing::InGrace);
    assert_eq!(rules(60, 2, 110).standing(&token(Some((100, 3)))), Standing::Reused);
}
