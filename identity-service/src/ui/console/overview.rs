//! The first page.

use askama::Template;

use super::{Fact, Frame, Plot};

/// Where the console begins.
#[derive(Debug, Template)]
#[template(path = "console/overview.html")]
pub(crate) struct OverviewPage {
    pub(crate) frame: Frame,
    /// Who looks at it, and at what.
    pub(crate) facts: Vec<Fact>,
    /// How the services are.
    pub(crate) health: Vec<Fact>,
    pub(crate) ranges: Vec<RangeLink>,
    pub(crate) groups: Vec<PlotGroup>,
}

/// How far back can be looked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct RangeLink {
    pub(crate) label: &'static str,
    pub(crate) href: String,
    pub(crate) chosen: bool,
}

/// The plots of a service.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PlotGroup {
    pub(crate) title: &'static str,
    pub(crate) plots: Vec<Plot>,
}
