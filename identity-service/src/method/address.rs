//! What the methods that write to an address share: the form that asks for it, the look-up behind it, and the screen that
//! follows. Nobody's address is answered like anybody's.

use super::{Attempt, MethodError, MethodId};
use crate::{
    app::Cx,
    identity::normal,
    limit,
    model::{
        address::Via,
        code::CodeKind,
        flow::{FlowKind, FlowState},
        step::{Outbox, Screen, Step, Target},
    },
    store,
    ui::{
        node::{Container, Group, InputType, Node},
        text::{label, recovery, validation, verification},
    },
};

/// The nodes that ask for an address: of mail, or of mail or phone where text messages can be sent.
pub(super) fn form(cx: &Cx, group: Group, method: MethodId) -> Vec<Node> {
    let input = if method == MethodId::Code && cx.config.courier.sends_sms() {
        Node::input(group, "email", InputType::Text).label(label::email_or_phone())
    } else {
        Node::input(group, "email", InputType::Email).label(label::email())
    };
    vec![input.required(), Node::submit(group, "method", method.as_str(), label::continue_on())]
}

/// Takes one from the quota of the client, and of the address where there is one.
pub(super) fn quota(cx: &Cx, attempt: Attempt<'_>, address: Option<&str>) -> Result<(), MethodError> {
    let action = if attempt.flow.kind == FlowKind::Recovery { "recovery" } else { "verification" };
    Ok(limit::check(cx, action, attempt.client, address)?)
}

/// An address as it was typed: of mail, or a phone number where text messages can be sent.
pub(super) fn typed(cx: &Cx, kind: CodeKind, text: &str) -> Option<(Via, String)> {
    if let Some(address) = normal::email(text) {
        return Some((Via::Email, address));
    }
    let phones = kind == CodeKind::Code && cx.config.courier.sends_sms();
    normal::phone(text).filter(|_| phones).map(|number| (Via::Sms, number))
}

/// The form again, with what is wrong with the address.
pub(super) fn mistyped(attempt: Attempt<'_>, name: &str, text: &str) -> Step {
    let mut form = attempt.flow.data.ui.clone();
    form.tell(name, validation::email_format(text));
    // Once a code was sent, the name is that of the button that sends another.
    if attempt.flow.state == FlowState::ChooseMethod {
        form.set_value(name, Some(text.into()));
    }
    Step::Again(form)
}

/// Sends a code or link that proves an address.
pub(super) async fn verify(cx: &Cx, attempt: Attempt<'_>, text: &str, kind: CodeKind) -> Result<Step, MethodError> {
    let Some((via, address)) = typed(cx, kind, text) else { return Ok(mistyped(attempt, "email", text)) };
    quota(cx, attempt, Some(&address))?;
    let wanted = address.clone();
    let found = cx.db.read(move |conn| store::addresses::verifiable_by_value(conn, via, &wanted)).await?;
    // An address that becomes somebody's only when it is proven is nobody's yet.
    let waits = attempt.flow.data.identity_id.filter(|_| attempt.flow.data.address.as_ref() == Some(&address));
    let screen = Screen::new(verification_sent(&attempt.flow.data.ui, kind, via, &address), FlowState::SentEmail);
    Ok(sent(kind, Target { via, address, owner: waits.or(found.map(|(owner, _)| owner)) }, screen))
}

/// Sends a code or link that recovers an account.
pub(super) async fn recover(cx: &Cx, attempt: Attempt<'_>, text: &str, kind: CodeKind) -> Result<Step, MethodError> {
    let Some((via, address)) = typed(cx, kind, text) else { return Ok(mistyped(attempt, "email", text)) };
    quota(cx, attempt, Some(&address))?;
    let wanted = address.clone();
    let owner = cx.db.read(move |conn| store::addresses::recovery_owner(conn, via, &wanted)).await?;
    let screen = Screen::new(recovery_sent(&attempt.flow.data.ui, kind, &address), FlowState::SentEmail);
    Ok(sent(kind, Target { via, address, owner }, screen))
}

/// A step that sends to one address.
pub(super) fn sent(kind: CodeKind, target: Target, screen: Screen) -> Step {
    Step::Sent(Box::new(Outbox { kind, targets: vec![target], newcomer: None, screen }))
}

/// The screen that takes a code, or says that a link was sent, to prove an address.
pub(crate) fn verification_sent(form: &Container, kind: CodeKind, via: Via, address: &str) -> Container {
    let mut form = form.bare();
    match (kind, via) {
        (CodeKind::Code, via) => {
            let token: Vec<Node> = form.nodes.drain(..).collect();
            form.put_all(code_entry(label::verification_code(), false));
            form.put_all(token);
            form.put(Node::submit(Group::Code, "email", address, label::resend_code()));
            form.messages.push(match via {
                Via::Email => verification::code_sent(),
                Via::Sms => verification::code_sent_by_phone(),
            });
        }
        (CodeKind::Link, _) => {
            form.put_all(link_sent(address));
            form.messages.push(verification::link_sent());
        }
    }
    form
}

/// The screen that takes a code, or says that a link was sent, to recover an account.
pub(crate) fn recovery_sent(form: &Container, kind: CodeKind, address: &str) -> Container {
    let mut form = form.bare();
    match kind {
        CodeKind::Code => {
            form.put_all(code_entry(label::recovery_code(), true));
            form.put(Node::submit(Group::Code, "email", address, label::resend_code()));
            form.messages.push(recovery::code_sent());
        }
        CodeKind::Link => {
            form.put_all(link_sent(address));
            form.messages.push(recovery::link_sent());
        }
    }
    form
}

/// The nodes that take a code. Verification and recovery differ in their order, and in what the input takes (contract §2.6).
fn code_entry(label: crate::ui::text::Message, recovery: bool) -> Vec<Node> {
    let hidden = Node::hidden(Group::Code, "method", MethodId::Code.as_str());
    let mut input = Node::input(Group::Code, "code", InputType::Text).required().autocomplete("one-time-code");
    input = input.label(label);
    let submit = Node::submit(Group::Code, "method", MethodId::Code.as_str(), label::continue_on());
    if recovery { vec![input.only("[0-9]+", 6), hidden, submit] } else { vec![hidden, input, submit] }
}

fn link_sent(address: &str) -> [Node; 2] {
    [
        Node::input(Group::Link, "email", InputType::Email).required().value(address).label(label::email()),
        Node::submit(Group::Link, "method", MethodId::Link.as_str(), label::continue_on()),
    ]
}
