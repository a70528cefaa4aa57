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
