//! Threads for slow hashing with a short queue before them: who does not fit is told at once. What they hash with together
//! never takes more memory than they were given.

use std::{
    io,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    thread,
};

use tokio::sync::oneshot;

use super::Error;

/// Jobs that may wait per thread: about four seconds at cost 12.
const QUEUE_PER_THREAD: usize = 16;

struct Job {
    /// Bytes it takes while it runs.
    memory: usize,
    run: Box<dyn FnOnce() + Send>,
}

/// The threads end when the pool is dropped.
pub(super) struct Pool {
    queue: SyncSender<Job>,
}

impl Pool {
    pub(super) fn start(threads: usize, memory: usize) -> io::Result<Self> {
        Self::sized(threads, threads * QUEUE_PER_THREAD, memory)
    }

    pub(super) fn sized(threads: usize, waiting: usize, memory: usize) -> io::Result<Self> {
        let (queue, jobs) = sync_channel::<Job>(waiting);
        let (jobs, memory) = (Arc::new(Mutex::new(jobs)), Arc::new(Memory::of(memory)));
        for number in 0..threads.max(1) {
            let (jobs, memory) = (Arc::clone(&jobs), Arc::clone(&memory));
            thread::Builder::new().name(format!("hash-{number}")).spawn(move || work(&jobs, &memory))?;
        }
        Ok(Self { queue })
    }

    /// Runs a job that takes so many bytes on one of the threads. A job whose caller has gone is skipped.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        memory: usize,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let (answer, result) = oneshot::channel();
        let run = Box::new(move || {
            if !answer.is_closed() {
                let _ = answer.send(job());
            }
        });
        match self.queue.try_send(Job { memory, run }) {
            Ok(()) => result.await.map_err(|_| Error::Busy),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Error::Busy),
        }
    }
}

fn work(jobs: &Mutex<Receiver<Job>>, memory: &Memory) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        let taken = memory.take(job.memory);
        // A panic in one job must not take the thread away from all others; its caller sees a closed channel.
        let _ = std::panic::catch_unwind(std::panic::AssertUnwindSafe(job.run));
        drop(taken);
    }
}

/// Bytes that may be taken at once.
struct Memory {
    all: usize,
    free: Mutex<usize>,
    returned: Condvar,
}

/// Bytes that were taken; given back when it is dropped.
struct Taken<'a>(&'a Memory, usize);

impl Memory {
    const fn of(all: usize) -> Self {
        Self { all, free: Mutex::new(all), returned: Condvar::new() }
    }

    /// Waits until so many bytes are free. Who wants more than there are gets them all, and is alone then.
    fn take(&self, wanted: usize) -> Taken<'_> {
        let wanted = wanted.min(self.all);
        let free = self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let free = self.returned.wait_while(free, |free| *free < wanted);
        *free.unwrap_or_else(PoisonError::into_inner) -= wanted;
        Taken(self, wanted)
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        *self.0.free.lock().unwrap_or_else(PoisonError::into_inner) += self.1;
        self.0.returned.notify_all();
    }
}
