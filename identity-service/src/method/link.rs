//! One-time links (contract §4.9): to prove an address, and to get back into an account.

use serde::Deserialize;
use shared_types::secret::Secret;

use super::{Attempt, Method, MethodError, MethodId, Scene, address};
use crate::{
    app::Cx,
    model::{
        code::CodeKind,
        flow::{Flow, FlowKind},
        step::{Redeem, Step},
    },
    ui::{
        node::{Group, Node},
        text::validation,
    },
};

/// The method.
pub(super) struct Link;

/// What it reads of a submission.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    email: Option<String>,
    #[serde(default)]
    token: Option<String>,
}

impl Method for Link {
    const ID: MethodId = MethodId::Link;
    type Input = Input;

    fn nodes(cx: &Cx, _: &mut Flow, _: Scene<'_>) -> Vec<Node> {
        address::form(cx, Group::Link, MethodId::Link)
    }

    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        if let Some(token) = input.token.filter(|token| !token.is_empty()) {
            address::quota(cx, attempt, None)?;
            return Ok(Step::Redeem(Redeem { kind: CodeKind::Link, secret: Secret::new(token) }));
        }
        if let Some(email) = input.email.filter(|email| !email.trim().is_empty()) {
            return match attempt.flow.kind {
                FlowKind::Recovery => address::recover(cx, attempt, &email, CodeKind::Link).await,
                _ => address::verify(cx, attempt, &email, CodeKind::Link).await,
            };
        }
        let mut form = attempt.flow.data.ui.clone();
        form.tell("email", validation::required("email"));
        Ok(Step::Again(form))
    }
}
