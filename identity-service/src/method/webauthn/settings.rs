//! The security keys of an account: added and removed by their owner.

use serde_json::json;

use super::{
    super::{
        Attempt, MethodError, MethodId, Scene, Subject,
        authenticator::{self, Invited, account, nodes as node},
        memory, off,
    },
    INVITED, Input, invitation, result,
};
use crate::{
    app::Cx,
    limit,
    model::{
        credential::{CredentialType, Key, NewCredential},
        flow::Flow,
        session::AuthenticationMethod,
        step::Step,
    },
    ui::{
        node::{Group, InputType, Node},
        text::{settings, validation},
    },
};

const KIND: CredentialType = CredentialType::WebAuthn;

pub(super) fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Result<Vec<Node>, MethodError> {
    let Some(who) = scene.who else { return Ok(Vec::new()) };
    let held = account::held(cx, who, KIND)?;
    let name = scene.schema.and_then(|schema| schema.passkey_name(&who.identity.traits)).unwrap_or_default();
    let handle = authenticator::user_handle(&held.keys);
    let (options, invited) = authenticator::invite(&invitation(cx, &name, &held.keys.credentials, handle))?;
    memory::keep(cx, flow, INVITED, &invited);
    let button = (Group::WebAuthn, "webauthn_remove");
    let mut nodes = account::removals(cx, who, &held.keys, button, settings::remove_security_key);
    nodes.push(
        Node::input(Group::WebAuthn, "webauthn_register_displayname", InputType::Text)
            .value("")
            .label(settings::security_key_name()),
    );
    let (name, function) = ("webauthn_register_trigger", "oryWebAuthnRegistration");
    nodes.push(node::trigger_with(name, function, &options, settings::add_security_key()));
    nodes.push(node::result(Group::WebAuthn, "webauthn_register"));
    nodes.extend(node::load_script(cx, flow));
    Ok(nodes)
}

pub(super) fn submit(cx: &Cx, attempt: Attempt<'_>, input: &Input) -> Result<Step, MethodError> {
    let who = attempt.subject()?;
    limit::check(cx, "settings", attempt.client, None)?;
    if let Some(id) = input.webauthn_remove.as_deref().filter(|id| !id.is_empty()) {
        return account::removing(cx, attempt, (KIND, Group::WebAuthn), id);
    }
    match result(input.webauthn_register.as_ref()) {
        Some(text) => add(cx, attempt, who, (text, input.key_name())),
        None => Ok(off::nothing_asked(attempt)),
    }
}

fn add(cx: &Cx, attempt: Attempt<'_>, who: &Subject, (text, name): (&str, String)) -> Result<Step, MethodError> {
    let config = &cx.config.selfservice.methods.webauthn;
    let Some(invited) = memory::recall::<Invited>(cx, attempt.flow, INVITED) else {
        return Err(MethodError::Malformed("This form invites no security key; please reload it.".to_owned()));
    };
    let again = |message| {
        let mut flow = Flow::clone(attempt.flow);
        let fresh = nodes(cx, &mut flow, Scene { schema: attempt.schema, who: Some(who) })?;
        Ok(account::afresh(attempt, &flow, fresh, (INVITED, message)))
    };
    let key = match authenticator::enrol(cx, &config.rp, &invited, text) {
        Ok(key) => Key { display_name: name, is_passwordless: config.passwordless, ..key },
        Err(error) => {
            tracing::warn!(%error, identity = %who.identity.id, request = %cx.request_id, "a security key is refused");
            return again(validation::key_invalid());
        }
    };
    let by = AuthenticationMethod::new(MethodId::WebAuthn.as_str(), key.aal(), cx.now);
    let held = account::held(cx, who, KIND)?;
    let Some(keys) = account::with(held.keys, key, authenticator::encoded(&invited.user_handle)) else {
        return again(validation::generic("This security key is in your account already."));
    };
    let credential = NewCredential { kind: KIND, identifiers: held.identifiers, config: json!(keys) };
    Ok(account::adding(who, credential, by, (MethodId::WebAuthn.as_str(), INVITED)))
}
