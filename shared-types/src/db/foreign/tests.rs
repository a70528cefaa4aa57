//! Tables of others, on both engines.

use serde_json::json;

use super::{Foreign, Page, Row};
use crate::{
    db::{Db, DbOptions, Dsn, Error},
    on_both,
};

async fn fill(dsn: &str, statements: &'static str) {
    use diesel::connection::SimpleConnection as _;
    let db = Db::open(&Dsn::parse(dsn).unwrap(), DbOptions { pool_size: 1 }).unwrap();
    db.read(move |conn| crate::each_backend!(conn, |c| c.batch_execute(statements)).map_err(Error::from))
        .await
        .unwrap();
}

on_both! {
    async fn rows_come_a_page_at_a_time_and_nothing_can_be_written(dsn: String) {
        fill(&dsn, "CREATE TABLE things (id varchar(10) PRIMARY KEY, nid varchar(9), good boolean, at timestamp, list text); \
            INSERT INTO things VALUES ('a', 'x', true, '2026-01-02 03:04:05.5', '[\"one\"]'), ('b', 'y', false, null, ''), \
            ('c', 'x', false, '2026-01-02 03:04:05', 'null'), ('d', 'x', null, null, null)").await;
        let mut foreign = Foreign::open(&Dsn::parse(&dsn).unwrap()).unwrap();
        let page = |after| Page { table: "things", key: "id", of: Some(("nid", "x")), only: None, after, limit: 2 };
        let rows = foreign.page(&page(None)).unwrap();
        assert_eq!(rows.iter().map(|row| row.key("id").unwrap()).collect::<Vec<_>>(), ["a", "c"]);
        assert_eq!(rows[0].flag("good"), Ok(Some(true)));
        assert_eq!(rows[0].time("at").unwrap().unwrap().to_rfc3339(), "2026-01-02T03:04:05.500+00:00");
        assert_eq!(rows[0].json("list"), Ok(Some(json!(["one"]))));
        assert_eq!((rows[1].json("list"), rows[1].text("absent")), (Ok(None), None));
        let rest = foreign.page(&page(Some("c"))).unwrap();
        assert_eq!((rest.len(), rest[0].flag("good")), (1, Ok(None)));
        let some = foreign.page(&Page { only: Some("good"), of: None, ..page(None) }).unwrap();
        assert_eq!(some.len(), 1);
        assert_eq!(foreign.count("things", Some(("nid", "x"))).unwrap(), 3);
        assert_eq!(foreign.count("nothing", None).unwrap(), 0);
        assert_eq!(foreign.page(&Page { table: "nothing", ..page(None) }).unwrap(), []);
        let write = crate::each_backend!(&mut foreign.conn, |c| diesel::connection::SimpleConnection::batch_execute(c, "DELETE FROM things"));
        assert!(write.is_err());
    }
}

#[test]
fn a_file_that_is_not_there_is_not_made() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("none.sqlite");
    assert!(Foreign::open(&Dsn::Sqlite(path.clone())).and_then(|mut open| open.columns("things")).is_err());
    assert!(!path.exists());
}

#[test]
fn instants_are_read_whoever_wrote_them() {
    for text in [
        "2026-01-02T03:04:05Z",
        "2026-01-02T03:04:05",
        "2026-01-02 03:04:05",
        "2026-01-02 03:04:05+00:00",
        "2026-01-02 03:04:05+00",
        "2026-01-02 04:04:05 +0100",
        "2026-01-02 03:04:05 +0000 UTC",
        "2026-01-02 03:04:05.0 +0000 UTC m=+0.5",
    ] {
        let row = Row::parse(&json!({"at": text}).to_string()).unwrap();
        assert_eq!(row.time("at").unwrap().unwrap().to_rfc3339(), "2026-01-02T03:04:05+00:00", "{text}");
    }
    let none = Row::parse(&json!({"at": "0001-01-01 00:00:00+00:00", "odd": "soon"}).to_string()).unwrap();
    assert_eq!(none.time("at"), Ok(None));
    assert!(none.time("odd").is_err());
}
