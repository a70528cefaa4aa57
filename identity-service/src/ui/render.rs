//! Turns the nodes of a flow into what the one node template shows, so that a new method needs no template.
//!
//! Knows nothing of flows. Every input gets an id made from its name, its label, and the messages it is described by;
//! everything that went wrong is listed once more above the form.

use std::fmt::Write as _;

use serde_json::Value;

use super::{
    node::{AnchorAttributes, Attributes, Container, Group, InputAttributes, InputType, Node},
    text::{Message, MessageType},
};

/// A form as the template shows it.
#[derive(Debug, Clone)]
pub(crate) struct Form {
    /// Where it is sent.
    pub(crate) action: String,
    /// With which method, in lower case.
    pub(crate) method: String,
    /// Its elements in their order.
    pub(crate) fields: Vec<Field>,
    /// What went wrong, first what concerns the form as a whole.
    pub(crate) problems: Vec<Problem>,
    /// What else is to be said: `true` for good news.
    pub(crate) notices: Vec<Notice>,
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The id of the input in question.
    pub(crate) field: Option<String>,
    /// What is wrong.
    pub(crate) text: String,
}

/// Something to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Notice {
    /// What it says.
    pub(crate) text: String,
    /// Whether something went well.
    pub(crate) good: bool,
}

/// One element of a form.
#[derive(Debug, Clone)]
pub(crate) enum Field {
    /// A value that travels along.
    Hidden {
        /// The form field.
        name: String,
        /// What it holds.
        value: String,
    },
    /// Something to fill in.
    Input(Box<Input>),
    /// A box to tick.
    Check(Box<Input>),
    /// One of several values.
    Choice(Box<Input>),
    /// Something to press.
    Button(Button),
    /// A picture.
    Picture {
        /// Its id.
        id: String,
        /// A `data:` URL.
        src: String,
        /// Its sides, in pixels.
        side: u32,
        /// What it shows.
        label: String,
    },
    /// Something to be read and kept, such as a secret.
    Text {
        /// Its id.
        id: String,
        /// What stands above it.
        label: String,
        /// One line per item.
        lines: Vec<String>,
    },
    /// A link that leads on.
    Link {
        /// Its id.
        id: String,
        /// Where it leads.
        href: String,
        /// What it says.
        label: String,
    },
}

/// Something to fill in, to tick or to choose.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "HTML attributes that are there or not")]
pub(crate) struct Input {
    /// Its id in the page.
    pub(crate) id: String,
    /// The form field.
    pub(crate) name: String,
    /// The `type` attribute.
    pub(crate) kind: &'static str,
    /// What it holds.
    pub(crate) value: String,
    /// Whether a box is ticked.
    pub(crate) checked: bool,
    /// What stands beside it.
    pub(crate) label: String,
    /// A sentence of help.
    pub(crate) hint: Option<String>,
    /// What is wrong or to be said about it.
    pub(crate) messages: Vec<Line>,
    /// Whether something is wrong with it.
    pub(crate) invalid: bool,
    /// Whether it must be filled.
    pub(crate) required: bool,
    /// Whether it cannot be changed, and is not sent.
    pub(crate) disabled: bool,
    /// Whether it cannot be changed, and is sent.
    pub(crate) readonly: bool,
    /// The browser's autocomplete hint.
    pub(crate) autocomplete: Option<String>,
    /// Which keys a phone shows.
    pub(crate) inputmode: Option<&'static str>,
    /// A regular expression.
    pub(crate) pattern: Option<String>,
    /// The longest text in characters.
    pub(crate) maxlength: Option<u64>,
    /// The values to choose from.
    pub(crate) options: Vec<Choice>,
    /// Whether the page opens with the cursor in it.
    pub(crate) autofocus: bool,
}

/// A value to choose.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    /// The value.
    pub(crate) value: String,
    /// Whether it is chosen.
    pub(crate) selected: bool,
}

/// A message below an input.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    /// What it says.
    pub(crate) text: String,
    /// Whether something is wrong.
    pub(crate) error: bool,
}

/// Something to press.
#[derive(Debug, Clone)]
pub(crate) struct Button {
    /// Its id in the page.
    pub(crate) id: String,
    /// The form field.
    pub(crate) name: String,
    /// The value it sends.
    pub(crate) value: String,
    /// What it says.
    pub(crate) label: String,
    /// The one that does what the form is for; the others skip the browser's checks.
    pub(crate) primary: bool,
    /// Whether it cannot be pressed.
    pub(crate) disabled: bool,
}

impl Input {
    /// The ids of the texts it is described by, for `aria-describedby`.
    pub(crate) fn described_by(&self) -> String {
        let mut ids = String::new();
        if self.hint.is_some() {
            let _ = write!(ids, "{}-hint", self.id);
        }
        if !self.messages.is_empty() {
            let _ = write!(ids, "{}{}-message", if ids.is_empty() { "" } else { " " }, self.id);
        }
        ids
    }
}

impl Form {
    /// The form of a container.
    pub(crate) fn of(container: &Container) -> Self {
        let mut form = Self {
            action: container.action.clone(),
            method: container.method.to_ascii_lowercase(),
            fields: container.nodes.iter().filter_map(field).collect(),
            problems: Vec::new(),
            notices: Vec::new(),
        };
        for message in &container.messages {
            match message.kind {
                MessageType::Error => form.problems.push(Problem { field: None, text: message.text.clone() }),
                kind => {
                    form.notices.push(Notice { text: message.text.clone(), good: kind == MessageType::Success });
                }
            }
        }
        for field in &form.fields {
            let (Field::Input(input) | Field::Check(input) | Field::Choice(input)) = field else { continue };
            let wrong = input.messages.iter().filter(|line| line.error);
            form.problems.extend(wrong.map(|line| Problem { field: Some(input.id.clone()), text: line.text.clone() }));
        }
        form.choose_primary();
        form
    }

    /// The part of a container that belongs to a group, as a form of its own: what another part asks for is not asked here.
    pub(crate) fn of_group(container: &Container, group: Group) -> Option<Self> {
        let part = container.nodes.iter().filter(|node| node.group == group || node.group == Group::Default);
        let nodes: Vec<Node> = part.cloned().collect();
        if !nodes.iter().any(|node| node.group == group) {
            return None;
        }
        let mut form = Self::of(&Container { nodes, messages: Vec::new(), ..container.clone() });
        form.prefix_ids(group);
        Some(form)
    }

    /// Several forms on one page may hold inputs of one name, but not elements of one id.
    fn prefix_ids(&mut self, group: Group) {
        let prefix = slug(&format!("{group:?}").to_ascii_lowercase());
        for field in &mut self.fields {
            if let Field::Button(button) = field {
                button.id = format!("{prefix}-{}", button.id);
            }
        }
    }

    /// Whether something went wrong.
    pub(crate) fn has_problems(&self) -> bool {
        !self.problems.is_empty()
    }

    /// Whether there is anything to send, and not only a link to follow.
    pub(crate) fn is_sent(&self) -> bool {
        self.fields.iter().any(|field| !matches!(field, Field::Link { .. }))
    }

    /// With a sentence of help at the input of that name.
    #[must_use]
    pub(crate) fn hint(mut self, name: &str, hint: String) -> Self {
        if let Some(input) = self.input_mut(name) {
            input.hint = Some(hint);
        }
        self
    }

    /// The page opens with the cursor in the first input that is empty; after a mistake it opens at the list of what
    /// went wrong instead.
    #[must_use]
    pub(crate) fn focused(mut self) -> Self {
        if self.has_problems() {
            return self;
        }
        let empty = self.fields.iter_mut().find_map(|field| match field {
            Field::Input(input) if input.value.is_empty() && !input.disabled && !input.readonly => Some(input),
            _ => None,
        });
        if let Some(input) = empty {
            input.autofocus = true;
        }
        self
    }

    fn input_mut(&mut self, name: &str) -> Option<&mut Input> {
        self.fields.iter_mut().find_map(|field| match field {
            Field::Input(input) if input.name == name => Some(&mut **input),
            _ => None,
        })
    }

    /// The first button that does not lead back or sideways is what the form is for.
    fn choose_primary(&mut self) {
        let first = self.fields.iter_mut().find_map(|field| match field {
            Field::Button(button) if !matches!(button.name.as_str(), "resend" | "email" | "screen") => Some(button),
            _ => None,
        });
        if let Some(button) = first {
            button.primary = true;
        }
    }
}

/// A node as the template shows it; what only scripts make something of is left out.
fn field(node: &Node) -> Option<Field> {
    let label = || node.meta.label.as_ref().map(|label| label.text.clone()).unwrap_or_default();
    Some(match &node.attributes {
        Attributes::Anchor(anchor) => link(anchor),
        Attributes::Script(_) => return None,
        Attributes::Image(image) => {
            Field::Picture { id: image.id.clone(), src: image.src.clone(), side: image.width, label: label() }
        }
        Attributes::Text(text) => Field::Text { id: text.id.clone(), label: label(), lines: lines(&text.text) },
        Attributes::Input(input) => match input.kind {
            InputType::Button => return None,
            InputType::Hidden if names_account(input) => Field::Input(Box::new(account(node, input))),
            InputType::Hidden => Field::Hidden { name: input.name.clone(), value: plain(input.value.as_ref()) },
            InputType::Submit => Field::Button(button(node, input)),
            InputType::Checkbox => Field::Check(Box::new(filled(node, input, "checkbox"))),
            _ if !input.options.is_empty() => Field::Choice(Box::new(filled(node, input, "select"))),
            kind => Field::Input(Box::new(filled(node, input, kind_word(kind)))),
        },
    })
}

/// A text line by line: backup codes are messages of their own in its context.
fn lines(text: &Message) -> Vec<String> {
    match text.context.get("secrets").and_then(Value::as_array) {
        Some(each) => each.iter().filter_map(|line| line.get("text")?.as_str()).map(str::to_owned).collect(),
        None => vec![text.text.clone()],
    }
}

fn link(anchor: &AnchorAttributes) -> Field {
    Field::Link { id: anchor.id.clone(), href: anchor.href.clone(), label: anchor.title.text.clone() }
}

const fn kind_word(kind: InputType) -> &'static str {
    match kind {
        InputType::Text => "text",
        InputType::Password => "password",
        InputType::Number => "number",
        InputType::Checkbox => "checkbox",
        InputType::Hidden => "hidden",
        InputType::Email => "email",
        InputType::Tel => "tel",
        InputType::Submit => "submit",
        InputType::Button => "button",
        InputType::DatetimeLocal => "datetime-local",
        InputType::Date => "date",
        InputType::Url => "url",
    }
}

fn button(node: &Node, input: &InputAttributes) -> Button {
    let value = plain(input.value.as_ref());
    let tail = if input.name == "email" { "resend".to_owned() } else { slug(&value) };
    Button {
        id: format!("{}-{tail}", slug(&input.name)),
        name: input.name.clone(),
        label: label(node, &input.name),
        value,
        primary: false,
        disabled: input.disabled,
    }
}

fn filled(node: &Node, input: &InputAttributes, kind: &'static str) -> Input {
    let value = plain(input.value.as_ref());
    let one_time = input.autocomplete.as_deref() == Some("one-time-code");
    let autocomplete = input.autocomplete.clone();
    Input {
        id: slug(&input.name),
        name: input.name.clone(),
        kind,
        checked: input.value == Some(Value::Bool(true)),
        label: label(node, &input.name),
        hint: None,
        messages: node.messages.iter().map(line).collect(),
        invalid: node.messages.iter().any(|message| message.kind == MessageType::Error),
        required: input.required,
        disabled: input.disabled,
        readonly: false,
        // The contract gives the identifier no hint; password stores want one (WCAG 2.2, 1.3.5).
        autocomplete: autocomplete.or_else(|| (input.name == "identifier").then(|| "username".to_owned())),
        inputmode: one_time.then_some("numeric"),
        pattern: input.pattern.clone(),
        maxlength: input.maxlength,
        options: input.options.iter().map(|option| choice(&option.value, &value)).collect(),
        autofocus: false,
        value: if kind == "password" { String::new() } else { value },
    }
}

/// A hidden value that says whose account the form is about.
fn names_account(input: &InputAttributes) -> bool {
    let hint = input.autocomplete.as_deref();
    input.name == "identifier" || matches!(hint, Some("email" | "username"))
}

/// Whose account it is, to be seen and not changed: people know where they are, and password stores what to keep.
fn account(node: &Node, input: &InputAttributes) -> Input {
    let account = filled(node, input, "text");
    let label = if node.meta.label.is_some() { account.label } else { "Account".to_owned() };
    Input { readonly: true, autocomplete: Some("username".to_owned()), label, ..account }
}

fn choice(option: &Value, chosen: &str) -> Choice {
    let value = plain(Some(option));
    Choice { selected: value == chosen, value }
}

fn line(message: &Message) -> Line {
    Line { text: message.text.clone(), error: message.kind == MessageType::Error }
}

/// The label of the contract, but for one that says too little to a person; a nameless input shows its field's name.
fn label(node: &Node, name: &str) -> String {
    match &node.meta.label {
        Some(label) if label.id == 1_070_004 => "Email or username".to_owned(),
        Some(label) => label.text.clone(),
        None => words(name.rsplit('.').next().unwrap_or(name)),
    }
}

/// `company_id` as one writes it: `Company id`.
pub(crate) fn words(name: &str) -> String {
    let spaced: String = name.chars().map(|c| if matches!(c, '_' | '-') { ' ' } else { c }).collect();
    let mut chars = spaced.trim().chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

/// A name as an id: letters, digits, `-` and `_`.
pub(crate) fn slug(name: &str) -> String {
    name.chars().map(|c| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' }).collect()
}

/// A JSON value as a form shows it.
fn plain(value: Option<&Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
    }
}

#[cfg(test)]
mod tests;
