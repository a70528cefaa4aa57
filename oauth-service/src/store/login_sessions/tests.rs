use shared_types::on_both;

use super::*;
use crate::store::support::{at, open, session};

on_both!(
    async fn a_session_is_written_over_extended_and_removed(dsn: String) {
        let db = open(&dsn).await;
        let first = session(1, "ann");
        let id = first.id;
        let mut second = first.clone();
        second.identity_provider_session_id = None;
        second.remember = false;
        for written in [first, second.clone()] {
            let row = written.clone();
            db.write(move |conn| put(conn, &row)).await.unwrap();
            assert_eq!(db.read(move |conn| get(conn, id)).await.unwrap(), Some(written));
        }
        db.write(move |conn| extend(conn, id, at(7200))).await.unwrap();
        let found = db.read(move |conn| get(conn, id)).await.unwrap().unwrap();
        assert_eq!(found, LoginSession { expires_at: at(7200), ..second });
        assert!(db.write(move |conn| delete(conn, id)).await.unwrap());
        assert!(!db.write(move |conn| delete(conn, id)).await.unwrap());
        assert_eq!(db.read(move |conn| get(conn, id)).await.unwrap(), None);
    }
);

on_both!(
    async fn a_subjects_and_expired_sessions_go(dsn: String) {
        let db = open(&dsn).await;
        for (number, subject) in [(1, "ann"), (2, "ann"), (3, "bob")] {
            let row = session(number, subject);
            db.write(move |conn| put(conn, &row)).await.unwrap();
        }
        assert_eq!(db.write(|conn| delete_of_subject(conn, "ann")).await.unwrap(), 2);
        assert_eq!(db.write(|conn| remove_expired(conn, at(3600), 10)).await.unwrap(), 0);
        assert_eq!(db.write(|conn| remove_expired(conn, at(3601), 10)).await.unwrap(), 1);
    }
);

#[test]
fn only_a_remembered_session_in_its_time_is_usable() {
    let good = session(1, "ann");
    assert!(good.is_usable(at(3599)));
    assert!(!good.is_usable(at(3600)));
    assert!(!LoginSession { remember: false, ..good.clone() }.is_usable(at(0)));
    assert!(!LoginSession { subject: String::new(), ..good }.is_usable(at(0)));
}
