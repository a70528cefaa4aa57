//! The form of a flow as data: a container of nodes that any front end can render (identity contract §2.3–2.6).
//!
//! Knows nothing of flows, methods or pages. `order` holds the order of nodes, `traits` makes inputs from an
//! identity schema.

mod container;
pub(crate) mod order;
mod traits;

#[cfg(test)]
mod tests;

pub(crate) use container::Container;
pub(crate) use traits::trait_nodes;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::text::Message;

/// The part of the page a node belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Group {
    /// What every method needs.
    Default,
    /// The password method.
    Password,
    /// The traits as a step of their own.
    Profile,
    /// One-time codes.
    Code,
    /// One-time links.
    Link,
}

/// What kind of element a node is; repeated inside its attributes, where SDKs look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NodeType {
    /// A form input or button.
    Input,
    /// A link.
    A,
}

/// The `type` of an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum InputType {
    /// Free text.
    Text,
    /// A text that is not shown.
    Password,
    /// A number.
    Number,
    /// Yes or no.
    Checkbox,
    /// Not shown at all.
    Hidden,
    /// An e-mail address.
    Email,
    /// A phone number.
    Tel,
    /// A button that submits the form.
    Submit,
    /// An instant.
    DatetimeLocal,
    /// A day.
    Date,
    /// A web address.
    Url,
}

/// One choice of an input with a closed set of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Choice {
    /// The value as the schema has it.
    pub(crate) value: Value,
}

/// Attributes of an input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct InputAttributes {
    /// The form field.
    pub(crate) name: String,
    /// Its kind.
    #[serde(rename = "type")]
    pub(crate) kind: InputType,
    /// What it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Value>,
    /// Whether it must be filled.
    #[serde(default, skip_serializing_if = "is_false")]
    pub(crate) required: bool,
    /// The browser's autocomplete hint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) autocomplete: Option<String>,
    /// A regular expression the value must match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pattern: Option<String>,
    /// Whether it cannot be changed; always present.
    pub(crate) disabled: bool,
    /// The longest text in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) maxlength: Option<u64>,
    /// The possible values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) options: Vec<Choice>,
    node_type: NodeType,
}

/// Attributes of a link.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct AnchorAttributes {
    /// Where it leads.
    pub(crate) href: String,
    /// What it says.
    pub(crate) title: Message,
    /// Its id in the page.
    pub(crate) id: String,
    node_type: NodeType,
}

/// The attributes of a node, told apart by `node_type`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Attributes {
    /// Of a form input or button.
    Input(InputAttributes),
    /// Of a link.
    Anchor(AnchorAttributes),
}

/// What stands beside a node.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub(crate) struct Meta {
    /// Its label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) label: Option<Message>,
}

/// One element of a form.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Node {
    #[serde(rename = "type")]
    kind: NodeType,
    /// The part of the page it belongs to.
    pub(crate) group: Group,
    /// What it is.
    pub(crate) attributes: Attributes,
    /// What is wrong with it; always present.
    pub(crate) messages: Vec<Message>,
    /// Its label.
    pub(crate) meta: Meta,
}

impl Node {
    /// An input; refine it with the `with_*`-like methods below.
    pub(crate) fn input(group: Group, name: impl Into<String>, kind: InputType) -> Self {
        let attributes = InputAttributes {
            name: name.into(),
            kind,
            value: None,
            required: false,
            autocomplete: None,
            pattern: None,
            disabled: false,
            maxlength: None,
            options: Vec::new(),
            node_type: NodeType::Input,
        };
        Self {
            kind: NodeType::Input,
            group,
            attributes: Attributes::Input(attributes),
            messages: Vec::new(),
            meta: Meta::default(),
        }
    }

    /// A link.
    pub(crate) fn anchor(group: Group, id: impl Into<String>, href: impl Into<String>, title: Message) -> Self {
        let attributes =
            AnchorAttributes { href: href.into(), title: title.clone(), id: id.into(), node_type: NodeType::A };
        Self {
            kind: NodeType::A,
            group,
            attributes: Attributes::Anchor(attributes),
            messages: Vec::new(),
            meta: Meta { label: Some(title) },
        }
    }

    /// A button that submits the form with `name=value`.
    pub(crate) fn submit(group: Group, name: &str, value: &str, label: Message) -> Self {
        Self::input(group, name, InputType::Submit).value(value).label(label)
    }

    /// A value that travels with the form.
    pub(crate) fn hidden(group: Group, name: &str, value: impl Into<Value>) -> Self {
        Self::input(group, name, InputType::Hidden).value(value)
    }

    /// With a value.
    pub(crate) fn value(self, value: impl Into<Value>) -> Self {
        let value = value.into();
        self.change(|input| input.value = Some(value))
    }

    /// Must be filled.
    pub(crate) fn required(self) -> Self {
        self.change(|input| input.required = true)
    }

    /// With the browser's autocomplete hint.
    pub(crate) fn autocomplete(self, hint: &str) -> Self {
        self.change(|input| input.autocomplete = Some(hint.to_owned()))
    }

    /// With a label.
    pub(crate) fn label(mut self, label: Message) -> Self {
        self.meta.label = Some(label);
        self
    }

    fn change(mut self, change: impl FnOnce(&mut InputAttributes)) -> Self {
        if let Attributes::Input(input) = &mut self.attributes {
            change(input);
        }
        self
    }

    /// What tells this node from others: the name of an input, the id of anything else.
    pub(crate) fn key(&self) -> &str {
        match &self.attributes {
            Attributes::Input(input) => &input.name,
            Attributes::Anchor(anchor) => &anchor.id,
        }
    }

    /// The input's attributes, when it is one.
    pub(crate) fn as_input(&self) -> Option<&InputAttributes> {
        match &self.attributes {
            Attributes::Input(input) => Some(input),
            Attributes::Anchor(_) => None,
        }
    }

    /// The input's attributes, to change them.
    pub(crate) fn as_input_mut(&mut self) -> Option<&mut InputAttributes> {
        match &mut self.attributes {
            Attributes::Input(input) => Some(input),
            Attributes::Anchor(_) => None,
        }
    }

    /// Whether nodes of this name may stand in a form several times: buttons that differ by their value.
    pub(crate) fn may_repeat(&self) -> bool {
        matches!(self.key(), "method" | "resend" | "screen")
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
