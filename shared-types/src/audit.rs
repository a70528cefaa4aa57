//! Security events on their way to another system: what is logged with the target `audit`, as JSON objects.
//!
//! The queue is bounded. When who takes from it cannot keep up, the newest events are left out of it, which is counted;
//! the log has them all.

use std::{
    fmt::Debug,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use serde_json::{Map, Value, json};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tracing::{
    Event, Subscriber,
    field::{Field, Visit},
};
use tracing_subscriber::layer::{Context, Layer};

use crate::time::Clock;

/// The target of security events.
pub const TARGET: &str = "audit";
/// How many events may wait.
const QUEUE: usize = 10_000;

/// The events of a process, in their order.
#[derive(Debug)]
pub struct Events {
    queue: Receiver<Value>,
    lost: Arc<AtomicU64>,
}

impl Events {
    /// Waits for events and takes at most `limit`; none means that there will be no more.
    pub async fn take(&mut self, limit: usize) -> Vec<Value> {
        let mut taken = Vec::new();
        self.queue.recv_many(&mut taken, limit).await;
        taken
    }

    /// No event is taken any more; those that are here can still be taken.
    pub fn close(&mut self) {
        self.queue.close();
    }

    /// How many found no room since this was asked last.
    pub fn lost(&self) -> u64 {
        self.lost.swap(0, Ordering::Relaxed)
    }
}

/// Puts events into the queue.
pub(crate) struct Listener {
    queue: Sender<Value>,
    lost: Arc<AtomicU64>,
    clock: Arc<dyn Clock>,
}

/// A listener, and where its events come out.
pub(crate) fn listen(clock: Arc<dyn Clock>) -> (Listener, Events) {
    let (queue, taken) = mpsc::channel(QUEUE);
    let lost = Arc::new(AtomicU64::new(0));
    (Listener { queue, lost: Arc::clone(&lost), clock }, Events { queue: taken, lost })
}

/// Events that a test puts there itself.
#[cfg(any(test, feature = "testing"))]
pub fn queue() -> (Sender<Value>, Events) {
    let (put, taken) = mpsc::channel(QUEUE);
    (put, Events { queue: taken, lost: Arc::default() })
}

impl<S: Subscriber> Layer<S> for Listener {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        if event.metadata().target() != TARGET {
            return;
        }
        let mut fields = Fields(Map::new());
        fields.0.insert("time".to_owned(), json!(self.clock.now()));
        event.record(&mut fields);
        if self.queue.try_send(Value::Object(fields.0)).is_err() {
            self.lost.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// The fields of an event as JSON.
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.0.insert(field.name().to_owned(), Value::String(format!("{value:?}")));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), Value::String(value.to_owned()));
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.0.insert(field.name().to_owned(), value.into());
    }
}
