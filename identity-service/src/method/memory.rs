//! What a method keeps in a flow between two submissions: sealed, so that neither a stolen database nor a reader of the
//! flow learns it.

use serde::{Serialize, de::DeserializeOwned};

use crate::{app::Cx, model::flow::Flow};

/// Something to be found again, as a flow keeps it.
pub(super) fn sealed<T: Serialize>(cx: &Cx, name: &str, value: &T) -> String {
    // What methods keep are plain structs: they can always be written.
    let text = serde_json::to_string(value).unwrap_or_default();
    cx.secrets.ciphers.seal_text(&purpose(name), &*cx.entropy, text.as_bytes())
}

/// Keeps something in a flow.
pub(super) fn keep<T: Serialize>(cx: &Cx, flow: &mut Flow, name: &str, value: &T) {
    let sealed = sealed(cx, name, value);
    flow.data.memory.insert(name.to_owned(), sealed);
}

/// Finds it again; what cannot be opened or read was never kept.
pub(super) fn recall<T: DeserializeOwned>(cx: &Cx, flow: &Flow, name: &str) -> Option<T> {
    let sealed = flow.data.memory.get(name)?;
    let clear = cx.secrets.ciphers.open_text(&purpose(name), sealed).ok()?;
    serde_json::from_slice(&clear).ok()
}

fn purpose(name: &str) -> String {
    format!("flow {name}")
}
