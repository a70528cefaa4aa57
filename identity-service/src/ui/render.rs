//! Turns the nodes of a flow into what the one node template shows, so that a new method needs no template.
//!
//! Knows nothing of flows. Every input gets an id made from its name, its label, and the messages it is described by;
//! everything that went wrong is listed once more above the form.

mod field;

use super::{
    node::{Attributes, Container, Group, Node},
    text::MessageType,
    words::Words,
};

use self::field::field;
pub(crate) use self::field::{Field, Input, slug, words};

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
    /// What it asks authenticators with.
    pub(crate) script: Option<Script>,
}

/// A script of ours, as the browser compares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Script {
    /// Where it is.
    pub(crate) src: String,
    /// Its digest.
    pub(crate) integrity: String,
}

/// The script a node names.
fn script(node: &Node) -> Option<Script> {
    match &node.attributes {
        Attributes::Script(script) => Some(Script { src: script.src.clone(), integrity: script.integrity.clone() }),
        _ => None,
    }
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

impl Form {
    /// The form of a container.
    pub(crate) fn of(container: &Container, words: &Words) -> Self {
        let mut form = Self {
            action: container.action.clone(),
            method: container.method.to_ascii_lowercase(),
            fields: container.nodes.iter().filter_map(|node| field(node, words)).collect(),
            problems: Vec::new(),
            notices: Vec::new(),
            script: container.nodes.iter().find_map(script),
        };
        for message in &container.messages {
            let text = words.message(message);
            match message.kind {
                MessageType::Error => form.problems.push(Problem { field: None, text }),
                kind => form.notices.push(Notice { text, good: kind == MessageType::Success }),
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

    /// The form of a container in the order in which people use it: first what the inputs are for, then the other ways,
    /// providers among them, and at the end what leads back. The first button of a form is also what the Enter key presses.
    pub(crate) fn in_order_of_use(container: &Container, words: &Words) -> Self {
        let typed = |node: &Node| matches!(node.group, Group::Password | Group::Profile | Group::IdentifierFirst);
        let typed = container.nodes.iter().any(typed);
        let rank = |node: &Node| match node.group {
            _ if node.key() == "screen" => 2,
            Group::Oidc => 1,
            Group::Code | Group::Passkey | Group::WebAuthn if typed => 1,
            _ => 0,
        };
        let mut nodes = container.nodes.clone();
        nodes.sort_by_key(rank);
        Self::of(&Container { nodes, ..container.clone() }, words)
    }

    /// The part of a container that belongs to a group, as a form of its own: what another part asks for is not asked here.
    pub(crate) fn of_group(container: &Container, group: Group, words: &Words) -> Option<Self> {
        let part = container.nodes.iter().filter(|node| node.group == group || node.group == Group::Default);
        let nodes: Vec<Node> = part.cloned().collect();
        // The script is every group's, whichever it stands in.
        if !nodes.iter().any(|node| node.group == group && script(node).is_none()) {
            return None;
        }
        let mut form = Self::of(&Container { nodes, messages: Vec::new(), ..container.clone() }, words);
        form.prefix_ids(group);
        Some(form)
    }

    /// Several forms on one page may hold inputs of one name, but not elements of one id.
    fn prefix_ids(&mut self, group: Group) {
        let prefix = slug(&format!("{group:?}").to_ascii_lowercase());
        for field in &mut self.fields {
            if let Field::Button(button) | Field::Trigger { button, .. } = field {
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

    /// The first button that does not lead back or sideways is what the form is for. Of several providers none is.
    fn choose_primary(&mut self) {
        let elsewhere = |field: &Field| matches!(field, Field::Button(button) if button.leads_elsewhere());
        let many = self.fields.iter().filter(|field| elsewhere(field)).count() > 1;
        let aside = |name: &str| matches!(name, "resend" | "email" | "screen");
        let sends = |field: &Field| match field {
            Field::Button(button) => {
                let one_of_many = many && button.leads_elsewhere();
                !(aside(&button.name) || button.removes() || one_of_many)
            }
            _ => false,
        };
        let asks = |field: &Field| matches!(field, Field::Trigger { .. });
        let first = self.fields.iter().position(sends).or_else(|| self.fields.iter().position(asks));
        let chosen = first.and_then(|at| self.fields.get_mut(at));
        if let Some(Field::Button(button) | Field::Trigger { button, .. }) = chosen {
            button.primary = true;
        }
    }
}

#[cfg(test)]
mod tests;
