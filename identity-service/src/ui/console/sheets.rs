//! A page of sheets one below the other: facts, a table, a text for machines, a form. And a list with a search above it.

use askama::Template;

use super::{Fact, Field, Form, Frame, Pager, Table};

/// Something that can be done, beside the heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Action {
    pub(crate) label: &'static str,
    pub(crate) href: String,
    /// It cannot be undone.
    pub(crate) danger: bool,
}

impl Action {
    /// Leads somewhere.
    pub(crate) fn new(label: &'static str, href: impl Into<String>) -> Self {
        Self { label, href: href.into(), danger: false }
    }

    /// Leads to where something ends.
    pub(crate) fn danger(label: &'static str, href: impl Into<String>) -> Self {
        Self { danger: true, ..Self::new(label, href) }
    }
}

/// One sheet; what it does not have is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) title: Option<String>,
    /// What it is about, in a sentence.
    pub(crate) text: Option<String>,
    /// The sentence is a warning.
    pub(crate) is_warning: bool,
    pub(crate) facts: Vec<Fact>,
    /// A text for machines.
    pub(crate) code: Option<String>,
    pub(crate) table: Option<Table>,
    pub(crate) form: Option<Form>,
}

impl Sheet {
    /// A sheet with that heading.
    pub(crate) fn new(title: impl Into<String>) -> Self {
        Self { title: Some(title.into()), ..Self::default() }
    }

    /// The same with a sentence.
    #[must_use]
    pub(crate) fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }
}

/// Sheets.
#[derive(Debug, Template)]
#[template(path = "console/sheets.html")]
pub(crate) struct SheetsPage {
    pub(crate) frame: Frame,
    pub(crate) actions: Vec<Action>,
    /// What is chosen above the sheets; sent as a query.
    pub(crate) search: Option<Search>,
    pub(crate) sheets: Vec<Sheet>,
}

/// A form that changes nothing: what it says stands in the address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Search {
    pub(crate) action: String,
    pub(crate) fields: Vec<Field>,
    pub(crate) button: &'static str,
}

/// A list.
#[derive(Debug, Template)]
#[template(path = "console/listing.html")]
pub(crate) struct ListingPage {
    pub(crate) frame: Frame,
    pub(crate) actions: Vec<Action>,
    pub(crate) search: Option<Search>,
    pub(crate) table: Table,
    pub(crate) pager: Pager,
}
