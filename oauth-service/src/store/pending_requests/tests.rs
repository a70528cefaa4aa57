use shared_types::on_both;

use super::*;
use crate::store::support::{at, open};

on_both!(
    async fn a_request_waits_until_its_time_has_run_out(dsn: String) {
        let db = open(&dsn).await;
        let request = PendingRequest { id: "a".into(), purpose: "p".into(), body: vec![0, 255], expires_at: at(60) };
        db.write(move |conn| insert(conn, &request)).await.unwrap();
        assert_eq!(db.read(|conn| find(conn, "a")).await.unwrap(), Some(vec![0, 255]));
        assert_eq!(db.read(|conn| find(conn, "b")).await.unwrap(), None);
        assert_eq!(db.write(|conn| remove_expired(conn, at(60), 9)).await.unwrap(), 0);
        assert_eq!(db.write(|conn| remove_expired(conn, at(61), 9)).await.unwrap(), 1);
        assert_eq!(db.read(|conn| find(conn, "a")).await.unwrap(), None);
    }
);
