//! Threads for slow hashing with a short queue before them: who finds no place in it within a moment is told so. What
//! they hash with together never takes more memory than they were given, and they give way to everything else.

use std::{
    io,
    sync::{
        Arc, Condvar, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::timeout,
};

use super::Error;

/// How many may wait for the threads, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Queue {
    /// Jobs that may wait for a thread.
    pub(super) places: usize,
    /// How long one may wait for a place. A refusal that takes its time slows down who answers each with the next guess,
    /// and costs nothing meanwhile.
    pub(super) patience: Duration,
    /// How many may wait for a place; others are refused at once.
    pub(super) crowd: usize,
}

impl Queue {
    const PATIENCE: Duration = Duration::from_millis(500);
    const CROWD: usize = 4096;

    /// Before so many threads: about four seconds of work at cost 12.
    const fn before(threads: usize) -> Self {
        Self { places: threads * 16, patience: Self::PATIENCE, crowd: Self::CROWD }
    }
}

struct Job {
    /// Bytes it takes while it runs.
    memory: usize,
    run: Box<dyn FnOnce() + Send>,
    /// Free for another when this one begins.
    place: OwnedSemaphorePermit,
}

/// The threads end when the pool is dropped.
pub(super) struct Pool {
    jobs: Sender<Job>,
    places: Arc<Semaphore>,
    crowd: Semaphore,
    patience: Duration,
    /// How many places there are.
    all: usize,
}

impl Pool {
    pub(super) fn start(threads: usize, memory: usize) -> io::Result<Self> {
        Self::sized(threads, Queue::before(threads), memory)
    }

    pub(super) fn sized(threads: usize, queue: Queue, memory: usize) -> io::Result<Self> {
        let (jobs, waiting) = channel::<Job>();
        let (waiting, memory) = (Arc::new(Mutex::new(waiting)), Arc::new(Memory::of(memory)));
        for number in 0..threads.max(1) {
            let (waiting, memory) = (Arc::clone(&waiting), Arc::clone(&memory));
            thread::Builder::new().name(format!("hash-{number}")).spawn(move || {
                give_way();
                work(&waiting, &memory);
            })?;
        }
        let places = Arc::new(Semaphore::new(queue.places));
        Ok(Self { jobs, places, crowd: Semaphore::new(queue.crowd), patience: queue.patience, all: queue.places })
    }

    /// Runs a job that takes so many bytes on one of the threads. A job whose caller has gone is skipped.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        memory: usize,
        job: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Error> {
        let place = self.place().await?;
        let (answer, result) = oneshot::channel();
        let run = Box::new(move || {
            if !answer.is_closed() {
                let _ = answer.send(job());
            }
        });
        self.jobs.send(Job { memory, run, place }).map_err(|_| Error::Busy)?;
        result.await.map_err(|_| Error::Busy)
    }

    /// How many jobs wait for a thread.
    pub(super) fn waiting(&self) -> usize {
        self.all.saturating_sub(self.places.available_permits())
    }

    async fn place(&self) -> Result<OwnedSemaphorePermit, Error> {
        if let Ok(place) = Arc::clone(&self.places).try_acquire_owned() {
            return Ok(place);
        }
        let Ok(_waiting) = self.crowd.try_acquire() else { return Err(Error::Busy) };
        match timeout(self.patience, Arc::clone(&self.places).acquire_owned()).await {
            Ok(Ok(place)) => Ok(place),
            Ok(Err(_)) | Err(_) => Err(Error::Busy),
        }
    }
}

/// Lets every other thread of the machine go first: a tenth of a processor that is wanted by others is what a hash gets at
/// least. Only Linux knows it of a single thread.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(None, 10) {
        tracing::debug!(%error, "hashing runs at the priority of everything else");
    }
}

fn work(jobs: &Mutex<Receiver<Job>>, memory: &Memory) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        drop(job.place);
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
