//! The beginning of a registration flow (contract §1.2, §9).

use super::{
    FlowError, Refusal, begin,
    begin::Wish,
    exchange, form,
    oauth::{self, Signed},
    view::FlowView,
    visitor::Visitor,
};
use crate::{
    app::Cx,
    method::Scene,
    model::flow::{FlowKind, FlowType},
};

/// Begins a registration flow.
#[tracing::instrument(name = "flow.registration.begin", skip_all)]
pub(crate) async fn begin(cx: &Cx, visitor: &Visitor, wish: Wish) -> Result<FlowView, FlowError> {
    if !cx.config.selfservice.registration.enabled {
        return Err(Refusal::Disabled(FlowKind::Registration).into());
    }
    let schema = begin::schema(cx, wish.identity_schema.as_deref())?;
    let return_to = begin::return_to(&cx.config, wish.return_to.as_deref())?;
    let after_verification = begin::return_to(&cx.config, wish.after_verification_return_to.as_deref())?;
    let oauth2 = oauth::request(cx, wish.login_challenge.as_deref()).await?;
    if let Some(signed_in) = &visitor.session {
        let fallback = || cx.config.selfservice.default_browser_return_url.clone();
        return Err(match oauth2 {
            None => Refusal::SessionAvailable(return_to.unwrap_or_else(fallback)).into(),
            Some(oauth2) if oauth2.request.skip => {
                let go = oauth::accept(cx, &oauth2.challenge, &Signed::of(&signed_in.session)).await?;
                Refusal::SessionAvailable(go).into()
            }
            // Who is signed in confirms that; there is nobody to register.
            Some(_) if wish.flow_type == FlowType::Browser => {
                Refusal::SessionAvailable(login_instead(cx, &wish)).into()
            }
            Some(_) => FlowError::from(Refusal::SessionAvailable(fallback())),
        });
    }
    let mut flow = begin::new(cx, FlowKind::Registration, &visitor.csrf, &wish);
    flow.data.return_to = match oauth2.as_ref().filter(|_| cx.config.oauth2.override_return_to) {
        Some(oauth2) => Some(oauth2.request.request_url.clone()),
        None => return_to.map(String::from),
    };
    flow.data.after_verification = after_verification.map(String::from);
    if wish.exchange {
        exchange::prepare(cx, &mut flow);
    }
    begin::open(cx, visitor, flow, Scene { schema: Some(&schema), who: None }, oauth2).await
}

/// The login that takes the place of this registration, with the same query.
fn login_instead(cx: &Cx, wish: &Wish) -> url::Url {
    let mut url = form::public_url(&cx.config, "self-service/login/browser");
    let query = wish.request_url.split_once('?').map(|(_, query)| query);
    url.set_query(query);
    url
}
