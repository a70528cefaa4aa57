//! The first page.

use askama::Template;

use super::{Fact, Frame};

/// Where the console begins.
#[derive(Debug, Template)]
#[template(path = "console/overview.html")]
pub(crate) struct OverviewPage {
    pub(crate) frame: Frame,
    /// Who looks at it, and at what.
    pub(crate) facts: Vec<Fact>,
}
