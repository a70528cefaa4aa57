//! A closed loop: every worker sends its next request when it has its answer. What comes back is a rate and a histogram.

use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;

/// One connection's part of a profile.
pub(crate) trait Worker: 'static {
    /// One measured operation, from request to answer.
    async fn turn(&mut self) -> anyhow::Result<()>;

    /// What it does between two of them.
    async fn rest(&mut self) {}
}

/// What a loop measured.
pub(crate) struct Outcome {
    pub(crate) per_second: f64,
    /// Microseconds.
    pub(crate) latencies: Histogram<u64>,
    pub(crate) errors: u64,
    /// One error as an example.
    pub(crate) example: Option<String>,
    /// What the profile itself says of the figures.
    pub(crate) remark: Option<String>,
}

struct Tally {
    latencies: Histogram<u64>,
    errors: u64,
    example: Option<String>,
}

/// Runs the workers, warms up, then counts what ends inside the window.
pub(crate) async fn run<W: Worker>(workers: Vec<W>, warm_up: Duration, window: Duration) -> anyhow::Result<Outcome> {
    let latencies = Histogram::new_with_bounds(1, 60_000_000, 3)?;
    let tally = Rc::new(RefCell::new(Tally { latencies, errors: 0, example: None }));
    let from = Instant::now() + warm_up;
    let until = from + window;
    let mut tasks = Vec::new();
    for mut worker in workers {
        let tally = tally.clone();
        tasks.push(tokio::task::spawn_local(async move {
            loop {
                let begun = Instant::now();
                if begun >= until {
                    return;
                }
                let result = worker.turn().await;
                let ended = Instant::now();
                if (from..=until).contains(&ended) {
                    count(&mut tally.borrow_mut(), result, ended - begun);
                }
                worker.rest().await;
            }
        }));
    }
    for task in tasks {
        task.await?;
    }
    let tally = tally.borrow();
    Ok(Outcome {
        per_second: tally.latencies.len() as f64 / window.as_secs_f64(),
        latencies: tally.latencies.clone(),
        errors: tally.errors,
        example: tally.example.clone(),
        remark: None,
    })
}

fn count(tally: &mut Tally, result: anyhow::Result<()>, took: Duration) {
    match result {
        Ok(()) => tally.latencies.saturating_record(u64::try_from(took.as_micros()).unwrap_or(u64::MAX)),
        Err(error) => {
            tally.errors += 1;
            tally.example.get_or_insert_with(|| format!("{error:#}"));
        }
    }
}
