//! The beginning of a login flow (contract §1.1, §9).

use serde_json::json;

use super::{
    FlowError, Refusal, begin,
    begin::Wish,
    exchange,
    finish::{self, Taken},
    oauth::{self, Signed},
    outcome::Outcome,
    settings,
    view::FlowView,
    visitor::{SignedIn, Visitor},
};
use crate::{
    app::Cx,
    method::{self, Attempt, Encoding, MethodId, Scene},
    model::{
        flow::{Flow, FlowKind, OAuth2},
        session::Aal,
    },
    ui::{
        node::{Container, InputType, Node},
        text::login,
    },
};

/// Begins a login flow.
#[tracing::instrument(name = "flow.login.begin", skip_all)]
pub(crate) async fn begin(cx: &Cx, visitor: &Visitor, wish: Wish) -> Result<FlowView, FlowError> {
    let second_factor = wants_second_factor(wish.aal.as_deref())?;
    let schema = begin::schema(cx, wish.identity_schema.as_deref())?;
    let oauth2 = oauth::request(cx, wish.login_challenge.as_deref()).await?;
    let return_to = return_to(cx, &wish, oauth2.as_ref())?;
    let mut flow = begin::new(cx, FlowKind::Login, &visitor.csrf, &wish);
    flow.data.return_to = return_to.clone();
    if wish.exchange {
        exchange::prepare(cx, &mut flow);
    }
    let Some(signed_in) = &visitor.session else {
        if second_factor {
            return Err(Refusal::FirstFactorMissing.into());
        }
        return begin::open(cx, visitor, flow, Scene { schema: Some(&schema), who: None }, oauth2).await;
    };
    let stepping = second_factor && (wish.refresh || signed_in.session.aal < Aal::Aal2);
    let wish = Wish { refresh: wish.refresh || again_at_aal2(cx, signed_in, oauth2.as_ref()), ..wish };
    if stepping || steps_up_for_client(cx, signed_in, oauth2.as_ref()) {
        return Box::pin(step_up(cx, visitor, flow, Stepping { signed_in, wish: &wish, oauth2 })).await;
    }
    if let Some(oauth2) = oauth2.as_ref().filter(|oauth2| oauth2.request.skip) {
        let go = oauth::accept(cx, &oauth2.challenge, &Signed::of(&signed_in.session)).await?;
        return Err(Refusal::SessionAvailable(go).into());
    }
    // An OAuth2 client that does not let the login be skipped wants to see it done again.
    if second_factor || (!wish.refresh && oauth2.is_none()) {
        let fallback = &cx.config.selfservice.default_browser_return_url;
        let go = begin::return_to(&cx.config, return_to.as_deref())?.unwrap_or_else(|| fallback.clone());
        return Err(Refusal::SessionAvailable(go).into());
    }
    flow.data.refresh = true;
    flow.data.ui.messages.push(login::reauthenticate());
    let who = settings::subject(cx, signed_in).await?;
    let schema = begin::schema_of(cx, &who.identity)?;
    begin::open(cx, visitor, flow, Scene { schema: Some(&schema), who: Some(&who) }, oauth2).await
}

/// Whether an OAuth2 client waits for two factors that the session cannot show, or that it wants to see proved again.
fn steps_up_for_client(cx: &Cx, signed_in: &SignedIn, oauth2: Option<&OAuth2>) -> bool {
    let short = |oauth2: &OAuth2| signed_in.session.aal < Aal::Aal2 || !oauth2.request.skip;
    oauth2.is_some_and(|oauth2| short(oauth2) && oauth::wants_second_factor(cx, oauth2, &signed_in.identity))
}

/// Whether the second of them is to be proved again.
fn again_at_aal2(cx: &Cx, signed_in: &SignedIn, oauth2: Option<&OAuth2>) -> bool {
    signed_in.session.aal == Aal::Aal2 && steps_up_for_client(cx, signed_in, oauth2)
}

/// Who adds a second factor, and why.
struct Stepping<'a> {
    signed_in: &'a SignedIn,
    wish: &'a Wish,
    oauth2: Option<OAuth2>,
}

/// Begins a login that adds a second factor to the session there is (contract §5.3). Where a code to one address is all
/// that can be asked for, it is sent at once (§4.8).
async fn step_up(cx: &Cx, visitor: &Visitor, mut flow: Flow, stepping: Stepping<'_>) -> Result<FlowView, FlowError> {
    let Stepping { signed_in, wish, oauth2 } = stepping;
    let who = settings::subject(cx, signed_in).await?;
    let schema = begin::schema_of(cx, &who.identity)?;
    let by_code = cx.config.selfservice.methods.code.mfa;
    if let Some(path) = wish.via.as_deref().filter(|path| !path.is_empty() && by_code) {
        if !method::code_reaches(cx, &who, &schema, path) {
            let told = "The parameter via names no trait of this account that a code can be sent to.";
            return Err(Refusal::Malformed(told.to_owned()).into());
        }
        flow.data.via = Some(path.to_owned());
    }
    flow.data.requested_aal = Aal::Aal2;
    flow.data.refresh = wish.refresh;
    if wish.refresh {
        flow.data.ui.messages.push(login::reauthenticate());
    }
    if signed_in.session.aal < Aal::Aal2 {
        flow.data.ui.messages.push(login::second_factor());
    }
    let scene = Scene { schema: Some(&schema), who: Some(&who) };
    let view = begin::open(cx, visitor, flow, scene, oauth2).await?;
    let Some(address) = only_address(&view.ui) else { return Ok(view) };
    let body = json!({ "method": MethodId::Code.as_str(), "address": address });
    let open = view.flow.clone().open(cx.now).map_err(|_| Refusal::UnknownFlow)?;
    let attempt = Attempt {
        flow: &open,
        schema: Some(&schema),
        who: Some(&who),
        encoding: Encoding::Json,
        client: &visitor.address,
    };
    let step = MethodId::Code.submit(cx, attempt, body).await?;
    let open = open.clone().using(Some(MethodId::Code.as_str()), cx.now);
    let taken = Taken { cx, visitor, open, schema: &schema, who: Some(&who) };
    match Box::pin(finish::take(taken, step)).await? {
        Outcome::Again(view) | Outcome::Shown(view) => Ok(view),
        _ => Ok(view),
    }
}

/// The address of the only button that sends a code, where there is nothing else to choose.
fn only_address(form: &Container) -> Option<String> {
    let buttons: Vec<_> =
        form.nodes.iter().filter_map(Node::as_input).filter(|input| input.kind == InputType::Submit).collect();
    match buttons.as_slice() {
        [only] if only.name == "address" => only.value.as_ref()?.as_str().map(str::to_owned),
        _ => None,
    }
}

/// Whether the second factor is asked for. Unknown levels are refused.
fn wants_second_factor(aal: Option<&str>) -> Result<bool, Refusal> {
    match aal.map(str::to_ascii_lowercase).as_deref() {
        None | Some("" | "aal1") => Ok(false),
        Some("aal2") => Ok(true),
        Some(_) => Err(Refusal::Malformed("The parameter aal must be aal1 or aal2.".to_owned())),
    }
}

/// Where the flow leads; the OAuth2 client's own request, when the operator says so.
fn return_to(cx: &Cx, wish: &Wish, oauth2: Option<&OAuth2>) -> Result<Option<String>, Refusal> {
    if let Some(oauth2) = oauth2.filter(|_| cx.config.oauth2.override_return_to) {
        return Ok(Some(oauth2.request.request_url.clone()));
    }
    Ok(begin::return_to(&cx.config, wish.return_to.as_deref())?.map(String::from))
}
