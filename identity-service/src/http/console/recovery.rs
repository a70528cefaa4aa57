//! A way back into an account, made by an operator and shown once.

use actix_web::{
    HttpResponse,
    web::{self, Path, ServiceConfig},
};

use super::{act::Act, identities::id, identity_edit::frame};
use crate::{
    flow::{self, FlowError, Refusal, csrf::CsrfSecret, recovery::Order},
    http::{error::ApiError, routes::at},
    identity::update,
    model::{code::CodeKind, flow::FlowType},
    ui::console::{Cell, Fact, Secret, SecretPage},
};

pub(super) fn routes(cfg: &mut ServiceConfig) {
    cfg.service(at("/identities/{id}/recovery").route(web::post().to(hand_over)));
}

async fn hand_over(act: Act, path: Path<String>) -> Result<HttpResponse, ApiError> {
    let (operator, identity) = (&act.operator, id(&path)?);
    let cx = &operator.cx;
    let stored = update::read(cx, identity).await?;
    let kind = match act.text("kind") {
        "link" => CodeKind::Link,
        "code" => CodeKind::Code,
        _ => return Err(ApiError::bad_request("kind: must be code or link")),
    };
    let order = Order { identity, kind, lifespan: None, flow_type: FlowType::Browser, return_to: None };
    let handed = match flow::recovery::hand_over(cx, &CsrfSecret::random(&*cx.entropy), order).await {
        Err(FlowError::Refused(Refusal::Disabled(_))) => {
            return Err(ApiError::conflict("Recovery is switched off, or the method it would use."));
        }
        handed => handed?.ok_or_else(|| ApiError::not_found("There is no such identity."))?,
    };
    let link = Secret { label: "Link".to_owned(), value: handed.link.into() };
    let code = handed.code.map(|value| Secret { label: "Code".to_owned(), value });
    Ok(operator.page(&SecretPage {
        frame: frame(operator, &stored, "A way back in"),
        text: "This is shown once. Whoever has it gets into the account: hand it to its owner alone.".to_owned(),
        secrets: std::iter::once(link).chain(code).collect(),
        facts: vec![Fact::new("Good until", Cell::time(handed.expires_at))],
        back: operator.link(&format!("identities/{identity}")),
    }))
}
