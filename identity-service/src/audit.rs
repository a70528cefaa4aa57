//! Security events beyond the log: kept in the database for operators (`audit.retention`), and handed to the system the
//! configuration names (`audit.web_hook`). Requests wait for neither.

mod hook;

use std::time::Duration;

use serde_json::{Map, Value};
use shared_types::audit::Events;
use tokio::sync::{mpsc, watch};

use crate::{
    app::{Env, Live},
    model::audit::{self, AuditEvent, Numbers},
    store,
};

/// How many events one statement holds at most.
const BATCH: usize = 500;
/// Events gather for so long, so that many share a statement.
const GATHER: Duration = Duration::from_millis(100);
/// The first pause after a failure; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);
/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// So often is it tried again once the service is to stop.
const LAST_TRIES: u32 = 5;
/// How many events may wait for the web hook.
const QUEUE: usize = 10_000;

/// Takes events until `stopping` says so, and then those that are left.
pub(crate) async fn run(live: Live, mut events: Events, mut stopping: watch::Receiver<bool>) {
    let (put, taken) = mpsc::channel(QUEUE);
    let hook = tokio::spawn(hook::run(live.clone(), taken));
    let mut numbers = Numbers::default();
    loop {
        let batch = tokio::select! {
            batch = events.take(BATCH) => batch,
            // A sender that is gone means the same as one that says so.
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        if batch.is_empty() {
            break;
        }
        forward(&put, &batch);
        keep(&live, batch, &mut numbers, &mut stopping).await;
        let lost = events.lost();
        if lost > 0 {
            tracing::warn!(lost, "security events were left out of what is kept; the log has them");
        }
        tokio::select! {
            () = tokio::time::sleep(GATHER) => {}
            _ = stopping.wait_for(|stopping| *stopping) => {}
        }
    }
    events.close();
    loop {
        let batch = events.take(BATCH).await;
        if batch.is_empty() {
            break;
        }
        forward(&put, &batch);
        keep(&live, batch, &mut numbers, &mut stopping).await;
    }
    hook.abort();
}

/// Hands events to the web hook's queue; the newest find no room when it is too slow.
fn forward(queue: &mpsc::Sender<Value>, batch: &[Value]) {
    let lost = batch.iter().filter(|event| queue.try_send((*event).clone()).is_err()).count();
    if lost > 0 {
        tracing::warn!(lost, "security events found no room before audit.web_hook; the log has them");
    }
}

/// Keeps events in the database, again and again until it has them.
async fn keep(live: &Live, batch: Vec<Value>, numbers: &mut Numbers, stopping: &mut watch::Receiver<bool>) {
    let env = live.now();
    if env.config.audit_retention.is_zero() {
        return;
    }
    let now = env.clock.now();
    let fields = batch.into_iter().filter_map(|event| if let Value::Object(map) = event { Some(map) } else { None });
    let events: Vec<AuditEvent> = fields.map(|fields| read(&env, fields, now, numbers)).collect();
    let (mut pause, mut tries) = (PAUSE, 0);
    loop {
        let rows = events.clone();
        let Err(error) = env.db.write(move |conn| store::audit_events::insert(conn, &rows)).await else { return };
        tries = if *stopping.borrow() { tries + 1 } else { 0 };
        if tries >= LAST_TRIES {
            tracing::error!(%error, events = events.len(), "security events could not be kept; the log has them");
            return;
        }
        tracing::warn!(%error, events = events.len(), "security events could not be kept yet; it is tried again");
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = stopping.wait_for(|stopping| *stopping), if tries == 0 => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn read(env: &Env, fields: Map<String, Value>, now: shared_types::time::Time, numbers: &mut Numbers) -> AuditEvent {
    audit::read(fields, now, |at| {
        let mut random = [0; 8];
        env.entropy.fill(&mut random);
        numbers.id(at, random)
    })
}
