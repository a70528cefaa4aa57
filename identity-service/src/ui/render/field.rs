//! One element of a form: what it is, and how a node becomes one.

use std::fmt::Write as _;

use serde_json::Value;

use crate::ui::{
    node::{AnchorAttributes, Attributes, InputAttributes, InputType, Node},
    text::{Message, MessageType},
    words::Words,
};

/// One element of a form.
#[derive(Debug, Clone)]
pub(crate) enum Field {
    /// A value that travels along.
    Hidden {
        /// The form field.
        name: String,
        /// What it holds.
        value: String,
        /// The function of the script that runs when it is shown.
        onload: Option<String>,
    },
    /// Something a script makes something of when it is pressed; not shown without one.
    Trigger {
        /// What is pressed.
        button: Button,
        /// The function of the script.
        function: String,
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

impl Button {
    /// Whether it takes something away: nothing a form is for.
    pub(super) fn removes(&self) -> bool {
        ["_remove", "_disable", "unlink"].iter().any(|end| self.name.ends_with(end))
    }

    /// Whether it leads to a provider, one of perhaps many.
    pub(super) fn leads_elsewhere(&self) -> bool {
        matches!(self.name.as_str(), "provider" | "link")
    }
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

/// A node as the template shows it; what only scripts make something of is left out.
pub(super) fn field(node: &Node, words: &Words) -> Option<Field> {
    let label = || node.meta.label.as_ref().map(|label| words.message(label)).unwrap_or_default();
    Some(match &node.attributes {
        Attributes::Anchor(anchor) => link(anchor, words),
        Attributes::Script(_) => return None,
        Attributes::Image(image) => {
            Field::Picture { id: image.id.clone(), src: image.src.clone(), side: image.width, label: label() }
        }
        Attributes::Text(text) => Field::Text { id: text.id.clone(), label: label(), lines: lines(&text.text, words) },
        Attributes::Input(input) => match input.kind {
            InputType::Button => {
                Field::Trigger { button: button(node, input, words), function: input.onclick_trigger.clone()? }
            }
            InputType::Hidden if names_account(input) => Field::Input(Box::new(account(node, input, words))),
            InputType::Hidden => Field::Hidden {
                name: input.name.clone(),
                value: plain(input.value.as_ref()),
                onload: input.onload_trigger.clone(),
            },
            InputType::Submit => Field::Button(button(node, input, words)),
            InputType::Checkbox => Field::Check(Box::new(filled(node, input, "checkbox", words))),
            _ if !input.options.is_empty() => Field::Choice(Box::new(filled(node, input, "select", words))),
            kind => Field::Input(Box::new(filled(node, input, kind_word(kind), words))),
        },
    })
}

/// A text line by line: backup codes are messages of their own in its context.
fn lines(text: &Message, words: &Words) -> Vec<String> {
    let message = |line: &Value| serde_json::from_value::<Message>(line.clone()).ok();
    match text.context.get("secrets").and_then(Value::as_array) {
        Some(each) => each.iter().filter_map(message).map(|line| words.message(&line)).collect(),
        None => vec![words.message(text)],
    }
}

fn link(anchor: &AnchorAttributes, words: &Words) -> Field {
    Field::Link { id: anchor.id.clone(), href: anchor.href.clone(), label: words.message(&anchor.title) }
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

fn button(node: &Node, input: &InputAttributes, words: &Words) -> Button {
    let value = plain(input.value.as_ref());
    let id = match input.name.as_str() {
        "email" => "email-resend".to_owned(),
        // What a script reads is no part of a name.
        name if input.kind == InputType::Button => slug(name),
        name => format!("{}-{}", slug(name), slug(&value)),
    };
    Button {
        id,
        name: input.name.clone(),
        label: label(node, &input.name, words),
        value,
        primary: false,
        disabled: input.disabled,
    }
}

fn filled(node: &Node, input: &InputAttributes, kind: &'static str, words: &Words) -> Input {
    let value = plain(input.value.as_ref());
    let one_time = input.autocomplete.as_deref() == Some("one-time-code");
    let autocomplete = input.autocomplete.clone();
    Input {
        id: slug(&input.name),
        name: input.name.clone(),
        kind,
        checked: input.value == Some(Value::Bool(true)),
        label: label(node, &input.name, words),
        hint: None,
        messages: node.messages.iter().map(|message| line(message, words)).collect(),
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
fn account(node: &Node, input: &InputAttributes, words: &Words) -> Input {
    let account = filled(node, input, "text", words);
    let label = if node.meta.label.is_some() { account.label } else { words.say("form.account") };
    Input { readonly: true, autocomplete: Some("username".to_owned()), label, ..account }
}

fn choice(option: &Value, chosen: &str) -> Choice {
    let value = plain(Some(option));
    Choice { selected: value == chosen, value }
}

fn line(message: &Message, words: &Words) -> Line {
    Line { text: words.message(message), error: message.kind == MessageType::Error }
}

/// The label of the contract; a nameless input shows its field's name.
fn label(node: &Node, name: &str, said: &Words) -> String {
    match &node.meta.label {
        Some(label) => said.message(label),
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
