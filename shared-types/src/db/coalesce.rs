//! Many concurrent look-ups or inserts as one statement.
//!
//! Callers await one key each. While one statement runs, further keys queue; the next statement takes up to `max` of
//! them and answers each caller. A lone caller waits for nothing: its statement starts at once. Writes are answered only
//! after their commit. When a batch fails, its keys are tried one by one, so that a bad one fails alone. A caller that
//! has gone is skipped by a read; a write it asked for is still done.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::oneshot;

use super::{
    conn::AnyConn,
    error::Error,
    unit::{Db, WriteJob, savepoint},
};

type Answer<V> = oneshot::Sender<Result<Option<V>, Error>>;
type Statement<K, V> = dyn Fn(&mut AnyConn, &[K]) -> Result<Vec<Option<V>>, Error> + Send + Sync;

/// Runs the same statement for many callers at once. Cloning shares it.
pub struct Coalescer<K, V> {
    inner: Arc<Inner<K, V>>,
}

impl<K, V> Clone for Coalescer<K, V> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner) }
    }
}

impl<K, V> std::fmt::Debug for Coalescer<K, V> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Coalescer").field("max", &self.inner.max).finish_non_exhaustive()
    }
}

struct Inner<K, V> {
    db: Db,
    writes: bool,
    max: usize,
    /// Statements that may run at the same time.
    lanes: usize,
    statement: Box<Statement<K, V>>,
    state: Mutex<State<K, V>>,
}

struct State<K, V> {
    queue: std::collections::VecDeque<(K, Answer<V>)>,
    running: usize,
}

impl<K: Send + 'static, V: Send + 'static> Coalescer<K, V> {
    /// A coalescer of look-ups: the statement gets at most `max` keys and returns one entry per key, in their order.
    pub fn read(
        db: &Db,
        max: usize,
        statement: impl Fn(&mut AnyConn, &[K]) -> Result<Vec<Option<V>>, Error> + Send + Sync + 'static,
    ) -> Self {
        Self::new(db, max, false, Box::new(statement))
    }

    /// A coalescer of writes: one transaction per statement, answered after its commit.
    pub fn write(
        db: &Db,
        max: usize,
        statement: impl Fn(&mut AnyConn, &[K]) -> Result<Vec<Option<V>>, Error> + Send + Sync + 'static,
    ) -> Self {
        Self::new(db, max, true, Box::new(statement))
    }

    fn new(db: &Db, max: usize, writes: bool, statement: Box<Statement<K, V>>) -> Self {
        // Two lanes keep a networked database busy while answers travel; the one writer of SQLite gains nothing by it.
        let lanes = if db.is_sqlite() { 1 } else { 2 };
        let state = Mutex::new(State { queue: std::collections::VecDeque::new(), running: 0 });
        Self { inner: Arc::new(Inner { db: db.clone(), writes, max: max.max(1), lanes, statement, state }) }
    }

    /// Hands in one key and waits for its answer.
    pub async fn submit(&self, key: K) -> Result<Option<V>, Error> {
        let (tx, rx) = oneshot::channel();
        let start = {
            let mut state = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.queue.push_back((key, tx));
            let start = state.running < self.inner.lanes;
            state.running += usize::from(start);
            start
        };
        if start {
            Inner::schedule(&self.inner);
        }
        rx.await.unwrap_or_else(|_| Err(Error::backend("the coalesced statement was interrupted by a panic")))
    }
}

impl<K: Send + 'static, V: Send + 'static> Inner<K, V> {
    /// Queues one statement; the caller has counted it as running.
    fn schedule(this: &Arc<Self>) {
        let lane = Lane(Arc::clone(this));
        let queued = if this.writes {
            this.db.submit_write(Box::new(Writing { lane, batch: Vec::new(), results: Vec::new() }))
        } else {
            this.db.submit_read(Box::new(move |conn: Result<&mut AnyConn, Error>| lane.0.look_up(conn)))
        };
        if let Err(refused) = queued {
            // Answered before the lane is given back: with nobody waiting, giving it back does not start another statement.
            this.refuse();
            drop(refused);
        }
    }

    /// The database takes no more work: everyone who waits is told so.
    fn refuse(&self) {
        let waiting: Vec<_> = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            state.queue.drain(..).collect()
        };
        for (_, answer) in waiting {
            let _ = answer.send(Err(Error::Busy));
        }
    }

    fn take(&self) -> Vec<(K, Answer<V>)> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let count = state.queue.len().min(self.max);
        state.queue.drain(..count).collect()
    }

    fn look_up(&self, conn: Result<&mut AnyConn, Error>) {
        let (keys, answers): (Vec<K>, Vec<Answer<V>>) =
            self.take().into_iter().filter(|(_, answer)| !answer.is_closed()).unzip();
        if keys.is_empty() {
            return;
        }
        match conn {
            Ok(conn) => {
                let results = self.each(conn, &keys);
                send_all(answers, results);
            }
            Err(e) => answers.into_iter().for_each(|answer| {
                let _ = answer.send(Err(Error::backend(e.to_string())));
            }),
        }
    }

    /// The whole batch in one statement; when that fails, each key by itself.
    fn each(&self, conn: &mut AnyConn, keys: &[K]) -> Vec<Result<Option<V>, Error>> {
        let run = |conn: &mut AnyConn, keys: &[K]| {
            let attempt = |conn: &mut AnyConn| {
                let values = (self.statement)(conn, keys)?;
                if values.len() == keys.len() {
                    Ok(values)
                } else {
                    Err(Error::backend("a coalesced statement lost a row"))
                }
            };
            if self.writes { savepoint(conn, attempt) } else { attempt(conn) }
        };
        match run(conn, keys) {
            Ok(values) => values.into_iter().map(Ok).collect(),
            Err(e) if keys.len() == 1 => vec![Err(e)],
            Err(_) => keys.chunks(1).map(|one| run(conn, one).map(|mut values| values.pop().flatten())).collect(),
        }
    }
}

fn send_all<V>(answers: Vec<Answer<V>>, results: Vec<Result<Option<V>, Error>>) {
    for (answer, result) in answers.into_iter().zip(results) {
        let _ = answer.send(result);
    }
}

/// A running statement. Dropping it, even by a panic, starts the next one or gives the lane back.
struct Lane<K: Send + 'static, V: Send + 'static>(Arc<Inner<K, V>>);

impl<K: Send + 'static, V: Send + 'static> Drop for Lane<K, V> {
    fn drop(&mut self) {
        let again = {
            let mut state = self.0.state.lock().unwrap_or_else(PoisonError::into_inner);
            let again = !state.queue.is_empty();
            state.running -= usize::from(!again);
            again
        };
        if again {
            Inner::schedule(&self.0);
        }
    }
}

/// A batch of writes inside the transaction of a unit of work.
struct Writing<K: Send + 'static, V: Send + 'static> {
    lane: Lane<K, V>,
    batch: Vec<(K, Answer<V>)>,
    results: Vec<Result<Option<V>, Error>>,
}

impl<K: Send + 'static, V: Send + 'static> WriteJob for Writing<K, V> {
    fn run(&mut self, conn: &mut AnyConn) -> bool {
        // A second run follows a rolled-back first one: the same keys again.
        if self.batch.is_empty() {
            self.batch = self.lane.0.take();
        }
        let (keys, answers): (Vec<K>, Vec<Answer<V>>) = std::mem::take(&mut self.batch).into_iter().unzip();
        self.results = self.lane.0.each(conn, &keys);
        self.batch = keys.into_iter().zip(answers).collect();
        true
    }

    fn answer(self: Box<Self>, committed: Result<(), Error>) {
        let Self { lane, batch, results } = *self;
        match committed {
            Ok(()) => send_all(batch.into_iter().map(|(_, answer)| answer).collect(), results),
            Err(e) => {
                let waiting = if batch.is_empty() { lane.0.take() } else { batch };
                for (_, answer) in waiting {
                    let _ = answer.send(Err(if matches!(e, Error::Busy) {
                        Error::Busy
                    } else {
                        Error::backend(e.to_string())
                    }));
                }
            }
        }
        drop(lane);
    }
}

#[cfg(test)]
mod tests;
