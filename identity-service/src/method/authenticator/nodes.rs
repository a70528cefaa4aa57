//! The nodes of security keys and passkeys (contract §2.6).

use serde_json::Value;
use shared_types::id::FlowId;

use crate::{
    app::Cx,
    config::below,
    identity::schema::Schema,
    model::flow::Flow,
    ui::{
        node::{Group, InputType, Node, script},
        text::{Message, label},
    },
};

/// The script that asks authenticators, for flows in a browser.
pub(in crate::method) fn load_script(cx: &Cx, flow: &Flow) -> Option<Node> {
    flow.is_browser().then(|| {
        let src = below(&cx.config.serve.public.base_url, script::PATH).into();
        // A random UUID, as ids are.
        let nonce = FlowId::random(&*cx.entropy).text();
        Node::script(Group::WebAuthn, "webauthn_script", src, script::INTEGRITY.clone(), nonce)
    })
}

/// A button that runs a function of the script, which finds what it needs in the form. Programs are told the function's
/// name alone.
pub(in crate::method) fn trigger(flow: &Flow, group: Group, name: &str, function: &str, label: Message) -> Node {
    let call = flow.is_browser().then(|| format!("window.{function}()"));
    Node::input(group, name, InputType::Button).value("").onclick(function, call).label(label)
}

/// A button that runs a function of the script with these options.
pub(in crate::method) fn trigger_with(name: &str, function: &str, options: &Value, label: Message) -> Node {
    let text = options.to_string();
    Node::input(Group::WebAuthn, name, InputType::Button)
        .onclick(function, Some(format!("window.{function}({text})")))
        .value(text)
        .label(label)
}

/// An input the script fills in.
pub(in crate::method) fn result(group: Group, name: &str) -> Node {
    Node::input(group, name, InputType::Hidden)
}

/// The input of the identifier, in which browsers suggest passkeys.
pub(in crate::method) fn identifier(schema: Option<&Schema>) -> Node {
    let label = match schema.map(Schema::password_identifiers).unwrap_or_default().as_slice() {
        [(name, Some(title))] => label::generated(title, name),
        _ => label::identifier(),
    };
    Node::input(Group::Default, "identifier", InputType::Text)
        .value("")
        .required()
        .autocomplete("username webauthn")
        .label(label)
}
