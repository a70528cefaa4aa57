//! One-time codes (contract §4.8): to prove an address, to get back into an account, to register, and as a first or
//! second factor.

mod login;
mod recovery;
mod registration;
mod verification;

pub(crate) use self::login::reaches;

use serde::Deserialize;
use serde_json::Value;
use shared_types::secret::Secret;

use super::{Attempt, Method, MethodError, MethodId, Scene, address};
use crate::{
    app::Cx,
    model::{
        code::CodeKind,
        flow::{Flow, FlowKind},
        step::{Redeem, Step},
    },
    one_time::{self, Redeemed},
    store::codes::Spent,
    ui::{
        node::{Group, InputType, Node},
        text::{Message, label},
    },
};

/// The method.
pub(super) struct Code;

/// What it reads of a submission.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    identifier: Option<String>,
    #[serde(default)]
    address: Option<String>,
    #[serde(default)]
    resend: Option<String>,
    #[serde(default)]
    traits: Option<Value>,
    #[serde(default)]
    recovery_address: Option<String>,
    #[serde(default)]
    recovery_select_address: Option<String>,
    #[serde(default)]
    recovery_confirm_address: Option<String>,
    #[serde(default)]
    screen: Option<String>,
}

impl Input {
    /// The code that was typed; people group digits with blanks.
    fn code(&self) -> Option<Secret<String>> {
        let code: String = self.code.as_deref().unwrap_or_default().split_whitespace().collect();
        (!code.is_empty()).then(|| Secret::new(code))
    }
}

impl Method for Code {
    const ID: MethodId = MethodId::Code;
    type Input = Input;

    fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
        match flow.kind {
            FlowKind::Login => login::nodes(cx, flow, scene),
            FlowKind::Registration => registration::nodes(scene),
            FlowKind::Recovery => recovery::nodes(cx),
            FlowKind::Verification => address::form(cx, Group::Code, MethodId::Code),
            FlowKind::Settings => Vec::new(),
        }
    }

    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        match attempt.flow.kind {
            FlowKind::Login => login::submit(cx, attempt, input).await,
            FlowKind::Registration => registration::submit(cx, attempt, input).await,
            FlowKind::Recovery => recovery::submit(cx, attempt, input).await,
            FlowKind::Verification => verification::submit(cx, attempt, input).await,
            FlowKind::Settings => Err(MethodError::Malformed("Codes change no settings.".to_owned())),
        }
    }
}

/// What takes a code. The name of the method stands in a hidden input too: a form that is sent by the return key names no
/// button (contract §2.6).
fn entry(label: Message) -> [Node; 3] {
    [
        Node::hidden(Group::Code, "method", MethodId::Code.as_str()),
        Node::input(Group::Code, "code", InputType::Text).required().autocomplete("one-time-code").label(label),
        Node::submit(Group::Code, "method", MethodId::Code.as_str(), label::continue_on()),
    ]
}

/// The button that sends another code.
fn resend() -> Node {
    Node::submit(Group::Code, "resend", MethodId::Code.as_str(), label::resend_code())
}

/// What a code was worth in a flow that goes on with it.
enum Outcome {
    Good(Spent),
    Wrong,
    Exhausted,
}

/// Spends a code in a write of its own, before what it allows is done.
async fn spend(cx: &Cx, attempt: Attempt<'_>, code: Secret<String>) -> Result<Outcome, MethodError> {
    let redeem = Redeem { kind: CodeKind::Code, secret: code };
    let (cx2, flow, client) = (cx.clone(), Flow::clone(attempt.flow), attempt.client.to_owned());
    let redeemed = cx.db.write(move |conn| one_time::spend(conn, &cx2, &flow, &redeem, &client)).await?;
    match redeemed {
        Redeemed::Spent(spent) => Ok(Outcome::Good(spent)),
        Redeemed::Wrong => Ok(Outcome::Wrong),
        Redeemed::Exhausted => Ok(Outcome::Exhausted),
        Redeemed::Wait(wait) => Err(MethodError::Limited(wait)),
    }
}

/// Said when the budget of a flow is used up.
const EXHAUSTED: &str = "Too many codes were tried. Please ask for a new one.";
