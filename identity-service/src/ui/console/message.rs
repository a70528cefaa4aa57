//! A message and the attempts to send it.

use askama::Template;

use super::{Fact, Frame, Table};

/// One message.
#[derive(Debug, Template)]
#[template(path = "console/message.html")]
pub(crate) struct MessagePage {
    pub(crate) frame: Frame,
    pub(crate) facts: Vec<Fact>,
    /// Subject and text, where they may be seen.
    pub(crate) content: Option<(String, String)>,
    pub(crate) dispatches: Table,
}
