//! A code proves an address.

use super::{
    super::{Attempt, MethodError, address},
    Input,
};
use crate::{
    app::Cx,
    model::{
        code::CodeKind,
        flow::FlowState,
        step::{Redeem, Step},
    },
    ui::text::validation,
};

pub(super) async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    if let Some(secret) = input.code() {
        address::quota(cx, attempt, None)?;
        return Ok(Step::Redeem(Redeem { kind: CodeKind::Code, secret }));
    }
    if let Some(email) = input.email.filter(|email| !email.trim().is_empty()) {
        return address::verify(cx, attempt, &email, CodeKind::Code).await;
    }
    let key = if attempt.flow.state == FlowState::SentEmail { "code" } else { "email" };
    let mut form = attempt.flow.data.ui.clone();
    form.tell(key, validation::required(key));
    Ok(Step::Again(form))
}
