//! A passkey signs in: its authenticator says whose it is.

use serde_json::Value;
use shared_types::{db::AnyConn, id::IdentityId};

use super::{
    super::{
        Attempt, MethodError, MethodId, Scene,
        authenticator::{self, Answer, Asked, Question, account, assertion, assertion::Case, nodes as node},
        memory,
    },
    ASKED, Input, result,
};
use crate::{
    app::Cx,
    limit,
    model::{
        credential::{Credential, CredentialType, Key},
        flow::Flow,
        identity::Identity,
        session::Aal,
        step::{Screen, Step},
    },
    store,
    ui::{
        node::{Group, Node},
        text::{login, validation},
    },
};

pub(super) fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Result<Vec<Node>, MethodError> {
    let Some(who) = scene.who else {
        let options = ask(cx, flow, &[], None)?;
        let mut nodes = vec![node::identifier(scene.schema)];
        nodes.extend(fields(cx, flow, &options, true));
        // Until somebody has named himself, the browser suggests passkeys in the input of the name (contract §6.5).
        let names_first = MethodId::IdentifierFirst.takes_part(cx, flow);
        let named = flow.data.active.as_deref() == Some(MethodId::IdentifierFirst.as_str());
        if !names_first || named {
            nodes.push(button(flow));
        }
        return Ok(nodes);
    };
    let held = account::held(cx, who, CredentialType::Passkey)?;
    if held.keys.credentials.is_empty() {
        return Ok(Vec::new());
    }
    let options = ask(cx, flow, &held.keys.credentials, Some(who.identity.id))?;
    let known = who.credential(CredentialType::Password).and_then(|password| password.identifiers.first().cloned());
    let name = known.or_else(|| scene.schema?.passkey_name(&who.identity.traits)).unwrap_or_default();
    let mut nodes = vec![Node::hidden(Group::Default, "identifier", name)];
    nodes.extend(fields(cx, flow, &options, false));
    nodes.push(button(flow));
    Ok(nodes)
}

fn ask(cx: &Cx, flow: &mut Flow, keys: &[Key], identity: Option<IdentityId>) -> Result<Value, MethodError> {
    let config = &cx.config.selfservice.methods.passkey;
    let question =
        Question { rp: &config.rp, timeout: config.login_timeout, verification: config.verification, keys, identity };
    let (options, asked) = authenticator::ask(&question)?;
    memory::keep(cx, flow, ASKED, &asked);
    Ok(options)
}

fn fields(cx: &Cx, flow: &Flow, options: &Value, suggested: bool) -> Vec<Node> {
    let mut answer = node::result(Group::Passkey, "passkey_login");
    if suggested {
        let function = "oryPasskeyLoginAutocompleteInit";
        answer = answer.onload(function, flow.is_browser().then(|| format!("window.{function}()")));
    }
    let challenge = Node::hidden(Group::Passkey, "passkey_challenge", options.to_string());
    [Some(challenge), node::load_script(cx, flow), Some(answer)].into_iter().flatten().collect()
}

fn button(flow: &Flow) -> Node {
    node::trigger(flow, Group::Passkey, "passkey_login_trigger", "oryPasskeyLogin", login::use_passkey())
}

pub(super) async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    let Some(text) = result(input.passkey_login) else { return alone(cx, attempt) };
    limit::check(cx, "login", attempt.client, None)?;
    let Some(asked) = memory::recall::<Asked>(cx, attempt.flow, ASKED) else {
        return Err(MethodError::Malformed("This form asks no passkey; please reload it.".to_owned()));
    };
    let answer = Answer::read(&text).map_err(|error| MethodError::Malformed(error.to_string()))?;
    let handle = answer.user_handle().and_then(|handle| String::from_utf8(handle.to_vec()).ok());
    let asked_for = asked.identity;
    let found = cx.db.read(move |conn| owner(conn, handle.as_deref(), asked_for)).await?;
    let Some((identity, credential)) = found else {
        cx.figures.count("LoginFailed");
        tracing::warn!(
            target: "audit", event = "LoginFailed", method = MethodId::Passkey.as_str(), client = attempt.client,
            request = %cx.request_id, "unknown passkey"
        );
        return again(cx, attempt, validation::no_security_key_user());
    };
    let case = Case {
        method: MethodId::Passkey,
        level: Aal::Aal1,
        rp: &cx.config.selfservice.methods.passkey.rp,
        asked: &asked,
        answer: &answer,
        identity,
        credential,
        account: None,
    };
    match assertion::judge(cx, attempt, case, |_| true).await? {
        Some(proof) => Ok(Step::Proved(Box::new(proof))),
        None => again(cx, attempt, validation::key_invalid()),
    }
}

/// The owner of a user handle. Authenticators may leave it out when they were told whose keys are meant.
fn owner(
    conn: &mut AnyConn,
    handle: Option<&str>,
    asked: Option<IdentityId>,
) -> Result<Option<(Identity, Credential)>, MethodError> {
    let credential = match (handle, asked) {
        (Some(handle), _) => store::credentials::by_identifier(conn, CredentialType::Passkey, handle)?,
        (None, Some(id)) => store::credentials::of_type(conn, id, CredentialType::Passkey)?,
        (None, None) => None,
    };
    let Some(credential) = credential else { return Ok(None) };
    let identity = store::identities::get(conn, credential.identity_id)?;
    Ok(identity.map(|identity| (identity, credential)))
}

/// The form with another challenge.
fn again(cx: &Cx, attempt: Attempt<'_>, message: crate::ui::text::Message) -> Result<Step, MethodError> {
    let mut flow = Flow::clone(attempt.flow);
    let nodes = nodes(cx, &mut flow, Scene { schema: attempt.schema, who: attempt.who })?;
    Ok(account::afresh(attempt, &flow, nodes, (ASKED, message)))
}

/// A page of passkeys alone, for who has asked for it. Where somebody names himself first he still can.
fn alone(cx: &Cx, attempt: Attempt<'_>) -> Result<Step, MethodError> {
    let mut flow = Flow::clone(attempt.flow);
    let mut nodes = nodes(cx, &mut flow, Scene { schema: attempt.schema, who: attempt.who })?;
    let mut form = attempt.flow.data.ui.bare();
    let shown = &attempt.flow.data.ui.nodes;
    let naming: Vec<Node> = shown.iter().filter(|node| node.group == Group::IdentifierFirst).cloned().collect();
    if naming.iter().any(|node| node.key() == "identifier") {
        nodes.retain(|node| node.key() != "identifier");
    }
    form.put_all(naming);
    form.put_all(nodes);
    if attempt.who.is_none() && form.nodes.iter().all(|node| node.key() != "passkey_login_trigger") {
        form.put(button(&flow));
    }
    let memory = flow.data.memory.get(ASKED).map(|sealed| (ASKED, sealed.clone()));
    Ok(Step::Screen(Screen { memory, navigates: true, ..Screen::new(form, attempt.flow.state) }))
}
