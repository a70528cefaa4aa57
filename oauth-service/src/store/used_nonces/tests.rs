use shared_types::on_both;

use super::*;
use crate::store::support::{at, open};

on_both!(
    async fn a_nonce_is_used_once_per_purpose(dsn: String) {
        let db = open(&dsn).await;
        let mark = |purpose: &'static str| db.write(move |conn| spend(conn, purpose, b"n", at(60)));
        assert!(mark("a").await.unwrap());
        assert!(!mark("a").await.unwrap());
        assert!(mark("b").await.unwrap());
        assert_eq!(db.write(|conn| remove_expired(conn, at(60), 9)).await.unwrap(), 0);
        assert_eq!(db.write(|conn| remove_expired(conn, at(61), 1)).await.unwrap(), 1);
        assert_eq!(db.write(|conn| remove_expired(conn, at(61), 9)).await.unwrap(), 1);
        assert!(mark("a").await.unwrap());
    }
);

on_both!(
    async fn of_many_at_once_the_first_wins(dsn: String) {
        let db = open(&dsn).await;
        let nonce = |byte| Nonce { purpose: "a", digest: [byte; 32], expires_at: at(60) };
        let spent = |nonces: Vec<Nonce>| db.write(move |conn| spend_many(conn, &nonces));
        let twice = spent(vec![nonce(2), nonce(1), nonce(2)]).await.unwrap();
        assert_eq!(twice, [Some(()), Some(()), None]);
        let again = spent(vec![nonce(3), nonce(2), Nonce { purpose: "b", ..nonce(2) }]).await.unwrap();
        assert_eq!(again, [Some(()), None, Some(())]);
    }
);
