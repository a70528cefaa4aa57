//! Forms: fields in sets, and what is wrong with them.

/// One of several values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
    pub(crate) chosen: bool,
}

impl Choice {
    /// A value that is called what it is.
    pub(crate) fn new(value: impl Into<String>, chosen: bool) -> Self {
        let value = value.into();
        Self { label: value.clone(), value, chosen }
    }

    /// The same under another name.
    #[must_use]
    pub(crate) fn called(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }
}

/// What one fills in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Control {
    /// A line; its type as HTML has it.
    Line {
        /// `text`, `email`, `password`, ..
        kind: &'static str,
        /// What stands in it.
        value: String,
    },
    /// Several lines.
    Area {
        /// How many are seen.
        rows: u8,
        /// What stands in it.
        value: String,
        /// Whether it is for machines.
        code: bool,
    },
    /// One of several.
    Select(Vec<Choice>),
    /// Any of several; each is sent under the same name.
    Checks(Vec<Choice>),
    /// Yes or no; sends `true` when it is checked.
    Check(bool),
}

/// A field of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) control: Control,
    pub(crate) hint: Option<String>,
    pub(crate) errors: Vec<String>,
    pub(crate) required: bool,
}

impl Field {
    /// A field that may be left as it is.
    pub(crate) fn new(name: impl Into<String>, label: impl Into<String>, control: Control) -> Self {
        Self { name: name.into(), label: label.into(), control, hint: None, errors: Vec::new(), required: false }
    }

    /// A line of words.
    pub(crate) fn line(name: impl Into<String>, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::new(name, label, Control::Line { kind: "text", value: value.into() })
    }

    /// The same, explained.
    #[must_use]
    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The same, not to be left empty.
    #[must_use]
    pub(crate) const fn required(mut self, required: bool) -> Self {
        self.required = required;
        self
    }

    /// A line: its type and what stands in it.
    pub(crate) fn as_line(&self) -> Option<(&'static str, &str)> {
        if let Control::Line { kind, value } = &self.control { Some((*kind, value)) } else { None }
    }

    /// Whether it is a line of that type.
    pub(crate) fn is_line(&self, wanted: &str) -> bool {
        matches!(&self.control, Control::Line { kind, .. } if *kind == wanted)
    }

    /// Several lines: how many, what stands in them, and whether that is for machines.
    pub(crate) fn as_area(&self) -> Option<(u8, &str, bool)> {
        if let Control::Area { rows, value, code } = &self.control { Some((*rows, value, *code)) } else { None }
    }

    /// One of several.
    pub(crate) fn as_select(&self) -> Option<&[Choice]> {
        if let Control::Select(choices) = &self.control { Some(choices) } else { None }
    }

    /// Any of several.
    pub(crate) fn as_checks(&self) -> Option<&[Choice]> {
        if let Control::Checks(choices) = &self.control { Some(choices) } else { None }
    }

    /// Yes or no.
    pub(crate) const fn as_check(&self) -> Option<bool> {
        if let Control::Check(checked) = &self.control { Some(*checked) } else { None }
    }

    /// The id of its control.
    pub(crate) fn id(&self) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
        format!("f-{}", self.name.chars().map(plain).collect::<String>())
    }

    /// The ids of what describes it.
    pub(crate) fn described_by(&self) -> String {
        let id = self.id();
        let hint = self.hint.as_ref().map(|_| format!("{id}-hint"));
        let errors = (!self.errors.is_empty()).then(|| format!("{id}-errors"));
        hint.into_iter().chain(errors).collect::<Vec<_>>().join(" ")
    }

    /// Whether something is wrong with it.
    pub(crate) const fn invalid(&self) -> bool {
        !self.errors.is_empty()
    }
}

/// Fields that belong together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Set {
    /// What they are about; nothing where the form is about nothing else.
    pub(crate) legend: Option<String>,
    pub(crate) fields: Vec<Field>,
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Form {
    /// Where it is sent.
    pub(crate) action: String,
    pub(crate) sets: Vec<Set>,
    /// What is wrong with the form as a whole.
    pub(crate) errors: Vec<String>,
    /// What its button says.
    pub(crate) button: String,
    /// Where to go instead.
    pub(crate) cancel: Option<String>,
}

impl Form {
    /// A form with one set of fields.
    pub(crate) fn new(action: impl Into<String>, button: impl Into<String>, fields: Vec<Field>) -> Self {
        let sets = vec![Set { legend: None, fields }];
        Self { action: action.into(), sets, errors: Vec::new(), button: button.into(), cancel: None }
    }

    /// The same with a way out.
    #[must_use]
    pub(crate) fn or(mut self, cancel: impl Into<String>) -> Self {
        self.cancel = Some(cancel.into());
        self
    }

    /// Everything that is wrong, each with the id of its field if it has one.
    pub(crate) fn problems(&self) -> Vec<(Option<String>, String)> {
        let whole = self.errors.iter().map(|error| (None, error.clone()));
        let fields = self.sets.iter().flat_map(|set| &set.fields);
        let single = fields
            .flat_map(|field| field.errors.iter().map(|error| (Some(field.id()), format!("{}: {error}", field.label))));
        whole.chain(single).collect()
    }
}
