//! What stands around every page: where in the console it is, who looks at it, what was just done.

use super::asset;
use crate::{config::Config, ui::page::Person};

/// A part of the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    /// What is going on.
    Overview,
    /// Who can sign in.
    Identities,
    /// Who is signed in.
    Sessions,
    /// What was sent to whom.
    Messages,
    /// Who did what.
    Audit,
    /// The clients of the OAuth2 provider.
    Clients,
    /// Who agreed to what.
    Consents,
    /// What the OAuth2 provider signs with.
    Keys,
    /// Which tokens somebody would get.
    Tokens,
}

impl Section {
    /// What the navigation offers, in its order.
    pub(crate) const NAV: &'static [Self] = &[
        Self::Overview,
        Self::Identities,
        Self::Sessions,
        Self::Clients,
        Self::Consents,
        Self::Tokens,
        Self::Keys,
        Self::Messages,
        Self::Audit,
    ];

    /// What it is called.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Identities => "Identities",
            Self::Sessions => "Sessions",
            Self::Messages => "Messages",
            Self::Audit => "Audit",
            Self::Clients => "OAuth2 clients",
            Self::Consents => "Consents",
            Self::Keys => "Signing keys",
            Self::Tokens => "Token preview",
        }
    }

    /// Where it is, below the console's address.
    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Overview => "",
            Self::Identities => "identities",
            Self::Sessions => "sessions",
            Self::Messages => "messages",
            Self::Audit => "audit",
            Self::Clients => "clients",
            Self::Consents => "consents",
            Self::Keys => "keys",
            Self::Tokens => "token-preview",
        }
    }
}

/// What a page cannot know by itself.
#[derive(Debug)]
pub(crate) struct Surroundings {
    /// Who looks at it.
    pub(crate) operator: Person,
    /// Belongs to the session; every form carries it.
    pub(crate) token: String,
    /// What was just done.
    pub(crate) said: Option<String>,
}

/// What stands around a page.
#[derive(Debug, Clone)]
pub(crate) struct Frame {
    /// The heading, and the title of the window.
    pub(crate) title: String,
    pub(crate) section: Section,
    /// The path of the console; ends with a slash.
    pub(crate) base: String,
    pub(crate) operator: Person,
    pub(crate) token: String,
    pub(crate) said: Option<String>,
    /// Whether the page says that something went wrong.
    pub(crate) wrong: bool,
    /// The way up: words and address.
    pub(crate) up: Option<(String, String)>,
}

impl Frame {
    /// The frame of a page with that heading.
    pub(crate) fn new(config: &Config, section: Section, title: impl Into<String>, around: Surroundings) -> Self {
        Self {
            title: title.into(),
            section,
            base: config.console.base_url.path().to_owned(),
            operator: around.operator,
            token: around.token,
            said: around.said,
            wrong: false,
            up: None,
        }
    }

    /// The same, below another page.
    #[must_use]
    pub(crate) fn below(mut self, label: impl Into<String>, path: &str) -> Self {
        self.up = Some((label.into(), self.link(path)));
        self
    }

    /// The same for a page that says that something went wrong.
    #[must_use]
    pub(crate) const fn wrong(mut self, wrong: bool) -> Self {
        self.wrong = wrong;
        self
    }

    /// The address of something in the console.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.base)
    }

    /// The navigation.
    #[expect(clippy::unused_self, reason = "templates call what they show a method of")]
    pub(crate) const fn nav(&self) -> &'static [Section] {
        Section::NAV
    }

    /// The address of a section.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
    pub(crate) fn place(&self, section: &Section) -> String {
        self.link(section.path())
    }

    /// The address of the style sheet.
    pub(crate) fn style(&self) -> String {
        style(&self.base)
    }

    /// The address of the window's icon.
    pub(crate) fn icon(&self) -> String {
        icon(&self.base)
    }
}

/// The address of the style sheet, for pages without a frame.
pub(super) fn style(base: &str) -> String {
    format!("{base}assets/{}", asset::STYLE.name)
}

/// The address of the icon.
pub(super) fn icon(base: &str) -> String {
    format!("{base}assets/{}", asset::ICON.name)
}
