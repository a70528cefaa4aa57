//! One-time codes (contract §4.8): here, to prove an address.

use serde::Deserialize;
use shared_types::secret::Secret;

use super::{Attempt, Method, MethodError, MethodId, Scene, address};
use crate::{
    app::Cx,
    model::{
        code::CodeKind,
        flow::{Flow, FlowKind, FlowState},
        step::{Redeem, Step},
    },
    ui::{
        node::{Group, Node},
        text::validation,
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
}

impl Method for Code {
    const ID: MethodId = MethodId::Code;
    const FLOWS: &'static [FlowKind] = &[FlowKind::Verification];
    type Input = Input;

    fn nodes(_: &Cx, _: &Flow, _: Scene<'_>) -> Vec<Node> {
        address::form(Group::Code, MethodId::Code)
    }

    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        let code: String = input.code.unwrap_or_default().split_whitespace().collect();
        if !code.is_empty() {
            address::quota(cx, attempt.client, None)?;
            return Ok(Step::Redeem(Redeem { kind: CodeKind::Code, secret: Secret::new(code) }));
        }
        if let Some(email) = input.email.filter(|email| !email.trim().is_empty()) {
            return address::ask(cx, attempt, &email, CodeKind::Code).await;
        }
        let key = if attempt.flow.state == FlowState::SentEmail { "code" } else { "email" };
        let mut form = attempt.flow.data.ui.clone();
        form.tell(key, validation::required(key));
        Ok(Step::Again(form))
    }
}
