//! Passkeys (contract §4.6): keys that their authenticator finds by itself, so that nobody need name himself first.

mod login;
mod registration;
mod settings;

use serde::Deserialize;
use serde_json::Value;

use super::{Attempt, Method, MethodError, MethodId, Scene};
use crate::{
    app::Cx,
    model::{
        flow::{Flow, FlowKind},
        step::Step,
    },
    ui::node::Node,
};

/// The method.
pub(super) struct Passkey;

/// What it reads of a submission. The results of ceremonies are JSON inside a text, as forms can carry it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    passkey_login: Option<String>,
    #[serde(default)]
    passkey_register: Option<String>,
    #[serde(default)]
    passkey_settings_register: Option<String>,
    #[serde(default)]
    passkey_remove: Option<String>,
    #[serde(default)]
    traits: Option<Value>,
}

/// Under this name a flow keeps what a new key is invited with.
const INVITED: &str = "passkey invitation";
/// And under this one what was asked of a key.
const ASKED: &str = "passkey question";

/// A result; clients that have none send the word for "there is such an input".
fn result(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty() && text != "true")
}

impl Method for Passkey {
    const ID: MethodId = MethodId::Passkey;
    type Input = Input;

    fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
        let nodes = match flow.kind {
            FlowKind::Registration => registration::nodes(cx, flow, scene),
            FlowKind::Settings => settings::nodes(cx, flow, scene),
            _ => login::nodes(cx, flow, scene),
        };
        // What cannot be offered is left out: the other methods work without it.
        nodes.unwrap_or_else(|error| {
            tracing::error!(%error, flow = %flow.id, "passkeys cannot be offered");
            Vec::new()
        })
    }

    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        match attempt.flow.kind {
            FlowKind::Registration => registration::submit(cx, attempt, input),
            FlowKind::Settings => settings::submit(cx, attempt, input),
            _ => login::submit(cx, attempt, input).await,
        }
    }
}
