//! Units of work: `read` and `write`, the two ways anything reaches the database.
//!
//! A unit runs to its end even when its caller has gone, so none is ever half done. On SQLite one thread writes; it
//! takes what has queued, runs each unit in a savepoint of one transaction, commits once, and only then answers, so
//! that many small writes share one flush to disk. On PostgreSQL each write is a transaction of its own.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    thread,
    time::Duration,
};

use diesel::connection::{AnsiTransactionManager, Connection, TransactionManager};
use tokio::sync::oneshot;

use super::{
    conn::{AnyConn, connect},
    dsn::Dsn,
    error::{Error, take_busy},
    pool::{Batch, Job, Pool},
};

/// How often a write that found the database busy is run again.
const ATTEMPTS: u32 = 6;

/// Sizes of the pools.
#[derive(Debug, Clone, Copy)]
pub struct DbOptions {
    /// Connections that run units of work (PostgreSQL), or that read (SQLite, which has one more that writes).
    pub pool_size: usize,
}

impl Default for DbOptions {
    fn default() -> Self {
        Self { pool_size: 8 }
    }
}

/// A database. Cloning shares it.
#[derive(Clone)]
pub struct Db {
    inner: Arc<Inner>,
}

struct Inner {
    readers: Option<Pool<dyn Job>>,
    writers: Pool<dyn WriteJob>,
    dsn: Dsn,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Db(..)")
    }
}

impl Db {
    /// Connects. A database that cannot be reached is an error here, not later.
    pub fn open(dsn: &Dsn, options: DbOptions) -> Result<Self, Error> {
        let size = options.pool_size.max(1);
        let first = connect(dsn)?;
        let (readers, writers) = match dsn {
            // One connection is all there is of an in-memory database.
            Dsn::Memory => (None, Pool::start("db", dsn, 1, 1, first)?),
            Dsn::Sqlite(_) => {
                let readers = Pool::start("db-read", dsn, size, 1, connect(dsn)?)?;
                (Some(readers), Pool::start("db-write", dsn, 1, 64, first)?)
            }
            Dsn::Postgres(_) => {
                let readers = Pool::start("db-read", dsn, size.div_ceil(2), 1, connect(dsn)?)?;
                (Some(readers), Pool::start("db-write", dsn, size.div_ceil(2), 1, first)?)
            }
        };
        Ok(Self { inner: Arc::new(Inner { readers, writers, dsn: dsn.clone() }) })
    }

    /// Whether this is SQLite, where one connection writes.
    pub fn is_sqlite(&self) -> bool {
        !matches!(self.inner.dsn, Dsn::Postgres(_))
    }

    /// Runs a unit of work that only reads. Each of its statements sees the database as it is then.
    pub async fn read<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: FnOnce(&mut AnyConn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (tx, rx) = oneshot::channel();
        let job = move |conn: Result<&mut AnyConn, Error>| {
            // Nobody waits for it any more, and it would only read.
            if tx.is_closed() {
                return;
            }
            let outcome = match conn {
                Ok(conn) => unit(conn),
                Err(e) => Err(E::from(e)),
            };
            let _ = tx.send(outcome);
        };
        self.submit_read(Box::new(job)).map_err(|_| E::from(Error::Busy))?;
        rx.await.unwrap_or_else(|_| Err(E::from(interrupted())))
    }

    /// Runs a unit of work in one transaction: `Ok` commits, `Err` rolls back. The closure may be run again when the
    /// database was busy, so it must not do anything but database work.
    pub async fn write<T, E, F>(&self, unit: F) -> Result<T, E>
    where
        F: Fn(&mut AnyConn) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let (tx, rx) = oneshot::channel();
        let job = WriteUnit { unit, outcome: None, answer: tx };
        self.submit_write(Box::new(job)).map_err(|_| E::from(Error::Busy))?;
        rx.await.unwrap_or_else(|_| Err(E::from(interrupted())))
    }

    /// Queues a read, or hands back what would have run it: dropping that is the caller's moment to choose.
    pub(crate) fn submit_read(&self, job: Box<dyn Job>) -> Result<(), Refused> {
        match &self.inner.readers {
            Some(readers) => readers.submit(job).map_err(Refused::Read),
            None => self.submit_write(Box::new(ReadOnWriter(Some(job)))),
        }
    }

    /// Queues a write, or hands it back.
    pub(crate) fn submit_write(&self, job: Box<dyn WriteJob>) -> Result<(), Refused> {
        self.inner.writers.submit(job).map_err(Refused::Write)
    }
}

/// A job the database has no room for.
#[expect(dead_code, reason = "held only so that its owner chooses when it is dropped")]
pub(crate) enum Refused {
    Read(Box<dyn Job>),
    Write(Box<dyn WriteJob>),
}

fn interrupted() -> Error {
    Error::backend("the unit of work was interrupted by a panic")
}

/// Runs part of a write in a savepoint: its `Err` undoes only that part. Needed where a conflict is expected and the
/// unit goes on, because PostgreSQL refuses every statement after a failed one until the savepoint is rolled back.
pub fn savepoint<T, E: From<Error>>(
    conn: &mut AnyConn,
    part: impl FnOnce(&mut AnyConn) -> Result<T, E>,
) -> Result<T, E> {
    begin(conn, false).map_err(E::from)?;
    let outcome = part(conn);
    end(conn, outcome.is_ok()).map_err(E::from)?;
    outcome
}

fn begin(conn: &mut AnyConn, outermost: bool) -> Result<(), Error> {
    match conn {
        // IMMEDIATE takes the write lock at once: a read that later becomes a write cannot fail half way.
        AnyConn::Sqlite(c) if outermost => AnsiTransactionManager::begin_transaction_sql(c, "BEGIN IMMEDIATE"),
        AnyConn::Sqlite(c) => AnsiTransactionManager::begin_transaction(c),
        AnyConn::Pg(c) => AnsiTransactionManager::begin_transaction(c),
    }
    .map_err(Error::from)
}

fn end(conn: &mut AnyConn, commit: bool) -> Result<(), Error> {
    crate::each_backend!(conn, |c| if commit { commit_on(c) } else { roll_back_on(c) }).map_err(Error::from)
}

fn commit_on<C: Connection>(conn: &mut C) -> diesel::QueryResult<()> {
    C::TransactionManager::commit_transaction(conn)
}

fn roll_back_on<C: Connection>(conn: &mut C) -> diesel::QueryResult<()> {
    C::TransactionManager::rollback_transaction(conn)
}

/// A write and its answer.
pub(crate) trait WriteJob: Send {
    /// Runs inside a transaction; `true` asks to commit. May be called again after a rollback.
    fn run(&mut self, conn: &mut AnyConn) -> bool;
    /// Runs last, after the commit or after its failure.
    fn answer(self: Box<Self>, committed: Result<(), Error>);
    /// Whether the job needs no transaction.
    fn is_read(&self) -> bool {
        false
    }
}

struct WriteUnit<F, T, E> {
    unit: F,
    outcome: Option<Result<T, E>>,
    answer: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> WriteJob for WriteUnit<F, T, E>
where
    F: Fn(&mut AnyConn) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, conn: &mut AnyConn) -> bool {
        let outcome = (self.unit)(conn);
        let good = outcome.is_ok();
        self.outcome = Some(outcome);
        good
    }

    fn answer(self: Box<Self>, committed: Result<(), Error>) {
        let Self { unit, outcome, answer } = *self;
        // What the unit captured is let go before the caller runs on: he may be waiting to have it to himself.
        drop(unit);
        let result = match (outcome, committed) {
            (Some(Err(e)), _) => Err(e),
            (Some(Ok(value)), Ok(())) => Ok(value),
            (_, Err(e)) => Err(E::from(e)),
            (None, Ok(())) => Err(E::from(interrupted())),
        };
        let _ = answer.send(result);
    }
}

/// A read on the only connection of an in-memory database.
struct ReadOnWriter(Option<Box<dyn Job>>);

impl WriteJob for ReadOnWriter {
    fn run(&mut self, conn: &mut AnyConn) -> bool {
        if let Some(job) = self.0.take() {
            job.run(Ok(conn));
        }
        true
    }

    fn answer(mut self: Box<Self>, committed: Result<(), Error>) {
        if let (Some(job), Err(e)) = (self.0.take(), committed) {
            job.run(Err(e));
        }
    }

    fn is_read(&self) -> bool {
        true
    }
}

impl Batch for dyn WriteJob {
    fn run(conn: Result<&mut AnyConn, Error>, mut jobs: Vec<Box<Self>>) {
        let conn = match conn {
            Ok(conn) => conn,
            Err(e) => {
                return jobs.into_iter().for_each(|job| job.answer(Err(Error::backend(e.to_string()))));
            }
        };
        if let [job] = jobs.as_mut_slice()
            && job.is_read()
        {
            job.run(conn);
            return jobs.into_iter().for_each(|job| job.answer(Ok(())));
        }
        let mut outcome = transact(conn, &mut jobs);
        for attempt in 1..ATTEMPTS {
            if !matches!(outcome, Err(Error::Busy)) {
                break;
            }
            thread::sleep(Duration::from_millis(5 << attempt));
            outcome = transact(conn, &mut jobs);
        }
        for job in jobs {
            job.answer(match &outcome {
                Ok(()) => Ok(()),
                Err(Error::Busy) => Err(Error::Busy),
                Err(e) => Err(Error::backend(e.to_string())),
            });
        }
    }
}

/// One transaction around the jobs, each in a savepoint of its own when there are several. `Err(Busy)` means that
/// nothing was kept and all may be run again.
fn transact(conn: &mut AnyConn, jobs: &mut [Box<dyn WriteJob>]) -> Result<(), Error> {
    take_busy();
    begin(conn, true)?;
    let alone = jobs.len() == 1;
    let mut keep = !alone;
    for job in jobs.iter_mut() {
        if !alone {
            begin(conn, false)?;
        }
        // A panic in one unit must not take the others with it: it counts as a refusal, and no outcome is kept.
        let good = catch_unwind(AssertUnwindSafe(|| job.run(conn))).unwrap_or(false);
        // A panic may have left savepoints of the unit's own open.
        roll_back_to(conn, if alone { 1 } else { 2 })?;
        if alone {
            keep = good;
        } else {
            end(conn, good)?;
        }
    }
    let busy = !keep && take_busy();
    end(conn, keep)?;
    if depth(conn)? != 0 {
        return Err(Error::backend("a transaction was left open"));
    }
    if busy { Err(Error::Busy) } else { Ok(()) }
}

/// How many transactions and savepoints are open.
fn depth(conn: &mut AnyConn) -> Result<u32, Error> {
    let depth =
        crate::each_backend!(conn, |c| AnsiTransactionManager::transaction_manager_status_mut(c).transaction_depth());
    depth.map(|depth| depth.map_or(0, u32::from)).map_err(Error::from)
}

fn roll_back_to(conn: &mut AnyConn, wanted: u32) -> Result<(), Error> {
    while depth(conn)? > wanted {
        end(conn, false)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
