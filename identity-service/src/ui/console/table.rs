//! Tables, facts, and the way through long lists.

use shared_types::time::Time;

/// What a badge says by its colour, beside its words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Worth a look.
    Warn,
    /// Wrong.
    Bad,
    /// None of it.
    Plain,
}

impl Tone {
    /// The class of the style sheet.
    pub(crate) const fn class(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Plain => "plain",
        }
    }
}

/// How the content of a cell looks.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Look {
    Text,
    Link(String),
    Badge(Tone),
    Code,
    Time(String),
}

/// Something in a table or beside a name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell {
    text: String,
    look: Look,
    more: Option<String>,
}

impl Cell {
    const fn new(text: String, look: Look) -> Self {
        Self { text, look, more: None }
    }

    /// Words.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self::new(text.into(), Look::Text)
    }

    /// Words that lead somewhere.
    pub(crate) fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self::new(text.into(), Look::Link(href.into()))
    }

    /// A state in a word or two.
    pub(crate) fn badge(tone: Tone, text: impl Into<String>) -> Self {
        Self::new(text.into(), Look::Badge(tone))
    }

    /// An id or another text for machines.
    pub(crate) fn code(text: impl Into<String>) -> Self {
        Self::new(text.into(), Look::Code)
    }

    /// A moment.
    pub(crate) fn time(time: Time) -> Self {
        Self::new(moment(time), Look::Time(time.format("%Y-%m-%dT%H:%M:%SZ").to_string()))
    }

    /// What it says.
    pub(crate) fn words(&self) -> &str {
        &self.text
    }

    /// Where it leads.
    pub(crate) fn href(&self) -> Option<&str> {
        if let Look::Link(href) = &self.look { Some(href) } else { None }
    }

    /// The class of a badge.
    pub(crate) const fn badge_class(&self) -> Option<&'static str> {
        if let Look::Badge(tone) = &self.look { Some(tone.class()) } else { None }
    }

    /// A moment as machines read it.
    pub(crate) fn moment(&self) -> Option<&str> {
        if let Look::Time(machine) = &self.look { Some(machine) } else { None }
    }

    /// Whether it is a text for machines.
    pub(crate) const fn is_code(&self) -> bool {
        matches!(self.look, Look::Code)
    }

    /// What stands below it.
    pub(crate) fn second_line(&self) -> Option<&str> {
        self.more.as_deref()
    }

    /// The same with a second line.
    #[must_use]
    pub(crate) fn and(mut self, more: impl Into<String>) -> Self {
        self.more = Some(more.into()).filter(|more| !more.is_empty());
        self
    }
}

/// A moment in words.
pub(crate) fn moment(time: Time) -> String {
    time.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// A line of a table: its first cell names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Row {
    /// As many as there are columns.
    pub(crate) cells: Vec<Cell>,
    /// What can be done with it: words and where they lead.
    pub(crate) acts: Vec<(String, String)>,
}

impl Row {
    /// A row with which nothing can be done.
    pub(crate) const fn new(cells: Vec<Cell>) -> Self {
        Self { cells, acts: Vec::new() }
    }

    /// The same with something that can be done with it.
    #[must_use]
    pub(crate) fn act(mut self, label: impl Into<String>, href: impl Into<String>) -> Self {
        self.acts.push((label.into(), href.into()));
        self
    }
}

/// A table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Table {
    /// What it shows; read out, not seen.
    pub(crate) caption: String,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) rows: Vec<Row>,
    /// What is said when there is no row.
    pub(crate) empty: String,
}

impl Table {
    /// Whether any row can have something done with it.
    pub(crate) fn acts(&self) -> bool {
        self.rows.iter().any(|row| !row.acts.is_empty())
    }

    /// The heading of a column.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates hand out references")]
    pub(crate) fn column(&self, index: &usize) -> &'static str {
        self.columns.get(*index).copied().unwrap_or_default()
    }
}

/// The way through a list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Pager {
    /// Back to the beginning, unless this is it.
    pub(crate) first: Option<String>,
    /// Further, if there is more.
    pub(crate) next: Option<String>,
}

/// A name and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    pub(crate) label: String,
    pub(crate) cell: Cell,
}

impl Fact {
    /// A fact.
    pub(crate) fn new(label: impl Into<String>, cell: Cell) -> Self {
        Self { label: label.into(), cell }
    }
}
