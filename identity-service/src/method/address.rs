//! What the methods that write to an address share: the form that asks for it, and the look-up behind it.

use shared_types::http::limit::RetryAfter;

use super::{Attempt, MethodError, MethodId};
use crate::{
    app::Cx,
    identity::normal,
    limit,
    model::{
        address::Via,
        code::CodeKind,
        flow::FlowState,
        step::{Outbox, Owner, Step},
    },
    store,
    ui::{
        node::{Group, InputType, Node},
        text::{label, validation},
    },
};

/// The nodes that ask for an e-mail address.
pub(super) fn form(group: Group, method: MethodId) -> Vec<Node> {
    vec![
        Node::input(group, "email", InputType::Email).required().label(label::email()),
        Node::submit(group, "method", method.as_str(), label::continue_on()),
    ]
}

/// Takes one from the quota of the client, and of the address where there is one.
pub(super) fn quota(cx: &Cx, client: &str, address: Option<&str>) -> Result<(), MethodError> {
    limit::check(cx, "verification", client, address).map_err(|RetryAfter(wait)| MethodError::Limited(wait))
}

/// Looks for the owner of an address. Nobody's address is answered like anybody's.
pub(super) async fn ask(cx: &Cx, attempt: Attempt<'_>, email: &str, kind: CodeKind) -> Result<Step, MethodError> {
    let Some(address) = normal::email(email) else {
        let mut form = attempt.flow.data.ui.clone();
        form.tell("email", validation::email_format(email));
        // Once a code was sent, the name is that of the button that sends another.
        if attempt.flow.state == FlowState::ChooseMethod {
            form.set_value("email", Some(email.into()));
        }
        return Ok(Step::Again(form));
    };
    quota(cx, attempt.client, Some(&address))?;
    let wanted = address.clone();
    let found = cx.db.read(move |conn| store::addresses::verifiable_by_value(conn, Via::Email, &wanted)).await?;
    let owner = found.map(|(identity_id, known)| Owner { address_id: known.id, identity_id });
    Ok(Step::Sent(Outbox { kind, address, owner }))
}
