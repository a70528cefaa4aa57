use std::{sync::Arc, time::Duration};

use shared_types::entropy::SystemEntropy;

use super::{Load, load, probe};
use crate::{
    config::{Argon2, HashAlgorithm, Hashers},
    hash::Hasher,
};

fn cost() -> Argon2 {
    Argon2 {
        memory_kib: 64,
        iterations: 1,
        parallelism: 1,
        salt_length: 16,
        key_length: 32,
        expected_duration: Duration::from_millis(100),
        expected_deviation: Duration::from_millis(20),
        dedicated_memory: 1 << 30,
    }
}

fn of(milliseconds: &[u64], refused: usize) -> Load {
    let mut times: Vec<Duration> = milliseconds.iter().map(|time| Duration::from_millis(*time)).collect();
    Load::of(&mut times, refused, Duration::from_secs(20))
}

#[test]
fn figures_are_those_of_statistics() {
    let load = of(&[9, 2, 4, 4, 5, 4, 7, 5], 0);
    let ms = Duration::from_millis;
    assert_eq!((load.median, load.deviation, load.shortest, load.longest), (ms(5), ms(2), ms(2), ms(9)));
}

#[test]
fn what_a_user_would_notice_is_complained_of() {
    assert_eq!(of(&[90, 100, 110], 0).complaint(&cost()), None);
    for (load, told) in [
        (of(&[90, 100, 110], 1), "refused"),
        (of(&[90, 100, 121], 0), "longest took 121ms"),
        (of(&[10, 100, 110], 0), "differ by"),
    ] {
        let complaint = load.complaint(&cost()).unwrap_or_default();
        assert!(complaint.contains(told), "{complaint}");
    }
}

#[tokio::test]
async fn hashes_are_measured() {
    let config = Hashers { algorithm: HashAlgorithm::Argon2, bcrypt_cost: 4, argon2: cost() };
    let hasher = Hasher::start(&config, Arc::new(SystemEntropy)).unwrap();
    assert!(probe(&hasher, 3).await.unwrap() > Duration::ZERO);
    let load = load(&hasher, 60_000, Duration::from_millis(20)).await.unwrap();
    assert!(load.shortest > Duration::ZERO && load.shortest <= load.median && load.median <= load.longest);
    assert!(load.json(&cost())["mem_used"].is_string());
}
