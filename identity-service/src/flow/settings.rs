//! The settings flow (contract §1.3, §5.3): its beginning, who may see and submit it, and how fresh a sign-in must be.

use chrono::Duration;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared_types::{id::FlowId, time::Time};
use url::Url;

use super::{
    FlowError, Refusal, begin,
    begin::Wish,
    form, submit,
    view::{self, FlowView},
    visitor::{SignedIn, Visitor},
};
use crate::{
    app::Cx,
    method::{Encoding, Scene, Subject},
    model::flow::{Flow, FlowKind, FlowState, FlowType, Open},
    session::aal,
    store,
};

/// Begins a settings flow.
#[tracing::instrument(name = "flow.settings.begin", skip_all)]
pub(crate) async fn begin(cx: &Cx, visitor: &Visitor, wish: Wish) -> Result<FlowView, FlowError> {
    if visitor.session.is_none() && wish.flow_type == FlowType::Api {
        return Err(Refusal::SignedOut.into());
    }
    let signed_in = admitted(cx, visitor, &wish.request_url)?;
    let return_to = begin::return_to(&cx.config, wish.return_to.as_deref())?.map(String::from);
    let mut flow = of(cx, visitor, signed_in, &wish);
    flow.data.return_to = return_to;
    let who = subject(cx, signed_in).await?;
    let schema = begin::schema_of(cx, &who.identity)?;
    begin::open(cx, visitor, flow, Scene { schema: Some(&schema), who: Some(&who) }, None).await
}

/// A settings flow of that person, without its form.
fn of(cx: &Cx, visitor: &Visitor, signed_in: &SignedIn, wish: &Wish) -> Flow {
    let mut flow = begin::new(cx, FlowKind::Settings, &visitor.csrf, wish);
    flow.state = FlowState::ShowForm;
    flow.data.identity_id = Some(signed_in.identity.id);
    flow
}

/// Somebody who is signed in, by as many factors as the settings ask for. `here` is where he comes back to.
pub(super) fn admitted<'a>(cx: &Cx, visitor: &'a Visitor, here: &str) -> Result<&'a SignedIn, Refusal> {
    let Some(signed_in) = &visitor.session else { return Err(signed_out(cx, here)) };
    let available = aal::available(cx, &signed_in.identity);
    if !cx.config.selfservice.settings.required_aal.is_met(signed_in.session.aal, available) {
        let pairs = vec![("aal", "aal2".to_owned()), ("return_to", here.to_owned())];
        return Err(Refusal::SecondFactorFirst(aal::step_up_url(cx, pairs)));
    }
    Ok(signed_in)
}

fn signed_out(cx: &Cx, here: &str) -> Refusal {
    let mut login = form::public_url(&cx.config, "self-service/login/browser");
    login.query_pairs_mut().append_pair("return_to", here);
    Refusal::SignInFirst(login)
}

/// What is said of the flow of that id to who is not signed in, whether there is such a flow or not.
pub(crate) fn sign_in_first(cx: &Cx, id: FlowId) -> Refusal {
    signed_out(cx, address(cx, id).as_str())
}

/// The flow is that of who is signed in.
pub(super) fn owned<'a>(cx: &Cx, visitor: &'a Visitor, flow: &Flow) -> Result<&'a SignedIn, Refusal> {
    let signed_in = admitted(cx, visitor, address(cx, flow.id).as_str())?;
    if flow.data.identity_id == Some(signed_in.identity.id) { Ok(signed_in) } else { Err(Refusal::SomebodyElse) }
}

/// Where a flow goes on after another sign-in.
fn address(cx: &Cx, id: FlowId) -> Url {
    let mut url = form::public_url(&cx.config, "self-service/settings");
    url.query_pairs_mut().append_pair("flow", &id.text());
    url
}

/// The flow of that id, for its owner.
pub(crate) async fn load(cx: &Cx, visitor: &Visitor, id: FlowId) -> Result<FlowView, FlowError> {
    let flow = submit::load(cx, FlowKind::Settings, id).await?;
    owned(cx, visitor, &flow)?;
    let csrf = Some(&visitor.csrf).filter(|_| visitor.csrf_came).ok_or(visitor.no_csrf);
    view::shown(cx, flow, csrf)
}

/// Refuses what needs a fresh sign-in when the last one is too long ago.
pub(super) fn demand_fresh(cx: &Cx, visitor: &Visitor, flow: &Flow) -> Result<(), Refusal> {
    let max_age = cx.config.selfservice.settings.privileged_session_max_age;
    let Some(signed_in) = visitor.session.as_ref().filter(|_| !max_age.is_zero()) else { return Ok(()) };
    if cx.now < fresh_until(cx, signed_in.session.authenticated_at) {
        return Ok(());
    }
    let mut login = form::public_url(&cx.config, "self-service/login/browser");
    login.query_pairs_mut().append_pair("refresh", "true").append_pair("return_to", address(cx, flow.id).as_str());
    Err(Refusal::FreshSignInFirst(login))
}

/// Until when a sign-in counts as fresh.
pub(super) fn fresh_until(cx: &Cx, authenticated_at: Time) -> Time {
    begin::later(authenticated_at, cx.config.selfservice.settings.privileged_session_max_age)
}

/// A person with everything he can prove himself by.
pub(super) async fn subject(cx: &Cx, signed_in: &SignedIn) -> Result<Subject, FlowError> {
    let id = signed_in.identity.id;
    let found = cx
        .db
        .read(move |conn| {
            let identity = store::identities::get(conn, id)?;
            Ok::<_, shared_types::db::Error>((identity, store::credentials::of_identity(conn, id)?))
        })
        .await?;
    match found {
        (Some(identity), credentials) => Ok(Subject { identity, credentials }),
        (None, _) => Err(Refusal::NoSession.into()),
    }
}

/// Under this name a flow keeps a submission that waits for a fresh sign-in.
const WAITING: &str = "waiting submission";
/// How long it waits.
const PATIENCE: Duration = Duration::minutes(15);

#[derive(Serialize, Deserialize)]
struct Waiting {
    body: Value,
    form: bool,
    since: Time,
}

/// The flow with a submission that goes on after a fresh sign-in. It is sealed: it may hold a new password.
pub(super) fn waiting(cx: &Cx, open: Open, body: Value, encoding: Encoding) -> Open {
    let waiting = Waiting { body, form: encoding == Encoding::Form, since: cx.now };
    let text = serde_json::to_string(&waiting).unwrap_or_default();
    open.remembering(WAITING, cx.secrets.ciphers.seal_text(WAITING, &*cx.entropy, text.as_bytes()))
}

/// The submission that waits in a flow, if it has not waited for too long.
pub(super) fn waited(cx: &Cx, flow: &Flow) -> Option<(Value, Encoding)> {
    let sealed = flow.data.memory.get(WAITING)?;
    let clear = cx.secrets.ciphers.open_text(WAITING, sealed).ok()?;
    let waiting: Waiting = serde_json::from_slice(&clear).ok()?;
    let encoding = if waiting.form { Encoding::Form } else { Encoding::Json };
    (cx.now < waiting.since + PATIENCE).then_some((waiting.body, encoding))
}

/// Takes it away: it goes on once.
pub(super) fn without_waiting(open: Open) -> Open {
    open.forgetting(WAITING)
}

/// A flow that follows a recovery: its owner has proved himself a moment ago.
pub(super) fn after_recovery(cx: &Cx, visitor: &Visitor, signed_in: &SignedIn, recovery: &Flow) -> Flow {
    let mut request_url = form::public_url(&cx.config, &format!("self-service/settings/{}", recovery.data.flow_type));
    if let Some(return_to) = &recovery.data.return_to {
        request_url.query_pairs_mut().append_pair("return_to", return_to);
    }
    let wish = Wish::new(recovery.data.flow_type, request_url.into());
    let mut flow = of(cx, visitor, signed_in, &wish);
    flow.data.return_to.clone_from(&recovery.data.return_to);
    if recovery.data.flow_type == FlowType::Browser {
        flow.data.csrf = Some(visitor.csrf.mark(&cx.secrets.digester));
    }
    flow
}
