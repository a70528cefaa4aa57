//! Mails on their way to people (contract §8).
//!
//! `enqueue` puts a mail into the queue in the transaction of what caused it; `built_in` writes it; `smtp` hands it to
//! the next hop; `worker` takes mails from the queue and keeps several workers from sending one twice.
//!
//! A mail carries a secret. It is written once, when it is queued, and lies sealed until it is sent or given up; then
//! it is emptied, except with `--dev`, where it can still be read. No trait of an identity goes into a mail: whoever
//! registers a stranger's address must not be able to choose what the stranger reads.

use std::sync::Arc;

use tokio::sync::Notify;

mod built_in;
pub(crate) mod enqueue;
mod smtp;
mod template;
mod worker;

pub(crate) use enqueue::read;
pub(crate) use worker::Worker;

/// Tells the worker of this process that a mail was queued. Cloning shares it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Bell(Arc<Notify>);

impl Bell {
    /// A mail was queued, or will be when a transaction commits.
    pub(crate) fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits for the next ring; one that came before counts.
    async fn heard(&self) {
        self.0.notified().await;
    }
}
