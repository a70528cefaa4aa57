//! The attributes of nodes by what they are (identity contract §2.3).

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ui::text::Message;

/// What kind of element a node is; repeated inside its attributes, where SDKs look for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum NodeType {
    /// A form input or button.
    Input,
    /// A link.
    A,
    /// A picture.
    Img,
    /// A text.
    Text,
    /// A script.
    Script,
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
    /// A button that a script makes something of.
    Button,
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
    /// The script that runs when it is clicked, for clients that evaluate scripts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) onclick: Option<String>,
    /// The function of the served script that runs when it is clicked.
    #[serde(default, rename = "onclickTrigger", skip_serializing_if = "Option::is_none")]
    pub(crate) onclick_trigger: Option<String>,
    /// The script that runs when it is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) onload: Option<String>,
    /// The function of the served script that runs when it is shown.
    #[serde(default, rename = "onloadTrigger", skip_serializing_if = "Option::is_none")]
    pub(crate) onload_trigger: Option<String>,
    pub(super) node_type: NodeType,
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
    pub(super) node_type: NodeType,
}

/// Attributes of a picture.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ImageAttributes {
    /// Where it is; a `data:` URL holds it.
    pub(crate) src: String,
    /// Its id in the page.
    pub(crate) id: String,
    /// In pixels.
    pub(crate) width: u32,
    /// In pixels.
    pub(crate) height: u32,
    pub(super) node_type: NodeType,
}

/// Attributes of a text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct TextAttributes {
    /// What it says.
    pub(crate) text: Message,
    /// Its id in the page.
    pub(crate) id: String,
    pub(super) node_type: NodeType,
}

/// Attributes of a script.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct ScriptAttributes {
    /// Where it is.
    pub(crate) src: String,
    /// Whether the page may go on before it has come.
    #[serde(rename = "async")]
    pub(crate) asynchronous: bool,
    pub(crate) referrerpolicy: String,
    pub(crate) crossorigin: String,
    /// The digest the browser compares (Subresource Integrity).
    pub(crate) integrity: String,
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Its id in the page.
    pub(crate) id: String,
    /// For a page's Content-Security-Policy.
    pub(crate) nonce: String,
    pub(super) node_type: NodeType,
}

/// The attributes of a node, told apart by their members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum Attributes {
    /// Of a form input or button.
    Input(Box<InputAttributes>),
    /// Of a link.
    Anchor(AnchorAttributes),
    /// Of a script.
    Script(Box<ScriptAttributes>),
    /// Of a picture.
    Image(ImageAttributes),
    /// Of a text.
    Text(TextAttributes),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands fields over by reference")]
fn is_false(value: &bool) -> bool {
    !*value
}
