//! What a page says in place of an answer (contract 3.6).

use shared_types::contract::RejectRequest;

use crate::{model::challenge::Rejection, protocol::error::safe_description};

/// The rejection as the client will read it: a page's own words unchanged but for characters that may not stand there.
pub(crate) fn of(body: RejectRequest, default_error: &str) -> Rejection {
    let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
    let error = filled(body.error).unwrap_or_else(|| default_error.to_owned());
    let parts = [filled(body.error_description), filled(body.error_hint)];
    let description = parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    Rejection { error: safe_description(&error), description: safe_description(&description) }
}

#[cfg(test)]
mod tests;
