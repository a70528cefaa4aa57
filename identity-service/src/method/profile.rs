//! The traits as the first of two steps of registration (contract §6.6): they are checked here, and the credential is
//! chosen on the next screen.

use serde::Deserialize;
use serde_json::Value;

use super::{Attempt, Method, MethodError, MethodId, Scene, traits};
use crate::{
    app::Cx,
    model::{
        flow::{Flow, FlowKind},
        step::Step,
    },
    ui::{
        node::{Group, Node, trait_nodes},
        text::registration,
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
    const FLOWS: &'static [FlowKind] = &[FlowKind::Registration];
    type Input = Input;

    fn nodes(_: &Cx, _: &Flow, scene: Scene<'_>) -> Vec<Node> {
        let mut nodes = scene.schema.map(|schema| trait_nodes(schema.document(), Group::Default)).unwrap_or_default();
        nodes.push(Node::submit(Group::Profile, "method", MethodId::Profile.as_str(), registration::sign_up()));
        nodes
    }

    async fn submit(_: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        if input.screen.as_deref() == Some("previous") {
            return Ok(Step::Back);
        }
        match traits::read(attempt, input.traits)? {
            Ok(traits) => Ok(Step::Described(traits)),
            Err(form) => Ok(Step::Again(form)),
        }
    }
}
