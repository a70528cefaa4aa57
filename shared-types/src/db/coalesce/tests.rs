use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::BigInt};

use super::*;
use crate::{
    db::{DbOptions, Dsn},
    on_both,
};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    id: i64,
}

fn list(keys: &[i64]) -> String {
    keys.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

fn stored(conn: &mut AnyConn, keys: &[i64]) -> Result<Vec<Option<i64>>, Error> {
    let rows: Vec<Row> = sql_query(format!("SELECT id FROM t WHERE id IN ({})", list(keys))).load(conn)?;
    Ok(keys.iter().map(|key| rows.iter().find(|row| row.id == *key).map(|row| row.id * 10)).collect())
}

fn insert(conn: &mut AnyConn, keys: &[i64]) -> Result<Vec<Option<()>>, Error> {
    let values = keys.iter().map(|key| format!("({key})")).collect::<Vec<_>>().join(",");
    sql_query(format!("INSERT INTO t VALUES {values}")).execute(conn)?;
    Ok(keys.iter().map(|_| Some(())).collect())
}

async fn open(dsn: &str) -> Db {
    let db = Db::open(&Dsn::parse(dsn).unwrap(), DbOptions { pool_size: 4 }).unwrap();
    db.write(|c| sql_query("CREATE TABLE t (id BIGINT PRIMARY KEY CHECK (id <> 13))").execute(c).map_err(Error::from))
        .await
        .unwrap();
    db
}

on_both!(
    async fn each_caller_gets_its_own_answer(dsn: String) {
        let db = open(&dsn).await;
        let inserts = Coalescer::write(&db, 256, insert);
        let done = futures_util::future::join_all((100..400).map(|id| inserts.submit(id))).await;
        assert!(done.iter().all(|outcome| matches!(outcome, Ok(Some(())))));
        let statements = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&statements);
        let reads = Coalescer::read(&db, 64, move |conn, keys: &[i64]| {
            counted.fetch_add(1, Ordering::Relaxed);
            assert!(keys.len() <= 64);
            stored(conn, keys)
        });
        let found = futures_util::future::join_all((0..500).map(|id| reads.submit(id))).await;
        for (id, outcome) in (0..500i64).zip(found) {
            assert_eq!(outcome.unwrap(), (100..400).contains(&id).then_some(id * 10));
        }
        assert!(statements.load(Ordering::Relaxed) < 500, "the look-ups were not put together");
    }
);

on_both!(
    async fn a_bad_row_fails_alone(dsn: String) {
        let db = open(&dsn).await;
        let inserts = Coalescer::write(&db, 256, insert);
        inserts.submit(7).await.unwrap();
        let outcomes = futures_util::future::join_all((0..30).map(|id| inserts.submit(id))).await;
        for (id, outcome) in outcomes.into_iter().enumerate() {
            match id {
                7 => assert!(matches!(outcome, Err(Error::Conflict(_))), "{outcome:?}"),
                13 => assert!(outcome.is_err()),
                _ => assert_eq!(outcome.unwrap(), Some(()), "{id}"),
            }
        }
        let reads = Coalescer::read(&db, 256, stored);
        for id in (0..30).filter(|id| *id != 13) {
            assert_eq!(reads.submit(id).await.unwrap(), Some(id * 10));
        }
    }
);

on_both!(
    async fn a_caller_that_goes_stops_nobody(dsn: String) {
        let db = open(&dsn).await;
        let inserts = Coalescer::write(&db, 8, insert);
        for id in 100..200 {
            let _ = tokio::time::timeout(Duration::from_micros(20), inserts.submit(id)).await;
        }
        inserts.submit(1).await.unwrap();
        // What was handed in is written although nobody waited for it.
        let reads = Coalescer::read(&db, 256, stored);
        assert_eq!(reads.submit(199).await.unwrap(), Some(1990));
        assert_eq!(reads.submit(1).await.unwrap(), Some(10));
    }
);

on_both!(
    async fn a_panic_in_a_statement_is_an_error_and_the_next_one_runs(dsn: String) {
        let db = open(&dsn).await;
        let reads = Coalescer::read(&db, 1, |conn, keys: &[i64]| {
            assert!(keys != [99], "on purpose");
            stored(conn, keys)
        });
        let (bad, good) = tokio::join!(reads.submit(99), reads.submit(1));
        assert!(bad.is_err());
        assert_eq!(good.unwrap(), None);
        let writes = Coalescer::write(&db, 1, |conn, keys: &[i64]| {
            assert!(keys != [99], "on purpose");
            insert(conn, keys)
        });
        let (bad, good) = tokio::join!(writes.submit(99), writes.submit(1));
        assert!(bad.is_err());
        assert_eq!(good.unwrap(), Some(()));
    }
);

on_both!(
    async fn a_statement_that_loses_a_row_answers_nobody_wrongly(dsn: String) {
        let db = open(&dsn).await;
        let reads = Coalescer::read(&db, 256, |conn, keys: &[i64]| {
            let mut found = stored(conn, keys)?;
            found.pop();
            Ok(found)
        });
        assert!(reads.submit(1).await.is_err());
    }
);

on_both!(
    async fn a_full_database_is_told_to_everyone_and_passes(dsn: String) {
        let db = open(&dsn).await;
        let reads = Coalescer::read(&db, 256, stored);
        let closed = Arc::new(AtomicUsize::new(0));
        // Every reader waits at the gate, and behind them the queue fills.
        let readers = futures_util::future::join_all((0..4).map(|_| {
            let closed = Arc::clone(&closed);
            db.read(move |_| {
                closed.fetch_add(1, Ordering::SeqCst);
                while closed.load(Ordering::SeqCst) < 100 {
                    std::thread::yield_now();
                }
                Ok::<_, Error>(())
            })
        }));
        let flood = futures_util::future::join_all((0..9000).map(|_| db.read(|_| Ok::<_, Error>(()))));
        let late = async {
            let answer = reads.submit(1).await;
            closed.store(100, Ordering::SeqCst);
            answer
        };
        let (_, flooded, late) = tokio::join!(readers, flood, late);
        assert!(flooded.iter().any(|outcome| matches!(outcome, Err(Error::Busy))));
        assert!(matches!(late, Err(Error::Busy)), "{late:?}");
        assert_eq!(reads.submit(1).await.unwrap(), None);
    }
);
