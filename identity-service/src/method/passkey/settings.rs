//! The passkeys of an account: added and removed by their owner.

use serde_json::json;

use super::{
    super::{
        Attempt, MethodError, MethodId, Scene, Subject,
        authenticator::{self, Invitation, Invited, account, nodes as node},
        memory, off,
    },
    INVITED, Input, result,
};
use crate::{
    app::Cx,
    limit,
    model::{
        credential::{CredentialType, NewCredential},
        flow::Flow,
        session::{Aal, AuthenticationMethod},
        step::Step,
    },
    ui::{
        node::{Group, Node},
        text::{settings, validation},
    },
};

const KIND: CredentialType = CredentialType::Passkey;

pub(super) fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Result<Vec<Node>, MethodError> {
    let Some(who) = scene.who else { return Ok(Vec::new()) };
    let held = account::held(cx, who, KIND)?;
    let account = scene.schema.and_then(|schema| schema.passkey_name(&who.identity.traits));
    let config = &cx.config.selfservice.methods.passkey;
    // A handle one finds the keys by is used again, so that an authenticator knows all keys of the account as such.
    let handle = authenticator::user_handle(&held.keys).filter(|handle| held.identifiers.contains(handle));
    let (options, invited) = authenticator::invite(&Invitation {
        rp: &config.rp,
        timeout: config.registration_timeout,
        verification: config.verification,
        resident_key: config.resident_key,
        attachment: config.attachment.map(crate::config::Attachment::as_str),
        attestation: config.attestation,
        user_handle: handle.unwrap_or_else(|| authenticator::new_user_handle(cx)),
        account: account.as_deref().unwrap_or_default(),
        known: &held.keys.credentials,
    })?;
    memory::keep(cx, flow, INVITED, &invited);
    let button = (Group::Passkey, "passkey_remove");
    let mut nodes = account::removals(cx, who, &held.keys, button, settings::remove_passkey);
    nodes.extend(node::load_script(cx, flow));
    let (name, function) = ("passkey_register_trigger", "oryPasskeySettingsRegistration");
    nodes.push(node::trigger(flow, Group::Passkey, name, function, settings::add_passkey()));
    nodes.push(node::result(Group::Passkey, "passkey_settings_register"));
    nodes.push(Node::hidden(Group::Passkey, "passkey_create_data", options.to_string()));
    Ok(nodes)
}

pub(super) fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    let who = attempt.subject()?;
    limit::check(cx, "settings", attempt.client, None)?;
    if let Some(id) = input.passkey_remove.filter(|id| !id.is_empty()) {
        return account::removing(cx, attempt, (KIND, Group::Passkey), &id);
    }
    match result(input.passkey_settings_register) {
        Some(text) => add(cx, attempt, who, &text),
        None => Ok(off::nothing_asked(attempt)),
    }
}

fn add(cx: &Cx, attempt: Attempt<'_>, who: &Subject, text: &str) -> Result<Step, MethodError> {
    let Some(invited) = memory::recall::<Invited>(cx, attempt.flow, INVITED) else {
        return Err(MethodError::Malformed("This form invites no passkey; please reload it.".to_owned()));
    };
    let again = |message| {
        let mut flow = Flow::clone(attempt.flow);
        let fresh = nodes(cx, &mut flow, Scene { schema: attempt.schema, who: Some(who) })?;
        Ok(account::afresh(attempt, &flow, fresh, (INVITED, message)))
    };
    let key = match authenticator::enrol(cx, &cx.config.selfservice.methods.passkey.rp, &invited, text) {
        Ok(key) => key,
        Err(error) => {
            tracing::warn!(%error, identity = %who.identity.id, request = %cx.request_id, "a new passkey is refused");
            return again(validation::key_invalid());
        }
    };
    let held = account::held(cx, who, KIND)?;
    let Some(keys) = account::with(held.keys, key, authenticator::encoded(&invited.user_handle)) else {
        return again(validation::generic("This passkey is in your account already."));
    };
    let mut identifiers = held.identifiers;
    if !identifiers.contains(&invited.user_handle) {
        identifiers.push(invited.user_handle);
    }
    let credential = NewCredential { kind: KIND, identifiers, config: json!(keys) };
    let by = AuthenticationMethod::new(MethodId::Passkey.as_str(), Aal::Aal1, cx.now);
    Ok(account::adding(who, credential, by, (MethodId::Passkey.as_str(), INVITED)))
}
