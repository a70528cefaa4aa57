//! A security key registers, where keys sign in by themselves.

use serde_json::json;

use super::{
    super::{
        Attempt, MethodError, MethodId, Scene,
        authenticator::{self, Invited, account, nodes as node},
        memory, traits,
    },
    INVITED, Input, invitation, result,
};
use crate::{
    app::Cx,
    limit,
    model::{
        credential::{CredentialType, Key, Keys, NewCredential},
        flow::Flow,
        session::{Aal, AuthenticationMethod},
        step::{Draft, Step},
    },
    ui::{
        node::{Group, InputType, Node, trait_nodes},
        text::{registration, settings, validation},
    },
};

pub(super) fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Result<Vec<Node>, MethodError> {
    let Some(schema) = scene.schema else { return Ok(Vec::new()) };
    let (options, invited) = authenticator::invite(&invitation(cx, "", &[], None))?;
    memory::keep(cx, flow, INVITED, &invited);
    let mut nodes = trait_nodes(schema.document(), Group::Default);
    nodes.push(name());
    let button = registration::use_security_key();
    nodes.push(node::trigger_with("webauthn_register_trigger", "oryWebAuthnRegistration", &options, button));
    nodes.push(node::result(Group::WebAuthn, "webauthn_register"));
    nodes.extend(node::load_script(cx, flow));
    Ok(nodes)
}

fn name() -> Node {
    Node::input(Group::WebAuthn, "webauthn_register_displayname", InputType::Text)
        .value("")
        .label(settings::security_key_name())
}

pub(super) fn submit(cx: &Cx, attempt: Attempt<'_>, input: &Input) -> Result<Step, MethodError> {
    limit::check(cx, "registration", attempt.client, None)?;
    let traits = match traits::read(attempt, input.traits.clone())? {
        Ok(traits) => traits,
        Err(form) => return Ok(Step::Again(form)),
    };
    let mut form = attempt.flow.data.ui.clone();
    traits::fill(&mut form, &traits);
    form.set_value("webauthn_register_displayname", Some(input.key_name().into()));
    let Some(text) = result(input.webauthn_register.as_ref()) else {
        form.messages.push(validation::generic("No security key has answered. Please try again."));
        return Ok(Step::Again(form));
    };
    let Some(schema) = attempt.schema else {
        return Err(MethodError::Malformed("The identity schema is gone.".to_owned()));
    };
    if schema.webauthn_identifiers(&traits).is_empty() {
        form.messages.push(validation::no_identifier());
        return Ok(Step::Again(form));
    }
    let Some(invited) = memory::recall::<Invited>(cx, attempt.flow, INVITED) else {
        return Err(MethodError::Malformed("This form invites no security key; please reload it.".to_owned()));
    };
    let key = match authenticator::enrol(cx, &cx.config.selfservice.methods.webauthn.rp, &invited, text) {
        Ok(key) => Key { display_name: input.key_name(), is_passwordless: true, ..key },
        Err(error) => {
            tracing::warn!(%error, request = %cx.request_id, "a new security key is refused");
            let mut flow = Flow::clone(attempt.flow);
            flow.data.ui = form;
            let fresh = nodes(cx, &mut flow, Scene { schema: attempt.schema, who: None })?;
            return Ok(account::afresh(attempt, &flow, fresh, (INVITED, validation::key_invalid())));
        }
    };
    let keys = Keys { credentials: vec![key], user_handle: authenticator::encoded(&invited.user_handle) };
    // The identifiers follow from the traits.
    let credential = NewCredential { kind: CredentialType::WebAuthn, identifiers: Vec::new(), config: json!(keys) };
    let by = AuthenticationMethod::new(MethodId::WebAuthn.as_str(), Aal::Aal1, cx.now);
    Ok(Step::Drafted(Box::new(Draft::new(schema.id(), traits, Some(credential), by))))
}
