//! The keys of an account in its settings: added, removed, and never the last way to sign in.

use serde_json::json;

use super::{
    super::{Attempt, MethodError, Subject, content},
    hex_id, is_known,
};
use crate::{
    app::Cx,
    model::{
        credential::{CredentialType, Key, Keys, NewCredential},
        flow::Flow,
        session::{Aal, AuthenticationMethod},
        step::{ChangeSet, Screen, Step},
    },
    session::aal,
    ui::{
        node::{Group, Node},
        text::{Message, validation},
    },
};

/// What all keys of an account are worth knowing together.
pub(in crate::method) struct Held {
    pub(in crate::method) keys: Keys,
    pub(in crate::method) identifiers: Vec<String>,
}

/// The keys of one type.
pub(in crate::method) fn held(cx: &Cx, who: &Subject, kind: CredentialType) -> Result<Held, MethodError> {
    let Some(credential) = who.credential(kind) else {
        return Ok(Held { keys: Keys::default(), identifiers: Vec::new() });
    };
    // An identifier is kept for its owner even before he has a key.
    let keys = if credential.config.get("credentials").is_some() { content(cx, credential)? } else { Keys::default() };
    Ok(Held { keys, identifiers: credential.identifiers.clone() })
}

/// One button for each key; that of the last way to sign in cannot be pressed.
pub(in crate::method) fn removals(
    cx: &Cx,
    who: &Subject,
    keys: &Keys,
    (group, name): (Group, &str),
    label: fn(&str, shared_types::time::Time) -> Message,
) -> Vec<Node> {
    let alone = aal::first_factors(cx, &who.credentials) < 2;
    let button = |key: &Key| {
        let shown = if key.display_name.is_empty() { "unnamed" } else { &key.display_name };
        let node = Node::submit(group, name, &hex_id(key), label(shown, key.added_at));
        if alone && first(group, key) { node.disabled() } else { node }
    };
    keys.credentials.iter().map(button).collect()
}

/// Whether a key signs in by itself: passkeys always do.
fn first(group: Group, key: &Key) -> bool {
    group == Group::Passkey || key.aal() == Aal::Aal1
}

/// The change that adds a key which was just made: making it was a proof.
pub(in crate::method) fn adding(
    who: &Subject,
    credential: NewCredential,
    by: AuthenticationMethod,
    (method, memory): (&'static str, &'static str),
) -> Step {
    let before = who.credential(credential.kind).map(|known| known.config.clone());
    let set = ChangeSet {
        expected: vec![(credential.kind, before)],
        puts: vec![credential],
        proves: Some(by),
        forget: vec![memory],
        ..ChangeSet::of(method)
    };
    Step::Changed(Box::new(set))
}

/// The keys with one more, unless it is among them.
pub(in crate::method) fn with(mut keys: Keys, key: Key, user_handle: String) -> Option<Keys> {
    if is_known(&keys, &key) {
        return None;
    }
    keys.credentials.push(key);
    keys.user_handle = user_handle;
    Some(keys)
}

/// The change that removes a key.
pub(in crate::method) fn removing(
    cx: &Cx,
    attempt: Attempt<'_>,
    (kind, group): (CredentialType, Group),
    id: &str,
) -> Result<Step, MethodError> {
    let who = attempt.subject()?;
    let Held { mut keys, identifiers } = held(cx, who, kind)?;
    let again = |message: Message| {
        let mut form = attempt.flow.data.ui.clone();
        form.messages.push(message);
        Ok(Step::Again(form))
    };
    let Some(at) = keys.credentials.iter().position(|key| hex_id(key) == id) else {
        return again(validation::generic("There is no such key in this account any more."));
    };
    let gone = keys.credentials.remove(at);
    if first(group, &gone) && aal::first_factors(cx, &who.credentials) < 2 {
        return again(validation::generic("This key cannot be removed: without it nobody could sign in any more."));
    }
    let mut set = ChangeSet { expected: first_factors(who), ..ChangeSet::of(kind.as_str()) };
    if keys.credentials.is_empty() {
        set.removals.push(kind);
    } else {
        set.puts.push(NewCredential { kind, identifiers, config: json!(keys) });
    }
    Ok(Step::Changed(Box::new(set)))
}

/// Everything one may sign in with, as it is: two removals at once must not leave nothing.
fn first_factors(who: &Subject) -> Vec<(CredentialType, Option<serde_json::Value>)> {
    use CredentialType::{Code, Oidc, Passkey, Password, WebAuthn};
    let config = |kind| who.credential(kind).map(|known| known.config.clone());
    [Password, Oidc, Code, WebAuthn, Passkey].into_iter().map(|kind| (kind, config(kind))).collect()
}

/// The form with a fresh challenge and what was wrong: none is answered twice, not even after a wrong answer.
pub(in crate::method) fn afresh(
    attempt: Attempt<'_>,
    flow: &Flow,
    nodes: Vec<Node>,
    (memory, message): (&'static str, Message),
) -> Step {
    let mut form = attempt.flow.data.ui.clone();
    for node in nodes.into_iter().filter(|node| node.group != Group::Default && !node.may_repeat()) {
        form.put(node);
    }
    form.messages.push(message);
    let kept = flow.data.memory.get(memory).map(|sealed| (memory, sealed.clone()));
    Step::Screen(Screen { memory: kept, told_as_error: true, ..Screen::new(form, attempt.flow.state) })
}
