//! A passkey registers: its authenticator makes it for an account that does not exist yet.

use serde_json::json;

use super::{
    super::{
        Attempt, MethodError, MethodId, Scene,
        authenticator::{self, Invitation, Invited, account, nodes as node},
        memory, traits,
    },
    INVITED, Input, result,
};
use crate::{
    app::Cx,
    identity::schema::Schema,
    limit,
    model::{
        credential::{CredentialType, Keys, NewCredential},
        flow::Flow,
        session::{Aal, AuthenticationMethod},
        step::{Draft, Step},
    },
    ui::{
        node::{Group, Node, trait_nodes},
        text::{registration, validation},
    },
};

/// The inputs whose content names the account: those the schema marks, else those one signs in with.
fn names(schema: &Schema) -> Vec<String> {
    let marked = schema.passkey_inputs();
    if marked.is_empty() { schema.password_identifiers().into_iter().map(|(name, _)| name).collect() } else { marked }
}

pub(super) fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Result<Vec<Node>, MethodError> {
    let Some(schema) = scene.schema else { return Ok(Vec::new()) };
    let names = names(schema);
    let Some(first) = names.first() else {
        tracing::warn!(schema = schema.id(), "no trait names an account: passkeys are not offered to who registers");
        return Ok(Vec::new());
    };
    let (options, invited) = authenticator::invite(&invitation(cx))?;
    memory::keep(cx, flow, INVITED, &invited);
    let data = json!({"credentialOptions": options, "displayNameFieldName": first, "displayNameFieldNames": names});
    let mut nodes = trait_nodes(schema.document(), Group::Default);
    nodes.push(Node::hidden(Group::Passkey, "passkey_create_data", data.to_string()));
    let button = registration::use_passkey();
    nodes.push(node::trigger(flow, Group::Passkey, "passkey_register_trigger", "oryPasskeyRegistration", button));
    nodes.extend(node::load_script(cx, flow));
    nodes.push(node::result(Group::Passkey, "passkey_register"));
    Ok(nodes)
}

fn invitation(cx: &Cx) -> Invitation<'_> {
    let config = &cx.config.selfservice.methods.passkey;
    Invitation {
        rp: &config.rp,
        timeout: config.registration_timeout,
        verification: config.verification,
        resident_key: config.resident_key,
        attachment: config.attachment.map(crate::config::Attachment::as_str),
        attestation: config.attestation,
        user_handle: authenticator::new_user_handle(cx),
        account: "",
        known: &[],
    }
}

pub(super) fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    limit::check(cx, "registration", attempt.client, None)?;
    let traits = match traits::read(attempt, input.traits)? {
        Ok(traits) => traits,
        Err(form) => return Ok(Step::Again(form)),
    };
    let mut form = attempt.flow.data.ui.clone();
    traits::fill(&mut form, &traits);
    let Some(text) = result(input.passkey_register) else {
        form.messages.push(validation::generic("No passkey was made. Please try again."));
        return Ok(Step::Again(form));
    };
    let Some(invited) = memory::recall::<Invited>(cx, attempt.flow, INVITED) else {
        return Err(MethodError::Malformed("This form invites no passkey; please reload it.".to_owned()));
    };
    let key = match authenticator::enrol(cx, &cx.config.selfservice.methods.passkey.rp, &invited, &text) {
        Ok(key) => key,
        Err(error) => {
            tracing::warn!(%error, request = %cx.request_id, "a new passkey is refused");
            let mut flow = Flow::clone(attempt.flow);
            flow.data.ui = form;
            let fresh = nodes(cx, &mut flow, Scene { schema: attempt.schema, who: None })?;
            return Ok(account::afresh(attempt, &flow, fresh, (INVITED, validation::key_invalid())));
        }
    };
    let Some(schema) = attempt.schema else {
        return Err(MethodError::Malformed("The identity schema is gone.".to_owned()));
    };
    let keys = Keys { credentials: vec![key], user_handle: authenticator::encoded(&invited.user_handle) };
    let credential =
        NewCredential { kind: CredentialType::Passkey, identifiers: vec![invited.user_handle], config: json!(keys) };
    let by = AuthenticationMethod::new(MethodId::Passkey.as_str(), Aal::Aal1, cx.now);
    Ok(Step::Drafted(Box::new(Draft::new(schema.id(), traits, Some(credential), by))))
}
