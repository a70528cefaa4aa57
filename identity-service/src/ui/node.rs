//! The form of a flow as data: a container of nodes that any front end can render (identity contract §2.3–2.6).
//!
//! Knows nothing of flows, methods or pages. `order` holds the order of nodes, `traits` makes inputs from an
//! identity schema.

mod attributes;
mod container;
pub(crate) mod order;
pub(crate) mod script;
mod traits;

#[cfg(test)]
mod tests;

pub(crate) use attributes::{
    AnchorAttributes, Attributes, Choice, ImageAttributes, InputAttributes, InputType, NodeType, ScriptAttributes,
    TextAttributes,
};
pub(crate) use container::{CSRF, Container};
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
    /// Other providers.
    Oidc,
    /// Authenticator apps.
    Totp,
    /// Backup codes.
    LookupSecret,
    /// Security keys.
    #[serde(rename = "webauthn")]
    WebAuthn,
    /// Passkeys.
    Passkey,
    /// The identifier as a step of its own.
    IdentifierFirst,
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
            onclick: None,
            onclick_trigger: None,
            onload: None,
            onload_trigger: None,
            node_type: NodeType::Input,
        };
        Self {
            kind: NodeType::Input,
            group,
            attributes: Attributes::Input(Box::new(attributes)),
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

    /// A picture with a label.
    pub(crate) fn image(group: Group, id: &str, src: String, side: u32, label: Message) -> Self {
        let attributes =
            ImageAttributes { src, id: id.to_owned(), width: side, height: side, node_type: NodeType::Img };
        Self {
            kind: NodeType::Img,
            group,
            attributes: Attributes::Image(attributes),
            messages: Vec::new(),
            meta: Meta { label: Some(label) },
        }
    }

    /// A text with a label.
    pub(crate) fn text(group: Group, id: &str, text: Message, label: Message) -> Self {
        let attributes = TextAttributes { text, id: id.to_owned(), node_type: NodeType::Text };
        Self {
            kind: NodeType::Text,
            group,
            attributes: Attributes::Text(attributes),
            messages: Vec::new(),
            meta: Meta { label: Some(label) },
        }
    }

    /// A script that is served by ourselves, with the digest of its bytes.
    pub(crate) fn script(group: Group, id: &str, src: String, integrity: String, nonce: String) -> Self {
        let attributes = ScriptAttributes {
            src,
            asynchronous: true,
            referrerpolicy: "no-referrer".to_owned(),
            crossorigin: "anonymous".to_owned(),
            integrity,
            kind: "text/javascript".to_owned(),
            id: id.to_owned(),
            nonce,
            node_type: NodeType::Script,
        };
        Self {
            kind: NodeType::Script,
            group,
            attributes: Attributes::Script(Box::new(attributes)),
            messages: Vec::new(),
            meta: Meta::default(),
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

    /// Takes no more characters than these, and only those of the pattern.
    pub(crate) fn only(self, pattern: &str, maxlength: u64) -> Self {
        self.change(|input| {
            input.pattern = Some(pattern.to_owned());
            input.maxlength = Some(maxlength);
        })
    }

    /// Cannot be used.
    pub(crate) fn disabled(self) -> Self {
        self.change(|input| input.disabled = true)
    }

    /// Runs a function of the served script when it is clicked; clients that evaluate scripts get the whole call.
    pub(crate) fn onclick(self, trigger: &str, call: Option<String>) -> Self {
        self.change(|input| {
            input.onclick = call;
            input.onclick_trigger = Some(trigger.to_owned());
        })
    }

    /// Runs a function of the served script when it is shown.
    pub(crate) fn onload(self, trigger: &str, call: Option<String>) -> Self {
        self.change(|input| {
            input.onload = call;
            input.onload_trigger = Some(trigger.to_owned());
        })
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
            Attributes::Script(script) => &script.id,
            Attributes::Image(image) => &image.id,
            Attributes::Text(text) => &text.id,
        }
    }

    /// The input's attributes, when it is one.
    pub(crate) fn as_input(&self) -> Option<&InputAttributes> {
        if let Attributes::Input(input) = &self.attributes { Some(input) } else { None }
    }

    /// The input's attributes, to change them.
    pub(crate) fn as_input_mut(&mut self) -> Option<&mut InputAttributes> {
        if let Attributes::Input(input) = &mut self.attributes { Some(input) } else { None }
    }

    /// Whether nodes of this name may stand in a form several times: buttons that differ by their value.
    pub(crate) fn may_repeat(&self) -> bool {
        let repeated = [
            "method",
            "resend",
            "screen",
            "provider",
            "link",
            "unlink",
            "address",
            "recovery_select_address",
            "webauthn_remove",
            "passkey_remove",
        ];
        // The button that sends another code to an address carries its name; the input that asks for one is put once.
        let resend = self.key() == "email" || self.key() == "recovery_confirm_address";
        let button = self.as_input().is_some_and(|input| input.kind == InputType::Submit);
        repeated.contains(&self.key()) || (resend && button)
    }
}
