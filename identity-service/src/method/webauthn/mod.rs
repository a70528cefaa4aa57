//! Security keys (contract §4.6): a second factor, or the first one where the configuration says so. Browsers alone can
//! ask them: there is a script for it.

mod login;
mod registration;
mod settings;

use serde::Deserialize;
use serde_json::Value;

use super::{
    Attempt, Method, MethodError, MethodId, Scene,
    authenticator::{self, Invitation},
};
use crate::{
    app::Cx,
    config::{Attestation, ResidentKey, SHORT_PATIENCE, Verification},
    model::{
        credential::Key,
        flow::{Flow, FlowKind},
        step::Step,
    },
    ui::node::Node,
};

/// The method.
pub(super) struct WebAuthn;

/// What it reads of a submission. The results of ceremonies are JSON inside a text, as forms can carry it.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    identifier: Option<String>,
    #[serde(default)]
    webauthn_login: Option<String>,
    #[serde(default)]
    webauthn_register: Option<String>,
    #[serde(default)]
    webauthn_register_displayname: Option<String>,
    #[serde(default)]
    webauthn_remove: Option<String>,
    #[serde(default)]
    traits: Option<Value>,
}

impl Input {
    /// What the owner calls his key.
    fn key_name(&self) -> String {
        let name = self.webauthn_register_displayname.as_deref().unwrap_or_default().trim();
        name.chars().filter(|c| !c.is_control()).take(LONGEST_NAME).collect()
    }
}

/// Under this name a flow keeps what a new key is invited with.
const INVITED: &str = "webauthn invitation";
/// And under this one what was asked of a key.
const ASKED: &str = "webauthn question";
/// In characters.
const LONGEST_NAME: usize = 100;

/// A result; clients that have none send the word for "there is such an input".
fn result(text: Option<&String>) -> Option<&str> {
    text.map(String::as_str).filter(|text| !text.is_empty() && *text != "true")
}

/// A key that need not know its owner and need not be found by itself: he is named, or known already.
fn invitation<'a>(cx: &'a Cx, account: &'a str, known: &'a [Key], user_handle: Option<String>) -> Invitation<'a> {
    Invitation {
        rp: &cx.config.selfservice.methods.webauthn.rp,
        timeout: SHORT_PATIENCE,
        verification: Verification::Discouraged,
        resident_key: ResidentKey::Discouraged,
        attachment: None,
        attestation: Attestation::None,
        user_handle: user_handle.unwrap_or_else(|| authenticator::new_user_handle(cx)),
        account,
        known,
    }
}

impl Method for WebAuthn {
    const ID: MethodId = MethodId::WebAuthn;
    type Input = Input;

    fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
        let nodes = match flow.kind {
            FlowKind::Registration => registration::nodes(cx, flow, scene),
            FlowKind::Settings => settings::nodes(cx, flow, scene),
            _ => login::nodes(cx, flow, scene),
        };
        // What cannot be offered is left out: the other methods work without it.
        nodes.unwrap_or_else(|error| {
            tracing::error!(%error, flow = %flow.id, "security keys cannot be offered");
            Vec::new()
        })
    }

    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        match attempt.flow.kind {
            FlowKind::Registration => registration::submit(cx, attempt, &input),
            FlowKind::Settings => settings::submit(cx, attempt, &input),
            _ => login::submit(cx, attempt, &input).await,
        }
    }
}
