//! The traits: as the first of two steps of registration (contract §6.6), where they are checked and the credential is
//! chosen on the next screen, and as what a person changes in his settings.

use serde::Deserialize;
use serde_json::Value;

use super::{Attempt, Method, MethodError, MethodId, Scene, traits};
use crate::{
    app::Cx,
    identity::schema::Schema,
    model::{
        flow::{Flow, FlowKind},
        step::{ChangeSet, Step},
        traits::Traits,
    },
    ui::{
        node::{Group, Node, trait_nodes},
        text::{label, registration},
    },
};

/// The method.
pub(super) struct Profile;

/// What it reads of a submission.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    traits: Option<Value>,
    #[serde(default)]
    screen: Option<String>,
}

impl Method for Profile {
    const ID: MethodId = MethodId::Profile;
    type Input = Input;

    fn nodes(_: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
        let group = if flow.kind == FlowKind::Settings { Group::Profile } else { Group::Default };
        let mut nodes = scene.schema.map(|schema| trait_nodes(schema.document(), group)).unwrap_or_default();
        let button = match scene.who {
            Some(who) => {
                if let Some(schema) = scene.schema {
                    show(&mut nodes, schema, &who.identity.traits);
                }
                label::save()
            }
            None => registration::sign_up(),
        };
        nodes.push(Node::submit(Group::Profile, "method", MethodId::Profile.as_str(), button));
        nodes
    }

    async fn submit(_: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        match input.screen.as_deref() {
            Some("previous") => return Ok(Step::Back),
            Some("credential-selection") => return Ok(Step::ChooseAgain),
            _ => {}
        }
        let input = Input { traits: input.traits.filter(|traits| !traits.is_null()), ..input };
        if attempt.flow.kind == FlowKind::Settings && input.traits.is_none() {
            return traits::none(attempt).map(Step::Again);
        }
        match traits::read(attempt, input.traits)? {
            Ok(traits) if attempt.flow.kind == FlowKind::Settings => Ok(change(attempt, traits)),
            Ok(traits) => Ok(Step::Described(traits)),
            Err(form) => Ok(Step::Again(form)),
        }
    }
}

/// Puts the traits into their inputs. One that may be set once, and is, cannot be changed any more.
fn show(nodes: &mut [Node], schema: &Schema, stored: &Traits) {
    for input in nodes.iter_mut().filter_map(Node::as_input_mut) {
        let path: Vec<String> = input.name.split('.').skip(1).map(str::to_owned).collect();
        input.value = stored.at(&path).cloned();
        input.disabled |= schema.is_settled(&path, stored);
    }
}

/// Changing what one signs in with, or where messages go, needs a fresh sign-in; the rest does not (contract §5.3).
fn change(attempt: Attempt<'_>, wanted: Traits) -> Step {
    let privileged = match (attempt.schema, attempt.who) {
        (Some(schema), Some(who)) => {
            let of = |traits: &Traits| {
                let keys = (schema.identifiers(traits), schema.webauthn_identifiers(traits));
                (keys, schema.code_addresses(traits), schema.verifiable(traits), schema.recovery(traits))
            };
            of(&who.identity.traits) != of(&wanted)
        }
        _ => true,
    };
    let set = ChangeSet { traits: Some(wanted), privileged, ..ChangeSet::of(MethodId::Profile.as_str()) };
    Step::Changed(Box::new(set))
}
