//! A code registers: it is sent to the addresses the traits name, and proves the one it reached.

use super::{
    super::{Attempt, MethodError, MethodId, Scene, memory, traits},
    EXHAUSTED, Input, Outcome, entry, resend, spend,
};
use crate::{
    app::Cx,
    limit,
    model::{
        code::CodeKind,
        flow::FlowState,
        session::{Aal, AuthenticationMethod},
        step::{Draft, Outbox, Screen, Step, Target},
        traits::Traits,
    },
    ui::{
        node::{Container, Group, InputType, Node, trait_nodes},
        text::{label, registration, validation},
    },
};

/// Under this name a flow keeps the traits a code was asked for.
const TRAITS: &str = "registration code";

pub(super) fn nodes(scene: Scene<'_>) -> Vec<Node> {
    let mut nodes = scene.schema.map(|schema| trait_nodes(schema.document(), Group::Default)).unwrap_or_default();
    nodes.push(Node::submit(Group::Code, "method", MethodId::Code.as_str(), registration::send_code()));
    nodes
}

pub(super) async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    limit::check(cx, "registration", attempt.client, None)?;
    let code = input.code().filter(|_| attempt.flow.state == FlowState::SentEmail && input.resend.is_none());
    let missing = attempt.flow.state == FlowState::SentEmail && input.resend.is_none() && code.is_none();
    let traits = match traits::read(attempt, input.traits)? {
        Ok(traits) => traits,
        Err(form) => return Ok(Step::Again(form)),
    };
    if missing {
        let mut form = attempt.flow.data.ui.clone();
        form.tell("code", validation::required("code"));
        return Ok(Step::Again(form));
    }
    match code {
        Some(code) => register(cx, attempt, traits, code).await,
        None => send(cx, attempt, traits),
    }
}

fn send(cx: &Cx, attempt: Attempt<'_>, traits: Traits) -> Result<Step, MethodError> {
    let Some(schema) = attempt.schema else {
        return Err(MethodError::Malformed("The identity schema is gone.".to_owned()));
    };
    let targets: Vec<Target> =
        schema.code_addresses(&traits).into_iter().map(|(via, address)| Target { via, address, owner: None }).collect();
    let mut form = attempt.flow.data.ui.clone();
    traits::fill(&mut form, &traits);
    if targets.is_empty() {
        form.messages.push(validation::no_identifier());
        return Ok(Step::Again(form));
    }
    for target in &targets {
        limit::check(cx, "registration", attempt.client, Some(&target.address))?;
    }
    let screen = Screen {
        memory: Some((TRAITS, memory::sealed(cx, TRAITS, &traits))),
        told_as_error: true,
        ..Screen::new(entry_form(cx, attempt, &traits), FlowState::SentEmail)
    };
    Ok(Step::Sent(Box::new(Outbox { kind: CodeKind::Code, targets, newcomer: Some(traits), screen })))
}

/// The screen that takes the code; the traits travel along.
fn entry_form(cx: &Cx, attempt: Attempt<'_>, traits: &Traits) -> Container {
    let mut form = attempt.flow.data.ui.bare();
    let nodes = attempt.schema.map(|schema| trait_nodes(schema.document(), Group::Default)).unwrap_or_default();
    form.put_all(nodes);
    traits::fill(&mut form, traits);
    for input in form.nodes.iter_mut().filter_map(Node::as_input_mut) {
        if input.name.starts_with("traits.") {
            input.kind = InputType::Hidden;
        }
    }
    form.put_all(entry(label::registration_code()));
    form.put(resend());
    if MethodId::Profile.takes_part(cx, attempt.flow) {
        form.put(Node::submit(Group::Profile, "screen", "credential-selection", registration::back()));
    }
    form.messages.push(registration::code_sent());
    form
}

async fn register(
    cx: &Cx,
    attempt: Attempt<'_>,
    traits: Traits,
    code: shared_types::secret::Secret<String>,
) -> Result<Step, MethodError> {
    let mut form = attempt.flow.data.ui.clone();
    let asked_for: Option<Traits> = memory::recall(cx, attempt.flow, TRAITS);
    if asked_for.as_ref() != Some(&traits) {
        form.messages.push(validation::traits_changed());
        return Ok(Step::Again(form));
    }
    let spent = match spend(cx, attempt, code).await? {
        Outcome::Good(spent) => spent,
        Outcome::Wrong => {
            form.messages.push(registration::code_invalid());
            return Ok(Step::Again(form));
        }
        Outcome::Exhausted => {
            form.messages.push(validation::generic(EXHAUSTED));
            return Ok(Step::Again(form));
        }
    };
    let schema_id = attempt.schema.map(|schema| schema.id().to_owned()).unwrap_or_default();
    let by = AuthenticationMethod::new(MethodId::Code.as_str(), Aal::Aal1, cx.now);
    let draft = Draft { addresses: vec![(spent.via, spent.address)], ..Draft::new(&schema_id, traits, None, by) };
    Ok(Step::Drafted(Box::new(draft)))
}
