//! A security key signs in, in two steps: somebody names himself, or is known already, and his keys are asked.

use serde_json::Value;
use shared_types::{db::AnyConn, id::IdentityId};

use super::{
    super::{
        Attempt, MethodError, MethodId, Scene, Subject,
        authenticator::{self, Answer, Asked, Question, account, assertion, assertion::Case, nodes as node},
        content, memory, second_factor,
    },
    ASKED, Input, result,
};
use crate::{
    app::Cx,
    config::{SHORT_PATIENCE, Verification},
    identity::normal,
    limit,
    model::{
        credential::{Credential, CredentialType, Key, Keys},
        flow::{Flow, FlowState},
        identity::Identity,
        session::Aal,
        step::{Screen, Step},
    },
    store,
    ui::{
        node::{Group, Node},
        text::{Message, login, validation},
    },
};

pub(super) fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Result<Vec<Node>, MethodError> {
    let Some(who) = scene.who else {
        let button = Node::submit(Group::WebAuthn, "method", MethodId::WebAuthn.as_str(), login::use_security_key());
        return Ok(vec![node::identifier(scene.schema), button]);
    };
    let level = flow.data.requested_aal;
    let held = account::held(cx, who, CredentialType::WebAuthn)?;
    let keys = worth(&held.keys, level);
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let options = ask(cx, flow, &keys, who.identity.id)?;
    let mut nodes: Vec<Node> = held
        .identifiers
        .first()
        .map(|own| Node::hidden(Group::Default, "identifier", own.as_str()))
        .into_iter()
        .collect();
    nodes.extend(challenge(cx, flow, &options, login::use_security_key()));
    Ok(nodes)
}

/// The keys that are worth what is asked for.
fn worth(keys: &Keys, level: Aal) -> Vec<Key> {
    keys.credentials.iter().filter(|key| key.aal() == level).cloned().collect()
}

fn ask(cx: &Cx, flow: &mut Flow, keys: &[Key], identity: IdentityId) -> Result<Value, MethodError> {
    let question = Question {
        rp: &cx.config.selfservice.methods.webauthn.rp,
        timeout: SHORT_PATIENCE,
        verification: Verification::Discouraged,
        keys,
        identity: Some(identity),
    };
    let (options, asked) = authenticator::ask(&question)?;
    memory::keep(cx, flow, ASKED, &asked);
    Ok(options)
}

fn challenge(cx: &Cx, flow: &Flow, options: &Value, label: Message) -> Vec<Node> {
    let mut nodes: Vec<Node> = node::load_script(cx, flow).into_iter().collect();
    nodes.push(node::trigger_with("webauthn_login_trigger", "oryWebAuthnLogin", options, label));
    nodes.push(node::result(Group::WebAuthn, "webauthn_login"));
    nodes
}

pub(super) async fn submit(cx: &Cx, attempt: Attempt<'_>, input: &Input) -> Result<Step, MethodError> {
    match (result(input.webauthn_login.as_ref()), attempt.who) {
        (Some(text), _) => answer(cx, attempt, text).await,
        (None, Some(who)) => remind(cx, attempt, who),
        (None, None) => identify(cx, attempt, input).await,
    }
}

/// Whoever is known was asked already; without keys there is nothing to ask.
fn remind(cx: &Cx, attempt: Attempt<'_>, who: &Subject) -> Result<Step, MethodError> {
    let held = account::held(cx, who, CredentialType::WebAuthn)?;
    let mut form = attempt.flow.data.ui.clone();
    form.messages.push(if worth(&held.keys, attempt.flow.data.requested_aal).is_empty() {
        validation::no_security_key()
    } else {
        validation::generic("The security key has not answered yet. Please try again.")
    });
    Ok(Step::Again(form))
}

/// The first of two steps: the owner of an identifier is asked for one of his keys.
async fn identify(cx: &Cx, attempt: Attempt<'_>, input: &Input) -> Result<Step, MethodError> {
    let typed = input.identifier.as_deref().unwrap_or_default();
    let mut form = attempt.flow.data.ui.clone();
    form.set_value("identifier", Some(typed.into()));
    if typed.trim().is_empty() {
        form.tell("identifier", validation::required("identifier"));
        return Ok(Step::Again(form));
    }
    let identifier = normal::identifier(typed);
    limit::check(cx, "login", attempt.client, Some(&identifier))?;
    let found = cx.db.read(move |conn| by_identifier(conn, &identifier)).await?;
    let keys = match &found {
        Some(credential) if credential.config.get("credentials").is_some() => {
            worth(&content(cx, credential)?, Aal::Aal1)
        }
        _ => Vec::new(),
    };
    let Some(credential) = found.filter(|_| !keys.is_empty()) else {
        form.messages.push(validation::no_security_key_user());
        return Ok(Step::Again(form));
    };
    let mut flow = Flow::clone(attempt.flow);
    let options = ask(cx, &mut flow, &keys, credential.identity_id)?;
    let mut form = attempt.flow.data.ui.bare();
    form.put(Node::hidden(Group::Default, "identifier", typed).required());
    form.put_all(challenge(cx, &flow, &options, login::continue_with_key()));
    form.messages.push(login::prepare_security_key());
    let memory = flow.data.memory.get(ASKED).map(|sealed| (ASKED, sealed.clone()));
    Ok(Step::Screen(Screen { memory, navigates: true, ..Screen::new(form, FlowState::ChooseMethod) }))
}

fn by_identifier(conn: &mut AnyConn, identifier: &str) -> Result<Option<Credential>, MethodError> {
    Ok(store::credentials::by_identifier(conn, CredentialType::WebAuthn, identifier)?)
}

/// The second step: the key has answered.
async fn answer(cx: &Cx, attempt: Attempt<'_>, text: &str) -> Result<Step, MethodError> {
    let asked: Option<Asked> = memory::recall(cx, attempt.flow, ASKED);
    let Some((asked, id)) = asked.and_then(|asked| asked.identity.map(|id| (asked, id))) else {
        return Err(MethodError::Malformed("This form asks no security key; please reload it.".to_owned()));
    };
    let level = attempt.flow.data.requested_aal;
    let account = if level == Aal::Aal2 {
        Some(second_factor::admit(cx, attempt, id)?)
    } else {
        limit::check(cx, "login", attempt.client, Some(&id.text()))?;
        None
    };
    let answer = Answer::read(text).map_err(|error| MethodError::Malformed(error.to_string()))?;
    // A second factor is that of who is signed in, whoever was when it was asked for.
    let stranger = level == Aal::Aal2 && attempt.who.is_none_or(|who| who.identity.id != id);
    let found = if stranger { None } else { cx.db.read(move |conn| owner(conn, id)).await? };
    let Some((identity, credential)) = found else {
        let mut form = attempt.flow.data.ui.clone();
        form.messages.push(validation::no_security_key());
        return Ok(Step::Again(form));
    };
    let case = Case {
        method: MethodId::WebAuthn,
        level,
        rp: &cx.config.selfservice.methods.webauthn.rp,
        asked: &asked,
        answer: &answer,
        identity,
        credential: credential.clone(),
        account,
    };
    let own = content::<Keys>(cx, &credential)?;
    let said = answer.user_handle().is_none_or(|handle| authenticator::is_handle(&own, handle));
    match assertion::judge(cx, attempt, case, |key| said && key.aal() == level).await? {
        Some(proof) => Ok(Step::Proved(Box::new(proof))),
        None => again(cx, attempt, (&own, id)),
    }
}

fn owner(conn: &mut AnyConn, id: IdentityId) -> Result<Option<(Identity, Credential)>, MethodError> {
    let credential = store::credentials::of_type(conn, id, CredentialType::WebAuthn)?;
    let credential = credential.filter(|credential| credential.config.get("credentials").is_some());
    Ok(store::identities::get(conn, id)?.zip(credential))
}

/// The form with another challenge for the same person.
fn again(cx: &Cx, attempt: Attempt<'_>, (keys, id): (&Keys, IdentityId)) -> Result<Step, MethodError> {
    let mut flow = Flow::clone(attempt.flow);
    let options = ask(cx, &mut flow, &worth(keys, attempt.flow.data.requested_aal), id)?;
    let named = attempt.who.is_none();
    let label = if named { login::continue_with_key() } else { login::use_security_key() };
    let fresh = challenge(cx, &flow, &options, label);
    Ok(account::afresh(attempt, &flow, fresh, (ASKED, validation::key_invalid())))
}
