//! A code signs in: as a first factor, to confirm a session, and as a second factor. Whether an identifier is anybody's is
//! not told: the screen that takes the code is shown to everybody.

use super::{
    super::{Attempt, MethodError, MethodId, Scene, Subject, address, second_factor},
    EXHAUSTED, Input, Outcome, entry, resend, spend,
};
use crate::{
    app::Cx,
    identity::{normal, schema::Schema},
    limit,
    model::{
        address::Via,
        code::CodeKind,
        credential::CredentialType,
        flow::{Flow, FlowState},
        identity::Identity,
        session::{Aal, AuthenticationMethod},
        step::{Proof, Screen, Step, Target},
    },
    store,
    ui::{
        node::{Group, InputType, Node},
        text::{label, login, validation},
    },
};

pub(super) fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
    let second = flow.data.requested_aal == Aal::Aal2;
    let chosen = second || (flow.data.refresh && cx.config.selfservice.refresh_login_choose_address);
    match scene.who.filter(|_| chosen) {
        Some(who) => addresses(cx, who, scene.schema, flow.data.via.as_deref())
            .into_iter()
            .map(|(via, address)| {
                let label = login::send_code_to(&address, via.as_str());
                Node::submit(Group::Code, "address", &address, label)
            })
            .collect(),
        None if second => Vec::new(),
        None => vec![
            Node::input(Group::Default, "identifier", InputType::Text).value("").required().label(asked(scene.schema)),
            Node::submit(Group::Code, "method", MethodId::Code.as_str(), login::send_code()),
        ],
    }
}

/// The schema's title of the identifier, when there is exactly one.
fn asked(schema: Option<&Schema>) -> crate::ui::text::Message {
    match schema.map(Schema::code_identifiers).unwrap_or_default().as_slice() {
        [(name, Some(title))] => label::generated(title, name),
        _ => label::identifier(),
    }
}

/// The addresses of a person to which codes may be sent, in order; one trait's alone when that is asked for.
fn addresses(cx: &Cx, who: &Subject, schema: Option<&Schema>, via: Option<&str>) -> Vec<(Via, String)> {
    let traits = &who.identity.traits;
    let mut known = schema.map(|schema| schema.code_addresses(traits)).unwrap_or_default();
    if known.is_empty() && cx.config.selfservice.methods.code.missing_credential_fallback {
        known = who.identity.verifiable_addresses.iter().map(|known| (known.via, known.value.clone())).collect();
    }
    if let Some(path) = via {
        let named = schema.and_then(|schema| schema.code_address_at(traits, path));
        known.retain(|known| named.as_ref() == Some(known));
    }
    known.sort_by(|(_, a), (_, b)| a.cmp(b));
    known
}

/// Whether a code can be sent to what a trait of a person says.
pub(crate) fn reaches(cx: &Cx, who: &Subject, schema: &Schema, path: &str) -> bool {
    !addresses(cx, who, Some(schema), Some(path)).is_empty()
}

pub(super) async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    let sent = attempt.flow.state == FlowState::SentEmail;
    if let Some(code) = input.code().filter(|_| sent && input.resend.is_none()) {
        limit::check(cx, "login", attempt.client, None)?;
        return sign_in(cx, attempt, code).await;
    }
    if sent && input.resend.is_none() && input.address.is_none() {
        let mut form = attempt.flow.data.ui.clone();
        form.tell("code", validation::required("code"));
        return Ok(Step::Again(form));
    }
    match attempt.who {
        Some(who) => to_known(cx, attempt, who, &input).await,
        None => to_anybody(cx, attempt, &input).await,
    }
}

/// The address that was chosen must be the person's own.
async fn to_known(cx: &Cx, attempt: Attempt<'_>, who: &Subject, input: &Input) -> Result<Step, MethodError> {
    let again = attempt.flow.data.address.clone().filter(|_| input.resend.is_some());
    let typed = again.or_else(|| input.address.clone()).or_else(|| input.identifier.clone()).unwrap_or_default();
    let mut form = attempt.flow.data.ui.clone();
    if typed.trim().is_empty() {
        form.tell("identifier", validation::required("identifier"));
        return Ok(Step::Again(form));
    }
    let known = addresses(cx, who, attempt.schema, None);
    let Some((via, address)) = known.into_iter().find(|(via, known)| *known == normal::address(*via, &typed)) else {
        form.messages.push(login::address_unknown());
        return Ok(Step::Again(form));
    };
    second_factor::guard(cx, attempt, who).await?;
    let target = Target { via, address, owner: Some(who.identity.id) };
    Ok(address::sent(CodeKind::Code, target.clone(), screen(attempt, &target, true)))
}

/// Whoever has the identifier gets the code; nobody's is answered alike.
async fn to_anybody(cx: &Cx, attempt: Attempt<'_>, input: &Input) -> Result<Step, MethodError> {
    let again = attempt.flow.data.address.clone().filter(|_| input.resend.is_some());
    let typed = again.or_else(|| input.identifier.clone()).unwrap_or_default();
    let mut form = attempt.flow.data.ui.clone();
    if typed.trim().is_empty() {
        form.tell("identifier", validation::required("identifier"));
        return Ok(Step::Again(form));
    }
    let identifier = normal::identifier(&typed);
    limit::check(cx, "login", attempt.client, Some(&identifier))?;
    let fallback = cx.config.selfservice.methods.code.missing_credential_fallback;
    let wanted = identifier.clone();
    let owner = cx
        .db
        .read(move |conn| {
            let found = store::credentials::by_identifier(conn, CredentialType::Code, &wanted)?;
            if found.is_some() || !fallback {
                return Ok::<_, MethodError>(found.map(|credential| credential.identity_id));
            }
            let via = if wanted.contains('@') { Via::Email } else { Via::Sms };
            Ok(store::addresses::verifiable_by_value(conn, via, &wanted)?.map(|(owner, _)| owner))
        })
        .await?;
    let via = if identifier.contains('@') { Via::Email } else { Via::Sms };
    let target = Target { via, address: identifier, owner };
    Ok(address::sent(CodeKind::Code, target.clone(), screen(attempt, &target, false)))
}

/// The group of the input the identifier came from; a button with an address is of this method.
fn asked_in(flow: &Flow) -> Group {
    let nodes = &flow.data.ui.nodes;
    let asked = nodes.iter().find(|node| node.key() == "identifier").map(|node| node.group);
    let chosen = || nodes.iter().find(|node| node.key() == "address").map(|node| node.group);
    asked.or_else(chosen).unwrap_or(Group::Default)
}

/// The screen that takes the code.
fn screen(attempt: Attempt<'_>, target: &Target, known: bool) -> Screen {
    let mut form = attempt.flow.data.ui.bare();
    let token: Vec<Node> = form.nodes.drain(..).filter(|_| attempt.flow.is_browser()).collect();
    form.put(Node::hidden(asked_in(attempt.flow), "identifier", target.address.as_str()).required());
    form.put_all(entry(label::login_code()));
    form.put(resend());
    form.put_all(token);
    form.messages.push(if known { login::code_sent_again() } else { login::code_sent() });
    Screen { told_as_error: true, ..Screen::new(form, FlowState::SentEmail) }
}

async fn sign_in(
    cx: &Cx,
    attempt: Attempt<'_>,
    code: shared_types::secret::Secret<String>,
) -> Result<Step, MethodError> {
    let mut form = attempt.flow.data.ui.clone();
    let spent = match spend(cx, attempt, code).await? {
        Outcome::Good(spent) => spent,
        Outcome::Wrong => {
            cx.figures.count("LoginFailed");
            tracing::warn!(
                target: "audit", event = "LoginFailed", method = "code", client = attempt.client,
                request = %cx.request_id, "wrong code"
            );
            form.messages.push(login::code_invalid());
            return Ok(Step::Again(form));
        }
        Outcome::Exhausted => {
            form.messages.push(validation::generic(EXHAUSTED));
            return Ok(Step::Again(form));
        }
    };
    let id = spent.identity_id.filter(|id| attempt.who.is_none_or(|who| who.identity.id == *id));
    let identity: Option<Identity> = match id {
        Some(id) => cx.db.read(move |conn| store::identities::get(conn, id)).await?,
        None => None,
    };
    let Some(identity) = identity else {
        form.messages.push(login::code_invalid());
        return Ok(Step::Again(form));
    };
    Ok(Step::Proved(Box::new(Proof {
        identity,
        by: AuthenticationMethod::new(MethodId::Code.as_str(), attempt.flow.data.requested_aal, cx.now),
        account: None,
        swaps: Vec::new(),
        address: Some((spent.via, spent.address)),
        once: false,
    })))
}
