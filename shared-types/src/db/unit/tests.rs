use diesel::{QueryableByName, RunQueryDsl as _, sql_query, sql_types::BigInt};

use super::*;
use crate::on_both;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

fn exec(conn: &mut AnyConn, sql: &str) -> Result<usize, Error> {
    sql_query(sql).execute(conn).map_err(Error::from)
}

fn count(conn: &mut AnyConn) -> Result<i64, Error> {
    sql_query("SELECT count(*) AS n FROM t").get_result::<Count>(conn).map(|c| c.n).map_err(Error::from)
}

async fn open(dsn: &str) -> Db {
    let db = Db::open(&Dsn::parse(dsn).unwrap(), DbOptions { pool_size: 4 }).unwrap();
    db.write(|c| exec(c, "CREATE TABLE t (id BIGINT PRIMARY KEY)")).await.unwrap();
    db
}

on_both!(
    async fn ok_commits_and_err_rolls_back(dsn: String) {
        let db = open(&dsn).await;
        db.write(|c| exec(c, "INSERT INTO t VALUES (1)")).await.unwrap();
        let refused = db
            .write(|c| {
                exec(c, "INSERT INTO t VALUES (2)")?;
                Err::<(), _>(Error::Busy)
            })
            .await;
        assert!(matches!(refused, Err(Error::Busy)));
        assert_eq!(db.read(count).await.unwrap(), 1);
    }
);

on_both!(
    async fn a_conflict_names_the_constraint(dsn: String) {
        let db = open(&dsn).await;
        db.write(|c| exec(c, "INSERT INTO t VALUES (1)")).await.unwrap();
        let error = db.write(|c| exec(c, "INSERT INTO t VALUES (1)")).await.unwrap_err();
        assert!(error.conflicts_with("t_pkey") || error.conflicts_with("t.id"), "{error}");
    }
);

on_both!(
    async fn a_savepoint_undoes_only_its_part(dsn: String) {
        let db = open(&dsn).await;
        db.write(|c| {
            exec(c, "INSERT INTO t VALUES (1)")?;
            let inner = savepoint(c, |c| exec(c, "INSERT INTO t VALUES (1)"));
            assert!(matches!(inner, Err(Error::Conflict(_))));
            exec(c, "INSERT INTO t VALUES (2)")
        })
        .await
        .unwrap();
        assert_eq!(db.read(count).await.unwrap(), 2);
    }
);

on_both!(
    async fn a_panic_harms_nobody_else(dsn: String) {
        let db = open(&dsn).await;
        let (a, b, c) = tokio::join!(
            db.write(|c| exec(c, "INSERT INTO t VALUES (1)")),
            db.write(|c| {
                exec(c, "INSERT INTO t VALUES (2)")?;
                assert!(count(c)? < 0, "on purpose");
                Ok::<_, Error>(0)
            }),
            db.write(|c| exec(c, "INSERT INTO t VALUES (3)")),
        );
        assert!(a.is_ok() && c.is_ok());
        assert!(matches!(b, Err(Error::Backend(_))), "{b:?}");
        assert_eq!(db.read(count).await.unwrap(), 2);
        let read = db.read(|_| -> Result<(), Error> { panic!("on purpose") }).await;
        assert!(read.is_err());
        assert_eq!(db.read(count).await.unwrap(), 2);
    }
);

on_both!(
    async fn read_then_write_units_do_not_lose_updates(dsn: String) {
        let db = open(&dsn).await;
        db.write(|c| exec(c, "CREATE TABLE n (v BIGINT)")).await.unwrap();
        db.write(|c| exec(c, "INSERT INTO n VALUES (0)")).await.unwrap();
        let units = (0..200).map(|_| db.write(|c| exec(c, "UPDATE n SET v = v + 1")));
        for outcome in futures_util::future::join_all(units).await {
            outcome.unwrap();
        }
        let total =
            db.read(|c| sql_query("SELECT v AS n FROM n").get_result::<Count>(c).map_err(Error::from)).await.unwrap();
        assert_eq!(total.n, 200);
    }
);

on_both!(
    async fn a_caller_that_goes_leaves_nothing_half_done(dsn: String) {
        let db = open(&dsn).await;
        for id in 0..50 {
            let unit = db.write(move |c| {
                exec(c, &format!("INSERT INTO t VALUES ({})", id * 2))?;
                exec(c, &format!("INSERT INTO t VALUES ({})", id * 2 + 1))
            });
            let _ = tokio::time::timeout(std::time::Duration::from_micros(50), unit).await;
        }
        // Behind everything that was queued before it.
        db.write(|c| exec(c, "DELETE FROM t WHERE id < 0")).await.unwrap();
        assert_eq!(db.read(count).await.unwrap() % 2, 0);
    }
);

#[tokio::test]
async fn an_in_memory_database_is_one_database() {
    let db = open("memory").await;
    db.write(|c| exec(c, "INSERT INTO t VALUES (1)")).await.unwrap();
    assert_eq!(db.read(count).await.unwrap(), 1);
}

#[test]
fn a_database_that_cannot_be_reached_is_said_at_once() {
    let dsn = Dsn::parse("postgres://nobody@127.0.0.1:1/none").unwrap();
    assert!(matches!(Db::open(&dsn, DbOptions::default()), Err(Error::Backend(_))));
    let dsn = Dsn::parse("sqlite:///proc/nowhere/db.sqlite").unwrap();
    assert!(Db::open(&dsn, DbOptions::default()).is_err());
}

on_both!(
    async fn a_panic_inside_a_savepoint_loses_nothing_of_others(dsn: String) {
        let db = open(&dsn).await;
        let units = (0..40).map(|id| {
            db.write(move |c| {
                savepoint(c, |c| {
                    exec(c, &format!("INSERT INTO t VALUES ({id})"))?;
                    assert!(id % 10 != 3, "on purpose");
                    Ok::<_, Error>(())
                })
            })
        });
        let good = futures_util::future::join_all(units).await.into_iter().flatten().count();
        assert_eq!(good, 36);
        assert_eq!(db.read(count).await.unwrap(), 36);
    }
);
