//! A code gets somebody back into an account: sent to the address he names (contract §7.1), or, where that is configured, to
//! one of the account's addresses, which are offered masked and have to be written out (§7.2).

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};
use shared_types::db;

use super::{
    super::{Attempt, MethodError, MethodId, address, memory},
    Input,
};
use crate::{
    app::Cx,
    identity::normal,
    model::{
        address::Via,
        code::CodeKind,
        flow::FlowState,
        step::{Redeem, Screen, Step, Target},
    },
    store,
    ui::{
        node::{Container, Group, InputType, Node},
        text::{label, recovery, validation},
    },
};

/// Under this name a flow keeps the address that was typed first.
const TYPED: &str = "recovery address";

pub(super) fn nodes(cx: &Cx) -> Vec<Node> {
    if !cx.config.selfservice.recovery.choose_address {
        return address::form(cx, Group::Code, MethodId::Code);
    }
    vec![
        Node::input(Group::Code, "recovery_address", InputType::Text).required().label(label::recovery_address()),
        Node::submit(Group::Code, "method", MethodId::Code.as_str(), label::continue_on()),
    ]
}

pub(super) async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    if input.screen.as_deref() == Some("previous") {
        return Ok(first_screen(cx, attempt));
    }
    if let Some(secret) = input.code() {
        address::quota(cx, attempt, None)?;
        return Ok(Step::Redeem(Redeem { kind: CodeKind::Code, secret }));
    }
    if cx.config.selfservice.recovery.choose_address && attempt.flow.state != FlowState::SentEmail {
        return choose(cx, attempt, &input).await;
    }
    if let Some(email) = input.email.as_deref().filter(|email| !email.trim().is_empty()) {
        return address::recover(cx, attempt, email, CodeKind::Code).await;
    }
    let key = if attempt.flow.state == FlowState::SentEmail { "code" } else { "email" };
    Ok(missing(attempt, key))
}

fn missing(attempt: Attempt<'_>, key: &str) -> Step {
    let mut form = attempt.flow.data.ui.clone();
    form.tell(key, validation::required(key));
    Step::Again(form)
}

fn first_screen(cx: &Cx, attempt: Attempt<'_>) -> Step {
    let mut form = attempt.flow.data.ui.bare();
    form.put_all(nodes(cx));
    let chosen = cx.config.selfservice.recovery.choose_address;
    let state = if chosen { FlowState::AwaitingAddress } else { FlowState::ChooseMethod };
    Step::Screen(Screen::new(form, state))
}

/// Where a recovery by choice stands, and what comes next.
async fn choose(cx: &Cx, attempt: Attempt<'_>, input: &Input) -> Result<Step, MethodError> {
    match attempt.flow.state {
        FlowState::AwaitingAddressChoice => chosen(cx, attempt, input).await,
        FlowState::ConfirmingAddress | FlowState::AwaitingCode => match filled(input.recovery_confirm_address.as_ref())
        {
            Some(text) => match typed(text) {
                Some(target) => send(cx, attempt, target).await,
                None => Ok(address::mistyped(attempt, "recovery_confirm_address", text)),
            },
            None if attempt.flow.state == FlowState::AwaitingCode => Ok(missing(attempt, "code")),
            None => Ok(missing(attempt, "recovery_confirm_address")),
        },
        _ => named(cx, attempt, input).await,
    }
}

fn filled(text: Option<&String>) -> Option<&str> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// An address of mail or a phone number in its normal form.
fn typed(text: &str) -> Option<(Via, String)> {
    normal::email(text).map(|address| (Via::Email, address)).or_else(|| normal::phone(text).map(|it| (Via::Sms, it)))
}

/// An address was named: its owner's addresses are offered. Nobody's address is offered as if it were somebody's.
async fn named(cx: &Cx, attempt: Attempt<'_>, input: &Input) -> Result<Step, MethodError> {
    let Some(text) = filled(input.recovery_address.as_ref()) else { return Ok(missing(attempt, "recovery_address")) };
    let Some((via, address)) = typed(text) else { return Ok(address::mistyped(attempt, "recovery_address", text)) };
    address::quota(cx, attempt, Some(&address))?;
    let known = offered(cx, via, &address).await?;
    if known == [address.clone()] {
        return send(cx, attempt, (via, address)).await;
    }
    let mut form = attempt.flow.data.ui.bare();
    for known in &known {
        let label = label::masked_address(&masked(known));
        form.put(Node::submit(Group::Code, "recovery_select_address", &hashed(known), label));
    }
    form.put(Node::hidden(Group::Code, "method", MethodId::Code.as_str()));
    form.put(Node::hidden(Group::Code, "recovery_address", address.as_str()));
    form.messages.push(recovery::choose_address());
    let memory = Some((TYPED, memory::sealed(cx, TYPED, &(via, &address))));
    Ok(Step::Screen(Screen { memory, ..Screen::new(form, FlowState::AwaitingAddressChoice) }))
}

/// The recovery addresses of the owner of an address, in order; the address alone when it has none.
async fn offered(cx: &Cx, via: Via, address: &str) -> Result<Vec<String>, MethodError> {
    let wanted = address.to_owned();
    let mut known: Vec<String> = cx
        .db
        .read(move |conn| {
            let Some(owner) = store::addresses::recovery_owner(conn, via, &wanted)? else { return Ok(Vec::new()) };
            let identity = store::identities::get(conn, owner)?;
            let addresses = identity.map(|identity| identity.recovery_addresses).unwrap_or_default();
            Ok::<_, db::Error>(addresses.into_iter().map(|address| address.value).collect())
        })
        .await?;
    known.sort();
    if known.is_empty() {
        known.push(address.to_owned());
    }
    Ok(known)
}

/// One of the masked addresses was chosen: it has to be written out, unless it is the one that was typed.
async fn chosen(cx: &Cx, attempt: Attempt<'_>, input: &Input) -> Result<Step, MethodError> {
    let Some(hash) = filled(input.recovery_select_address.as_ref()) else {
        return Ok(missing(attempt, "recovery_select_address"));
    };
    let Some((via, address)) = memory::recall::<(Via, String)>(cx, attempt.flow, TYPED) else {
        return Ok(first_screen(cx, attempt));
    };
    let known = offered(cx, via, &address).await?;
    let Some(wanted) = known.iter().find(|known| hashed(known) == hash) else {
        return Err(MethodError::Malformed("The address that was chosen is not among those offered.".to_owned()));
    };
    if *wanted == address {
        return send(cx, attempt, (via, address)).await;
    }
    let (kind, label) =
        if wanted.contains('@') { (InputType::Email, label::email()) } else { (InputType::Tel, label::phone()) };
    let mut form = attempt.flow.data.ui.bare();
    form.put(Node::input(Group::Code, "recovery_confirm_address", kind).required().label(label));
    form.put(Node::hidden(Group::Code, "recovery_address", address.as_str()));
    form.put(Node::submit(Group::Code, "method", MethodId::Code.as_str(), label::continue_on()));
    form.put(Node::hidden(Group::Code, "method", MethodId::Code.as_str()));
    form.put(Node::submit(Group::Code, "screen", "previous", recovery::back()));
    form.messages.push(recovery::write_out_address());
    Ok(Step::Screen(Screen::new(form, FlowState::ConfirmingAddress)))
}

/// Sends a code to an address, whoever has it.
async fn send(cx: &Cx, attempt: Attempt<'_>, (via, address): (Via, String)) -> Result<Step, MethodError> {
    address::quota(cx, attempt, Some(&address))?;
    let wanted = address.clone();
    let owner = cx.db.read(move |conn| store::addresses::recovery_owner(conn, via, &wanted)).await?;
    let screen = Screen::new(entry_form(&attempt.flow.data.ui, &address), FlowState::AwaitingCode);
    Ok(address::sent(CodeKind::Code, Target { via, address, owner }, screen))
}

fn entry_form(form: &Container, address: &str) -> Container {
    let mut form = form.bare();
    form.put(
        Node::input(Group::Code, "code", InputType::Text)
            .required()
            .autocomplete("one-time-code")
            .only("[0-9]+", 6)
            .label(label::recovery_code()),
    );
    form.put(Node::submit(Group::Code, "method", MethodId::Code.as_str(), label::continue_on()));
    form.put(Node::hidden(Group::Code, "method", MethodId::Code.as_str()));
    form.put(Node::submit(Group::Code, "recovery_confirm_address", address, label::resend_code()));
    form.put(Node::hidden(Group::Code, "recovery_address", address));
    form.put(Node::submit(Group::Code, "screen", "previous", recovery::back()));
    form.messages.push(recovery::code_sent_to(&masked(address)));
    form
}

/// What the choice of an address is called: its owner alone can tell which address it is.
fn hashed(address: &str) -> String {
    STANDARD.encode(Sha256::digest(address.as_bytes()))
}

/// An address as somebody who knows it recognises it (contract §7.2).
fn masked(address: &str) -> String {
    if let Some((local, domain)) = address.split_once('@') {
        return match local.char_indices().nth(2) {
            Some((end, _)) => format!("{}****@{domain}", local.get(..end).unwrap_or_default()),
            None => address.to_owned(),
        };
    }
    let chars: Vec<char> = address.chars().collect();
    match (chars.first_chunk::<3>(), chars.last_chunk::<2>()) {
        (Some(begin), Some(end)) if chars.len() > 5 => {
            let [begin, end] = [begin.iter().collect::<String>(), end.iter().collect()];
            format!("{begin}****{end}")
        }
        _ => address.to_owned(),
    }
}

#[cfg(test)]
mod tests;
