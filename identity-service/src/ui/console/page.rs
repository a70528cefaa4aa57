//! The two shapes most pages have: a list that can be searched, and a form.

use askama::Template;

use super::{Field, Form, Frame, Pager, Table};

/// What a list is narrowed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Narrowing {
    /// Where it is.
    pub(crate) action: String,
    pub(crate) fields: Vec<Field>,
}

/// A list.
#[derive(Debug, Template)]
#[template(path = "console/list.html")]
pub(crate) struct ListPage {
    pub(crate) frame: Frame,
    /// What it is about, where the heading does not say it all.
    pub(crate) text: Option<String>,
    /// What else can be done: words and where they lead.
    pub(crate) actions: Vec<(String, String)>,
    pub(crate) search: Option<Narrowing>,
    pub(crate) table: Table,
    pub(crate) pager: Pager,
}

/// A form.
#[derive(Debug, Template)]
#[template(path = "console/form_page.html")]
pub(crate) struct FormPage {
    pub(crate) frame: Frame,
    /// What it does, where its fields do not say it.
    pub(crate) text: Option<String>,
    /// What is asked first, by a form of its own that changes nothing.
    pub(crate) search: Option<Narrowing>,
    pub(crate) form: Form,
}
