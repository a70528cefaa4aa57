//! Pages that stand between a wish and what it does: asking once more, and showing a secret once.

use askama::Template;

use super::{Fact, Frame};

/// Something a form sends that nobody fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hidden {
    pub(crate) name: &'static str,
    pub(crate) value: String,
}

/// Asks once more. The heading is the question.
#[derive(Debug, Template)]
#[template(path = "console/confirm.html")]
pub(crate) struct ConfirmPage {
    pub(crate) frame: Frame,
    /// What will happen.
    pub(crate) text: String,
    /// What it is about.
    pub(crate) facts: Vec<Fact>,
    /// Where the answer is sent.
    pub(crate) action: String,
    pub(crate) hidden: Vec<Hidden>,
    /// What the button says.
    pub(crate) button: String,
    /// Where to go instead.
    pub(crate) cancel: String,
}

/// A secret and what it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) label: String,
    pub(crate) value: String,
}

/// Shows what cannot be shown again.
#[derive(Debug, Template)]
#[template(path = "console/secret.html")]
pub(crate) struct SecretPage {
    pub(crate) frame: Frame,
    /// What to do with it.
    pub(crate) text: String,
    pub(crate) secrets: Vec<Secret>,
    pub(crate) facts: Vec<Fact>,
    /// Where to go on.
    pub(crate) back: String,
}
