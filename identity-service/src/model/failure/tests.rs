use std::time::Duration;

use chrono::{TimeZone as _, Utc};

use super::{FREE_SIGN_INS, Failures};

#[test]
fn delays_grow_and_stop_growing() {
    let now = Utc.timestamp_opt(1_800_000_000, 0).unwrap();
    let mut failures = None;
    let mut waits = Vec::new();
    for _ in 0..30 {
        let next = Failures::after(failures, now, FREE_SIGN_INS);
        waits.push(next.wait(now));
        failures = Some(next);
    }
    assert_eq!(waits[..4], [None; 4]);
    assert_eq!(waits[4], Some(Duration::from_secs(1)));
    assert_eq!(waits[6], Some(Duration::from_secs(4)));
    assert_eq!(waits[29], Some(Duration::from_mins(15)));
}

#[test]
fn old_failures_are_forgotten() {
    let now = Utc.timestamp_opt(1_800_000_000, 0).unwrap();
    let old = Failures { count: 40, last_at: now, retry_at: now };
    let next = Failures::after(Some(old), now + chrono::Duration::days(2), FREE_SIGN_INS);
    assert_eq!(next.count, 1);
}
