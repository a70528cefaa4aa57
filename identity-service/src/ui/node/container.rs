//! The container: where a form is sent, its nodes, and the messages above them.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Group, InputType, Node};
use crate::ui::text::{Message, MessageType};

/// The name of the input that shows that a form is our own.
pub(crate) const CSRF: &str = "csrf_token";

/// Longer texts are not kept in a form.
const LONGEST: usize = 4096;

/// Whether a value is one that a person may have typed.
fn is_moderate(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= LONGEST,
        Value::Null | Value::Bool(_) | Value::Number(_) => true,
        Value::Array(_) | Value::Object(_) => false,
    }
}

/// The form of a flow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Container {
    /// The absolute URL it is sent to.
    pub(crate) action: String,
    /// The HTTP method it is sent with.
    pub(crate) method: String,
    /// Its elements, in the order in which they are shown.
    pub(crate) nodes: Vec<Node>,
    /// What concerns the form as a whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) messages: Vec<Message>,
}

impl Container {
    /// An empty form.
    pub(crate) fn post(action: impl Into<String>) -> Self {
        Self { action: action.into(), method: "POST".to_owned(), nodes: Vec::new(), messages: Vec::new() }
    }

    /// The same form with nothing in it but the input that tells where it came from.
    pub(crate) fn bare(&self) -> Self {
        let nodes = self.nodes.iter().filter(|node| node.key() == CSRF).cloned().collect();
        Self { nodes, messages: Vec::new(), ..self.clone() }
    }

    /// The form without the nodes of a group, or of a key in any group.
    pub(crate) fn without(&mut self, unwanted: impl Fn(&Node) -> bool) {
        self.nodes.retain(|node| !unwanted(node));
    }

    /// Replaces the node of the same key in place, whatever its group, or appends. Buttons that may stand
    /// several times are always appended.
    pub(crate) fn put(&mut self, node: Node) {
        if node.may_repeat() {
            self.nodes.push(node);
            return;
        }
        match self.nodes.iter_mut().find(|known| known.key() == node.key()) {
            Some(known) => *known = node,
            None => self.nodes.push(node),
        }
    }

    /// Puts several nodes, in their order.
    pub(crate) fn put_all(&mut self, nodes: impl IntoIterator<Item = Node>) {
        for node in nodes {
            self.put(node);
        }
    }

    /// The first node of that key, to change it.
    pub(crate) fn find_mut(&mut self, key: &str) -> Option<&mut Node> {
        self.nodes.iter_mut().find(|node| node.key() == key)
    }

    /// Gives an input its value; a key without an input is left alone. Values beyond reason are not kept: a form is
    /// stored between two requests, and anybody can send one.
    pub(crate) fn set_value(&mut self, key: &str, value: Option<Value>) {
        if let Some(input) = self.find_mut(key).and_then(Node::as_input_mut) {
            input.value = value.filter(is_moderate);
        }
    }

    /// Takes every message away, as happens at each submission (§2.8).
    pub(crate) fn clear_messages(&mut self) {
        self.messages.clear();
        for node in &mut self.nodes {
            node.messages.clear();
        }
    }

    /// Puts a message to the node of that key; without such a node one is appended to hold it (§2.8).
    pub(crate) fn tell(&mut self, key: &str, message: Message) {
        if let Some(node) = self.find_mut(key) {
            node.messages.push(message);
            return;
        }
        let mut node = Node::input(Group::Default, key, InputType::Text);
        node.messages.push(message);
        self.nodes.push(node);
    }

    /// Whether anything in the form says that something went wrong.
    pub(crate) fn has_errors(&self) -> bool {
        let wrong = |message: &Message| message.kind == MessageType::Error;
        self.messages.iter().any(wrong) || self.nodes.iter().flat_map(|node| &node.messages).any(wrong)
    }
}
