use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use shared_types::{entropy::SystemEntropy, secret::Secret};

use super::{
    Error, Hasher, check,
    pool::{Pool, Queue},
};
use crate::config::{Argon2, HashAlgorithm, Hashers};

mod vectors;

fn configured(algorithm: HashAlgorithm, bcrypt_cost: u32) -> Hashers {
    let argon2 = Argon2 {
        memory_kib: 64,
        iterations: 2,
        parallelism: 1,
        salt_length: 16,
        key_length: 32,
        expected_duration: std::time::Duration::ZERO,
        expected_deviation: std::time::Duration::ZERO,
        dedicated_memory: 1 << 20,
    };
    Hashers { algorithm, bcrypt_cost, argon2 }
}

fn bcrypt(cost: u32) -> Hasher {
    Hasher::start(&configured(HashAlgorithm::Bcrypt, cost), Arc::new(SystemEntropy)).unwrap()
}

fn argon2(change: impl Fn(&mut Argon2)) -> Hasher {
    let mut config = configured(HashAlgorithm::Argon2, 4);
    change(&mut config.argon2);
    Hasher::start(&config, Arc::new(SystemEntropy)).unwrap()
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[tokio::test]
async fn a_hash_verifies_and_is_due_at_another_cost() {
    let hasher = bcrypt(4);
    let hash = hasher.hash(secret("correct horse")).await.unwrap();
    assert!(hash.starts_with("$2b$04$"));
    let right = hasher.verify(secret("correct horse"), hash.clone()).await.unwrap();
    assert!(right.matches && !right.due);
    let wrong = hasher.verify(secret("wrong horse"), hash.clone()).await.unwrap();
    assert!(!wrong.matches && !wrong.due);
    let stronger = bcrypt(5);
    assert!(stronger.verify(secret("correct horse"), hash).await.unwrap().due);
}

#[tokio::test]
async fn more_than_72_bytes_are_refused() {
    let hasher = bcrypt(4);
    assert_eq!(hasher.hash(secret(&"x".repeat(73))).await, Err(Error::TooLong));
    assert!(hasher.hash(secret(&"x".repeat(72))).await.is_ok());
}

#[tokio::test]
async fn the_dummy_is_a_real_hash() {
    let hasher = bcrypt(4);
    assert_eq!(hasher.verify_dummy().await, Ok(()));
}

#[tokio::test]
async fn foreign_variants_are_compared() {
    let hasher = bcrypt(4);
    let hash = hasher.hash(secret("secret")).await.unwrap();
    for variant in ["2", "2a", "2y", "2z"] {
        let foreign = hash.replacen("2b", variant, 1);
        assert_eq!(check(&foreign), Ok(()));
        let verified = hasher.verify(secret("secret"), foreign).await.unwrap();
        assert!(verified.matches && !verified.due, "{variant}");
    }
    assert_eq!(hasher.verify(secret("secret"), "$argon2id$..".to_owned()).await, Err(Error::Unreadable));
}

#[tokio::test]
async fn argon2_hashes_are_due_at_another_cost_and_take_long_passwords() {
    let hasher = argon2(|_| ());
    let long = "x".repeat(500);
    let hash = hasher.hash(secret(&long)).await.unwrap();
    assert!(hash.starts_with("$argon2id$v=19$m=64,t=2,p=1$"), "{hash}");
    let right = hasher.verify(secret(&long), hash.clone()).await.unwrap();
    assert!(right.matches && !right.due);
    assert!(!hasher.verify(secret(&"x".repeat(499)), hash.clone()).await.unwrap().matches);
    for dearer in
        [argon2(|cost| cost.memory_kib = 128), argon2(|cost| cost.iterations = 3), argon2(|cost| cost.key_length = 64)]
    {
        assert!(dearer.verify(secret(&long), hash.clone()).await.unwrap().due);
    }
    // On a machine with more cores the same hash is as good.
    assert!(!argon2(|cost| cost.parallelism = 4).verify(secret(&long), hash.clone()).await.unwrap().due);
    assert_eq!(hasher.hash(secret(&"x".repeat(4097))).await, Err(Error::TooLong));
    // bcrypt cannot take so long a password: it keeps the hash it has.
    let verified = bcrypt(4).verify(secret(&long), hash).await.unwrap();
    assert!(verified.matches && !verified.due);
}

#[tokio::test]
async fn hashes_of_the_other_algorithm_are_due() {
    let (one, other) = (bcrypt(4), argon2(|_| ()));
    let hash = one.hash(secret("secret")).await.unwrap();
    assert!(other.verify(secret("secret"), hash).await.unwrap().due);
    let hash = other.hash(secret("secret")).await.unwrap();
    assert!(one.verify(secret("secret"), hash).await.unwrap().due);
}

#[tokio::test]
async fn endless_passwords_match_nothing() {
    let hasher = bcrypt(4);
    let hash = hasher.hash(secret(&"x".repeat(72))).await.unwrap();
    assert!(!hasher.verify(secret(&"x".repeat(5000)), hash).await.unwrap().matches);
}

#[tokio::test]
async fn jobs_share_the_memory_there_is() {
    let pool = Arc::new(Pool::sized(4, queue(16, Duration::ZERO), 100).unwrap());
    let taken = Arc::new(AtomicUsize::new(0));
    // Two of the first kind fit beside each other; one of the second gets all there is, and is alone.
    let jobs = [40, 40, 500, 40, 500, 40, 40, 40].map(|memory: usize| {
        let (pool, taken) = (Arc::clone(&pool), Arc::clone(&taken));
        let job = move || {
            let bytes = memory.min(100);
            let most = taken.fetch_add(bytes, Ordering::SeqCst) + bytes;
            (0..1000).for_each(|_| std::thread::yield_now());
            taken.fetch_sub(bytes, Ordering::SeqCst);
            most
        };
        tokio::spawn(async move { pool.run(memory, job).await })
    });
    for job in jobs {
        assert!(job.await.unwrap().unwrap() <= 100);
    }
}

const fn queue(places: usize, patience: Duration) -> Queue {
    Queue { places, patience, crowd: 1 }
}

/// A pool of one thread that is at work until the sender speaks.
async fn at_work(pool: &Arc<Pool>) -> (std::sync::mpsc::Sender<()>, tokio::task::JoinHandle<Result<(), Error>>) {
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let (started, start) = tokio::sync::oneshot::channel();
    let pool = Arc::clone(pool);
    let running = tokio::spawn(async move {
        let job = move || {
            let _ = started.send(());
            let _ = gate.recv();
        };
        pool.run(0, job).await
    });
    start.await.unwrap();
    (release, running)
}

#[tokio::test]
async fn a_full_queue_refuses_and_a_panic_costs_one_answer() {
    let pool = Arc::new(Pool::sized(1, queue(1, Duration::ZERO), 0).unwrap());
    let (release, running) = at_work(&pool).await;
    let mut waiting = std::pin::pin!(pool.run(0, || panic!("a job that fails")));
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    assert_eq!(pool.run(0, || ()).await, Err(Error::Busy));
    release.send(()).unwrap();
    assert_eq!(running.await.unwrap(), Ok(()));
    assert_eq!(waiting.await, Err::<(), _>(Error::Busy));
    assert_eq!(pool.run(0, || 7).await, Ok(7));
}

#[tokio::test]
async fn who_finds_no_place_waits_a_moment_and_only_so_many_do() {
    let pool = Arc::new(Pool::sized(1, queue(1, Duration::from_mins(1)), 0).unwrap());
    let (release, running) = at_work(&pool).await;
    let mut queued = std::pin::pin!(pool.run(0, || 1));
    assert!(futures_util::poll!(queued.as_mut()).is_pending());
    let mut patient = std::pin::pin!(pool.run(0, || 2));
    assert!(futures_util::poll!(patient.as_mut()).is_pending());
    assert_eq!(pool.run(0, || 3).await, Err(Error::Busy));
    release.send(()).unwrap();
    assert_eq!(running.await.unwrap(), Ok(()));
    assert_eq!((queued.await, patient.await), (Ok(1), Ok(2)));
}
