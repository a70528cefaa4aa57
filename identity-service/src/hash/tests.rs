use std::sync::Arc;

use shared_types::{entropy::SystemEntropy, secret::Secret};

use super::{Error, Hasher, is_importable, pool::Pool};

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[tokio::test]
async fn a_hash_verifies_and_is_due_at_another_cost() {
    let hasher = Hasher::start(4, Arc::new(SystemEntropy)).unwrap();
    let hash = hasher.hash(secret("correct horse")).await.unwrap();
    assert!(hash.starts_with("$2b$04$"));
    let right = hasher.verify(secret("correct horse"), hash.clone()).await.unwrap();
    assert!(right.matches && !right.due);
    let wrong = hasher.verify(secret("wrong horse"), hash.clone()).await.unwrap();
    assert!(!wrong.matches && !wrong.due);
    let stronger = Hasher::start(5, Arc::new(SystemEntropy)).unwrap();
    assert!(stronger.verify(secret("correct horse"), hash).await.unwrap().due);
}

#[tokio::test]
async fn more_than_72_bytes_are_refused() {
    let hasher = Hasher::start(4, Arc::new(SystemEntropy)).unwrap();
    assert_eq!(hasher.hash(secret(&"x".repeat(73))).await, Err(Error::TooLong));
    assert!(hasher.hash(secret(&"x".repeat(72))).await.is_ok());
}

#[tokio::test]
async fn the_dummy_is_a_real_hash() {
    let hasher = Hasher::start(4, Arc::new(SystemEntropy)).unwrap();
    assert_eq!(hasher.verify_dummy(secret("anything")).await, Ok(()));
}

#[tokio::test]
async fn foreign_variants_are_compared() {
    let hasher = Hasher::start(4, Arc::new(SystemEntropy)).unwrap();
    let hash = hasher.hash(secret("secret")).await.unwrap();
    for variant in ["2a", "2y"] {
        let foreign = hash.replacen("2b", variant, 1);
        assert!(is_importable(&foreign));
        assert!(hasher.verify(secret("secret"), foreign).await.unwrap().matches);
    }
    assert_eq!(hasher.verify(secret("secret"), "$argon2id$..".to_owned()).await, Err(Error::Unreadable));
}

#[test]
fn what_is_no_bcrypt_hash_is_not_importable() {
    for text in ["", "$2b$12$", "$2b$16$Vq3mXy0hTn8sKc5eRw1uLO1rD6fGzB4jPa9oQiNkSbUxEtHvYlMCe", "$1$abc$def", "plain"] {
        assert!(!is_importable(text), "{text}");
    }
    assert!(is_importable(&super::bcrypt::dummy(12)));
}

#[tokio::test]
async fn a_full_queue_refuses_at_once_and_a_panic_costs_one_answer() {
    let pool = Arc::new(Pool::sized(1, 1).unwrap());
    let (release, gate) = std::sync::mpsc::channel::<()>();
    let (started, start) = tokio::sync::oneshot::channel();
    let running = tokio::spawn({
        let pool = Arc::clone(&pool);
        async move {
            pool.run(move || {
                let _ = started.send(());
                let _ = gate.recv();
            })
            .await
        }
    });
    start.await.unwrap();
    let mut waiting = std::pin::pin!(pool.run(|| panic!("a job that fails")));
    assert!(futures_util::poll!(waiting.as_mut()).is_pending());
    assert_eq!(pool.run(|| ()).await, Err(Error::Busy));
    release.send(()).unwrap();
    assert_eq!(running.await.unwrap(), Ok(()));
    assert_eq!(waiting.await, Err::<(), _>(Error::Busy));
    assert_eq!(pool.run(|| 7).await, Ok(7));
}
