//! Whether a native flow ends with a code by which its program fetches the session (contract §3.3). The code that the
//! browser brings back is kept in the flow, sealed, until the flow ends.

use super::memory;
use crate::{app::Cx, model::flow::Flow};

/// Under this name a flow keeps it.
const NAME: &str = "return code";

/// The flow with the code its end will show.
pub(crate) fn keep(cx: &Cx, flow: &mut Flow, code: &str) {
    memory::keep(cx, flow, NAME, &code);
}

/// Whether the flow ends with one.
pub(crate) fn is_asked(flow: &Flow) -> bool {
    flow.data.memory.contains_key(NAME)
}

/// The code.
pub(crate) fn code(cx: &Cx, flow: &Flow) -> Option<String> {
    memory::recall(cx, flow, NAME)
}

/// Gives a flow that goes on in place of another what that one would have shown.
pub(crate) fn hand_over(from: &Flow, to: &mut Flow) {
    if let Some(sealed) = from.data.memory.get(NAME) {
        to.data.memory.insert(NAME.to_owned(), sealed.clone());
    }
}
