//! Pages for who may not enter, and for what did not work.

use askama::Template;

use super::{Fact, Frame, frame};
use crate::config::Config;

/// Says why somebody may not enter; there is nothing of the console on it.
#[derive(Debug, Template)]
#[template(path = "console/refused.html")]
pub(crate) struct RefusedPage {
    title: String,
    style: String,
    icon: String,
    text: String,
    /// What could be done about it.
    hints: Vec<String>,
    /// Ways on: words and where they lead.
    links: Vec<(String, String)>,
}

impl RefusedPage {
    /// A page with that heading.
    pub(crate) fn new(config: &Config, title: impl Into<String>, text: impl Into<String>) -> Self {
        let base = config.console.base_url.path();
        Self {
            title: title.into(),
            style: frame::style(base),
            icon: frame::icon(base),
            text: text.into(),
            hints: Vec::new(),
            links: Vec::new(),
        }
    }

    /// The same with what could be done about it.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The same with a way on.
    #[must_use]
    pub(crate) fn link(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.links.push((label.into(), href.into()));
        self
    }
}

/// Says what did not work.
#[derive(Debug, Template)]
#[template(path = "console/problem.html")]
pub(crate) struct ProblemPage {
    pub(crate) frame: Frame,
    pub(crate) text: String,
    pub(crate) facts: Vec<Fact>,
}
