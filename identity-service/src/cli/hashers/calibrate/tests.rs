use std::time::Duration;

use super::Search;
use crate::config::Argon2;

fn cost(memory_kib: u32, iterations: u32) -> Argon2 {
    Argon2 {
        memory_kib,
        iterations,
        parallelism: 1,
        salt_length: 16,
        key_length: 32,
        expected_duration: Duration::ZERO,
        expected_deviation: Duration::ZERO,
        dedicated_memory: 0,
    }
}

/// What is found on a machine that takes so many nanoseconds for a KiB.
async fn found(search: Search, begin: Argon2, nanoseconds: u64) -> (u32, u32) {
    let measure = async |cost: &Argon2| {
        Ok(Duration::from_nanos(nanoseconds * u64::from(cost.memory_kib) * u64::from(cost.iterations)))
    };
    let found = search.run(begin, measure).await.unwrap();
    (found.memory_kib, found.iterations)
}

#[tokio::test]
async fn memory_comes_before_passes() {
    let search = Search { most_kib: 1 << 20, step_kib: 1 << 16, target: Duration::from_millis(500) };
    // The memory that fits the time: 7 steps take 459 ms, 8 take 524.
    assert_eq!(found(search, cost(1 << 16, 1), 1000).await, (7 << 16, 1));
    // A machine so quick that memory is not enough.
    assert_eq!(found(search, cost(1 << 16, 1), 100).await, (1 << 20, 4));
    // No more passes than there may be.
    assert_eq!(found(search, cost(1 << 16, 1), 1).await, (1 << 20, 10));
    // A slow one goes below the first step, and no lower than Argon2 goes.
    assert_eq!(found(search, cost(1 << 16, 3), 20_000).await, (1 << 14, 1));
    assert_eq!(found(search, cost(1 << 16, 1), 1_000_000_000).await, (8, 1));
}

#[test]
fn cheaper_ends_somewhere() {
    let search = Search { most_kib: 1 << 20, step_kib: 1000, target: Duration::ZERO };
    let mut now = cost(5000, 3);
    let mut steps = 0;
    while let Some(cheaper) = search.cheaper(&now) {
        assert!((cheaper.memory_kib, cheaper.iterations) < (now.memory_kib, now.iterations));
        now = cheaper;
        steps += 1;
        assert!(steps < 100);
    }
    assert_eq!((now.memory_kib, now.iterations), (8, 1));
}
