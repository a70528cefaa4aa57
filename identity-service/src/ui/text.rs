//! Messages of the self-service flows: stable numbers, our own English, and the context a client translates with.
//!
//! The numbers, the context keys and the types are contract (identity §2.9); the texts are ours, except that the few
//! short labels which clients look for stay close to what they know. One function per message, so that a number
//! is written once.

pub(crate) mod label;
pub(crate) mod login;
pub(crate) mod recovery;
pub(crate) mod registration;
pub(crate) mod settings;
pub(crate) mod validation;
pub(crate) mod verification;

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_types::time::Time;

/// How a message is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum MessageType {
    /// A label or a hint.
    Info,
    /// Something the person has to mend.
    Error,
    /// Something went well.
    Success,
}

/// One message, as it stands in `ui.messages`, in a node's `messages`, or as a node's label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Message {
    /// The stable number.
    pub(crate) id: u32,
    /// English.
    pub(crate) text: String,
    /// How it is meant.
    #[serde(rename = "type")]
    pub(crate) kind: MessageType,
    /// What a translation needs.
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(crate) context: Map<String, Value>,
}

impl Message {
    fn info(id: u32, text: impl Into<String>) -> Self {
        Self::new(id, MessageType::Info, text)
    }

    fn error(id: u32, text: impl Into<String>) -> Self {
        Self::new(id, MessageType::Error, text)
    }

    fn success(id: u32, text: impl Into<String>) -> Self {
        Self::new(id, MessageType::Success, text)
    }

    fn new(id: u32, kind: MessageType, text: impl Into<String>) -> Self {
        Self { id, text: text.into(), kind, context: Map::new() }
    }

    fn with(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.context.insert(key.to_owned(), value.into());
        self
    }

    /// The two keys every "expired" message carries.
    fn expired(self, at: Time) -> Self {
        self.with("expired_at", at.to_rfc3339_opts(chrono::SecondsFormat::Micros, true))
            .with("expired_at_unix", at.timestamp())
    }
}
