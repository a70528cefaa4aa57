//! Messages on their way to people (contract §8).

use shared_types::{id::MessageId, time::Time};

use super::word::words;

words! {
    /// How far a message has come.
    MailStatus {
        /// Waiting to be sent.
        Queued = "queued",
        /// A worker holds it.
        Processing = "processing",
        /// The next hop has taken it.
        Sent = "sent",
        /// Given up.
        Abandoned = "abandoned",
    }
}

words! {
    /// The kind of message.
    MailType {
        /// E-mail.
        Email = "email",
        /// Text message.
        Sms = "sms",
    }
}

words! {
    /// The outcome of one attempt to send.
    DispatchStatus {
        /// The next hop took it.
        Success = "success",
        /// It did not.
        Failed = "failed",
    }
}

/// A message in the queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mail {
    pub(crate) id: MessageId,
    pub(crate) status: MailStatus,
    pub(crate) kind: MailType,
    pub(crate) recipient: String,
    /// The template's name, e.g. `verification_code_valid`.
    pub(crate) template: String,
    /// How it goes out: the same words as for its kind.
    pub(crate) channel: String,
    /// What it is made of, sealed: that carries codes.
    pub(crate) sealed: Vec<u8>,
    pub(crate) send_count: i32,
    /// Not before this instant is it tried (again), or, while `Processing`, not before it is it taken from its worker.
    pub(crate) send_after: Time,
    pub(crate) created_at: Time,
    pub(crate) updated_at: Time,
}

/// One attempt to send a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Dispatch {
    pub(crate) id: MessageId,
    pub(crate) message_id: MessageId,
    pub(crate) status: DispatchStatus,
    /// Why it failed, in the next hop's words.
    pub(crate) error: Option<String>,
    pub(crate) created_at: Time,
}
