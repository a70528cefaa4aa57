//! Processes that evaluate, kept warm: started when they are needed, one request at a time each, ended when they take too
//! long, have worked enough, or have nothing to do.

use std::{
    io,
    os::unix::process::ExitStatusExt as _,
    path::PathBuf,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tokio::{
    process::{Child, ChildStdin, ChildStdout, Command},
    runtime::Handle,
    sync::Semaphore,
    time::{Instant, timeout},
};

use super::{
    JsonnetError,
    frame::{self, Answer, Outcome},
    worker::PROCESSOR_TIME,
};

/// How processes are started, and what they may take.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) program: PathBuf,
    pub(super) args: Vec<String>,
    /// Processes at once.
    pub(super) most: usize,
    /// From its start until a process is ready.
    pub(super) start: Duration,
    /// One evaluation.
    pub(super) evaluation: Duration,
    /// Until one of the processes is free.
    pub(super) queue: Duration,
    /// Without work, before a process is ended.
    pub(super) idle: Duration,
}

impl Plan {
    /// The limits of the service, for the program whose command `jsonnet` evaluates.
    pub(super) fn of(program: PathBuf) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        Self {
            program,
            args: vec!["jsonnet".to_owned()],
            most: cores.clamp(2, 8),
            start: Duration::from_secs(10),
            evaluation: Duration::from_secs(1),
            queue: Duration::from_secs(5),
            idle: Duration::from_mins(1),
        }
    }
}

/// The processes of a service. There are none before the first evaluation.
#[derive(Debug)]
pub(super) struct Pool {
    plan: Plan,
    free: Semaphore,
    state: Mutex<State>,
    /// Where processes are waited for; requests come from runtimes of one thread each.
    runtime: Handle,
}

#[derive(Debug, Default)]
struct State {
    /// Those without work; the one that worked last is taken first.
    idle: Vec<Worker>,
    /// Whether a task looks after the idle ones.
    tended: bool,
    closed: bool,
}

impl Pool {
    /// A pool whose processes belong to the runtime this is called on.
    pub(super) fn new(plan: Plan) -> Arc<Self> {
        let free = Semaphore::new(plan.most);
        Arc::new(Self { plan, free, state: Mutex::default(), runtime: Handle::current() })
    }

    /// Has one of the processes evaluate a request. It is seen through though the caller should be gone.
    pub(super) async fn run(self: &Arc<Self>, request: Vec<u8>) -> Result<Outcome, JsonnetError> {
        let pool = Arc::clone(self);
        let task = self.runtime.spawn(async move { pool.turn(&request).await });
        task.await.map_err(|error| JsonnetError::Gone(error.to_string()))?
    }

    async fn turn(self: &Arc<Self>, request: &[u8]) -> Result<Outcome, JsonnetError> {
        let free = timeout(self.plan.queue, self.free.acquire()).await;
        let Ok(Ok(_permit)) = free else { return Err(JsonnetError::Busy) };
        let mut worker = match self.warm() {
            Some(worker) => worker,
            None => Worker::start(&self.plan).await?,
        };
        let outcome = worker.answer(request, self.plan.evaluation).await?;
        self.keep(worker);
        Ok(outcome)
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// An idle process, if one lives.
    fn warm(&self) -> Option<Worker> {
        let mut state = self.state();
        std::iter::from_fn(|| state.idle.pop()).find_map(|mut worker| worker.is_alive().then_some(worker))
    }

    /// Keeps a process for the next request. One that has worked long is ended before its own limit ends it at work.
    fn keep(self: &Arc<Self>, mut worker: Worker) {
        let mut state = self.state();
        if state.closed || worker.busy + self.plan.evaluation * 2 >= PROCESSOR_TIME {
            return;
        }
        worker.since = Instant::now();
        state.idle.push(worker);
        if !std::mem::replace(&mut state.tended, true) {
            self.runtime.spawn(tend(Arc::downgrade(self), self.plan.idle));
        }
    }

    /// Ends the processes that have had nothing to do; `false` when none is left to look after.
    fn end_idle(&self) -> bool {
        let mut state = self.state();
        state.idle.retain(|worker| worker.since.elapsed() < self.plan.idle);
        state.tended = !state.idle.is_empty();
        state.tended
    }

    /// Ends the idle processes now, and those at work when they have answered.
    pub(super) fn close(&self) {
        let mut state = self.state();
        state.closed = true;
        state.idle.clear();
        self.free.close();
    }

    #[cfg(test)]
    pub(super) fn idle(&self) -> usize {
        self.state().idle.len()
    }
}

async fn tend(pool: Weak<Pool>, idle: Duration) {
    loop {
        tokio::time::sleep(idle).await;
        let Some(pool) = pool.upgrade() else { return };
        if !pool.end_idle() {
            return;
        }
    }
}

/// One process. It ends with the value.
#[derive(Debug)]
struct Worker {
    child: Child,
    input: ChildStdin,
    output: ChildStdout,
    /// What it has worked in all.
    busy: Duration,
    /// When it answered last.
    since: Instant,
}

impl Worker {
    async fn start(plan: &Plan) -> Result<Self, JsonnetError> {
        let gone = |why: &dyn std::fmt::Display| JsonnetError::Gone(format!("{}: {why}", plan.program.display()));
        let mut command = Command::new(&plan.program);
        // The environment may hold secrets; an evaluation needs none of it.
        command.args(&plan.args).arg0("identity-service").env_clear().current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).kill_on_drop(true);
        let mut child = command.spawn().map_err(|error| gone(&error))?;
        let (Some(input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(gone(&"it has no input or output"));
        };
        let mut worker = Self { child, input, output, busy: Duration::ZERO, since: Instant::now() };
        match timeout(plan.start, Answer::read(&mut worker.output)).await {
            Ok(Ok(Answer::Ready)) => Ok(worker),
            Ok(Ok(Answer::Unfit(why))) => Err(gone(&why)),
            Ok(Ok(Answer::Outcome(_))) => Err(gone(&"it answered before it was asked")),
            Ok(Err(error)) => Err(gone(&error)),
            Err(_) => Err(gone(&"it was not ready in time")),
        }
    }

    fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Has it evaluate one request. After an error it is of no more use.
    async fn answer(&mut self, request: &[u8], limit: Duration) -> Result<Outcome, JsonnetError> {
        let begun = Instant::now();
        let exchange = async {
            frame::send(&mut self.input, request).await?;
            Answer::read(&mut self.output).await
        };
        let answered = timeout(limit, exchange).await;
        self.busy += begun.elapsed();
        match answered {
            Ok(Ok(Answer::Outcome(outcome))) => Ok(outcome),
            Ok(Ok(Answer::Ready | Answer::Unfit(_))) => Err(JsonnetError::Gone("it answered out of turn".to_owned())),
            Ok(Err(error)) => Err(self.ended(&error).await),
            Err(_) => Err(JsonnetError::OverBudget("time")),
        }
    }

    /// Why it ended at work. A signal is how the system ends a process that took more than it may.
    async fn ended(&mut self, error: &io::Error) -> JsonnetError {
        let _ = self.child.start_kill();
        match self.child.wait().await {
            Ok(status) if status.signal().is_some() => JsonnetError::OverBudget("memory"),
            Ok(status) => JsonnetError::Gone(format!("it ended with {status}")),
            Err(_) => JsonnetError::Gone(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests;
