//! Hands security events to the system the configuration names (`audit.web_hook`): as `{"events": [..]}`, in their order,
//! again and again until it has taken them.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::mpsc::Receiver;

use crate::{
    app::{Env, Live},
    peer,
};

/// How many events one request holds at most.
const BATCH: usize = 100;
/// The first pause after a failure; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(500);
/// No pause is longer.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Runs until there are no more events, or the task is aborted.
pub(super) async fn run(live: Live, mut events: Receiver<Value>) {
    loop {
        let mut batch = Vec::new();
        if events.recv_many(&mut batch, BATCH).await == 0 {
            return;
        }
        let mut pause = PAUSE;
        while let Err(why) = hand_over(&live.now(), &batch).await {
            tracing::warn!(events = batch.len(), why, "audit.web_hook did not take security events; it is tried again");
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }
}

/// One try. Without such a system, as after a change of the configuration, there is nothing to do.
async fn hand_over(env: &Env, batch: &[Value]) -> Result<(), String> {
    let Some(hook) = &env.config.audit_web_hook else { return Ok(()) };
    let mut request = peer::request::begun(hook);
    request.body = json!({ "events": batch }).to_string().into_bytes();
    match env.http.send(request).await {
        Ok(reply) if reply.status < 400 => Ok(()),
        Ok(reply) => Err(format!("it answered with status {}", reply.status)),
        Err(error) => Err(error.to_string()),
    }
}
