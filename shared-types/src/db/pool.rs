//! Threads that own a connection each and take jobs from one queue, so that a waiting request occupies no thread and a
//! connection's prepared statements stay with it.

use std::{
    collections::VecDeque,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use diesel::{RunQueryDsl as _, connection::TransactionManager as _};

use super::{
    conn::{AnyConn, connect},
    dsn::Dsn,
    error::Error,
};

/// More waiting jobs than this are refused: the database is then far behind, and waiting longer helps nobody.
const MAX_WAITING: usize = 8192;

/// Work for one connection. `run` may be called with a connection or with the reason why there is none.
pub(crate) trait Job: Send {
    fn run(self: Box<Self>, conn: Result<&mut AnyConn, Error>);
}

impl<F: FnOnce(Result<&mut AnyConn, Error>) + Send> Job for F {
    fn run(self: Box<Self>, conn: Result<&mut AnyConn, Error>) {
        (*self)(conn);
    }
}

struct Queue<J: ?Sized> {
    waiting: VecDeque<Box<J>>,
    closed: bool,
}

struct Shared<J: ?Sized> {
    queue: Mutex<Queue<J>>,
    ready: Condvar,
    dsn: Dsn,
    batch: usize,
}

/// A fixed number of connection-owning threads. The threads end when the pool is dropped and the queue is empty.
pub(crate) struct Pool<J: ?Sized> {
    shared: Arc<Shared<J>>,
}

/// What a pool does with the jobs it takes from its queue at once.
pub(crate) trait Batch: Send {
    /// Runs the jobs on one connection, or tells each why it cannot.
    fn run(conn: Result<&mut AnyConn, Error>, jobs: Vec<Box<Self>>);
}

impl Batch for dyn Job {
    fn run(conn: Result<&mut AnyConn, Error>, jobs: Vec<Box<Self>>) {
        let mut conn = conn;
        for job in jobs {
            let lent = match &mut conn {
                Ok(conn) => Ok(&mut **conn),
                Err(e) => Err(Error::backend(e.to_string())),
            };
            job.run(lent);
        }
    }
}

impl<J: Batch + ?Sized + 'static> Pool<J> {
    /// Starts `size` threads with the given name. The first connection is `first`, so that a wrong DSN is known at once.
    pub(crate) fn start(name: &str, dsn: &Dsn, size: usize, batch: usize, first: AnyConn) -> Result<Self, Error> {
        let queue = Mutex::new(Queue { waiting: VecDeque::new(), closed: false });
        let shared = Arc::new(Shared { queue, ready: Condvar::new(), dsn: dsn.clone(), batch });
        let mut first = Some(first);
        for index in 0..size.max(1) {
            let (shared, conn) = (Arc::clone(&shared), first.take());
            thread::Builder::new()
                .name(format!("{name}-{index}"))
                .spawn(move || work(&shared, conn))
                .map_err(|e| Error::Backend(Box::new(e)))?;
        }
        Ok(Self { shared })
    }

    /// Queues a job, or hands it back when too much is waiting.
    pub(crate) fn submit(&self, job: Box<J>) -> Result<(), Box<J>> {
        let mut queue = self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
        if queue.waiting.len() >= MAX_WAITING {
            return Err(job);
        }
        queue.waiting.push_back(job);
        drop(queue);
        self.shared.ready.notify_one();
        Ok(())
    }
}

impl<J: ?Sized> Drop for Pool<J> {
    fn drop(&mut self) {
        self.shared.queue.lock().unwrap_or_else(PoisonError::into_inner).closed = true;
        self.shared.ready.notify_all();
    }
}

fn take<J: ?Sized>(shared: &Shared<J>) -> Option<Vec<Box<J>>> {
    let mut queue = shared.queue.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        if !queue.waiting.is_empty() {
            let count = queue.waiting.len().min(shared.batch);
            return Some(queue.waiting.drain(..count).collect());
        }
        if queue.closed {
            return None;
        }
        queue = shared.ready.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

/// A connection at rest for longer is probed before it is used: the server may have been restarted meanwhile.
const REST: Duration = Duration::from_secs(5);

fn work<J: Batch + ?Sized>(shared: &Shared<J>, mut conn: Option<AnyConn>) {
    let mut used = Instant::now();
    while let Some(jobs) = take(shared) {
        if used.elapsed() > REST {
            suspect();
        }
        let rested = conn.take().and_then(|mut conn| is_sound(&mut conn).then_some(conn));
        let opened = rested.map_or_else(|| connect(&shared.dsn), Ok);
        match opened {
            Ok(mut open) => {
                let whole = catch_unwind(AssertUnwindSafe(|| J::run(Ok(&mut open), jobs))).is_ok();
                // After a panic or a failure of the connection itself the next job starts on a fresh one.
                if whole && is_sound(&mut open) {
                    conn = Some(open);
                }
                used = Instant::now();
            }
            Err(error) => {
                tracing::error!(error = %error, "cannot connect to the database");
                let _ = catch_unwind(AssertUnwindSafe(|| J::run(Err(error), jobs)));
            }
        }
    }
}

thread_local! {
    static SUSPECT: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

/// Marks the connection of this thread as one to probe before it is used again.
pub(crate) fn suspect() {
    SUSPECT.with(|flag| flag.set(true));
}

/// Whether the connection can be used again: no transaction is left open, and after a failure it still answers.
fn is_sound(conn: &mut AnyConn) -> bool {
    let idle = crate::each_backend!(conn, |c| {
        diesel::connection::AnsiTransactionManager::transaction_manager_status_mut(c)
            .transaction_depth()
            .is_ok_and(|depth| depth.is_none())
    });
    let suspected = SUSPECT.with(std::cell::Cell::take);
    idle && (!suspected || diesel::sql_query("SELECT 1").execute(conn).is_ok())
}
