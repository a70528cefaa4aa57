//! Trying a provider for the operator (contract §1.8, §4.7): a login flow with one button, begun by an administrator and
//! gone through in any browser. It ends with a report for that browser, and with neither an identity nor a session.

use serde_json::Value;
use shared_types::{entropy::random_token, id::FlowId, secret::constant_time_eq};

use super::{
    FlowError, Refusal, begin,
    begin::Wish,
    csrf::CsrfSecret,
    error::CsrfFailure,
    form,
    outcome::{Outcome, Tried},
    provider::{Callback, denial},
    view::{self, FlowView},
};
use crate::{
    app::Cx,
    method::{
        MethodId,
        oidc::{self, Departure, Returned},
    },
    model::{
        flow::{Flow, FlowKind, FlowType, Open},
        trial::{Fault, Trial},
    },
    store,
    ui::{node::CSRF, text::login},
};

/// What the browser's proof is digested for.
const PURPOSE: &str = "provider trial";

/// Begins a trial of a provider. No hook is told of it: nobody signs in.
#[tracing::instrument(name = "flow.trial.begin", skip_all)]
pub(crate) async fn begin(cx: &Cx, provider: &str) -> Result<FlowView, FlowError> {
    let provider = oidc::known(cx, provider)?;
    let request_url = form::public_url(&cx.config, "self-service/login/browser");
    let wish = Wish::new(FlowType::Browser, request_url.into());
    let mut flow = begin::new(cx, FlowKind::Login, &CsrfSecret::random(&*cx.entropy), &wish);
    // No browser has begun it; whoever is told of it has its token.
    flow.data.csrf = None;
    let token = random_token(&*cx.entropy);
    // Whoever is signed in at the provider already proves little.
    flow.data.refresh = true;
    let mut ui = form::empty(cx, &flow);
    ui.set_value(CSRF, Some(token.as_str().into()));
    ui.put(oidc::continued(&provider, login::sign_in_with(&provider.label, &provider.id)));
    form::sort(&mut ui, FlowKind::Login, None);
    flow.data.ui = ui;
    flow.data.trial = Some(Trial { provider: provider.id.clone(), token, holder: None });
    let stored = flow.clone();
    cx.db.write(move |conn| store::flows::insert(conn, &stored)).await?;
    tracing::info!(
        target: "audit", event = "ProviderTrialBegun", provider = provider.id, flow = %flow.id, request = %cx.request_id,
        "a trial of a provider was begun by an administrator"
    );
    Ok(FlowView::of(cx, flow, None))
}

/// Whether a form comes from somebody who was told of the trial.
pub(super) fn check_token(trial: &Trial, body: &Value) -> Result<(), Refusal> {
    let token = body.get(CSRF).and_then(Value::as_str).unwrap_or_default();
    if token.is_empty() {
        return Err(Refusal::Csrf(CsrfFailure::NoToken));
    }
    if !constant_time_eq(token.as_bytes(), trial.token.as_bytes()) {
        return Err(Refusal::Csrf(CsrfFailure::Mismatch));
    }
    Ok(())
}

/// What is said of a trial that cannot go on. Nothing takes its place: that would be a sign-in.
pub(super) fn over(cx: &Cx, flow: &Flow, expired: bool) -> FlowError {
    if expired {
        return Refusal::Expired(view::ended(cx, flow)).into();
    }
    Refusal::Malformed("This trial of a provider is done; begin another one.".to_owned()).into()
}

/// Writes down what a provider has answered. The browser that brought it is the only one that may read the report.
pub(super) async fn captured(
    cx: &Cx,
    open: Open,
    departure: &Departure,
    callback: &Callback,
) -> Result<Outcome, FlowError> {
    let schema = begin::schema(cx, None)?;
    let report = Box::pin(oidc::tried(cx, departure, returned(callback), &schema)).await;
    let proof = random_token(&*cx.entropy);
    let holder = cx.secrets.digester.digest(PURPOSE, &proof).hex();
    let open = oidc::reporting(cx, open, &report).tried_by(holder).using(Some(MethodId::Oidc.as_str()), cx.now);
    let flow = open.close(cx.now);
    let (stored, now) = (flow.clone(), cx.now);
    if !cx.db.write(move |conn| store::flows::save(conn, &stored, now)).await? {
        return Err(over(cx, &flow, false));
    }
    tracing::info!(
        target: "audit", event = "ProviderTried", provider = departure.provider, flow = %flow.id,
        failed_at = report.error.as_ref().map(|fault| fault.step.as_str()), request = %cx.request_id,
        "a provider was tried"
    );
    let page = form::ui_url(&cx.config, FlowKind::Login, flow.id);
    Ok(Outcome::Tried(Tried { page, proof, expires_at: flow.expires_at }))
}

fn returned(callback: &Callback) -> Result<Returned<'_>, Fault> {
    match (&callback.code, &callback.error) {
        (Some(code), None) => Ok(callback.returned(code)),
        (_, Some(_)) => Err(Fault::at("provider_denied", "access_denied", denial(callback))),
        (None, None) => Err(Fault::at("callback", "callback_failed", denial(callback))),
    }
}

/// A trial for who reads it: before it is done, for who knows its id; then for its holder alone.
pub(super) fn shown(cx: &Cx, flow: Flow, proof: Option<&str>) -> Result<FlowView, FlowError> {
    check_holder(cx, &flow, proof)?;
    if flow.is_expired(cx.now) {
        return Err(over(cx, &flow, true));
    }
    let report = oidc::report(cx, &flow).map(Box::new);
    Ok(FlowView { report, ..FlowView::of(cx, flow, None) })
}

fn check_holder(cx: &Cx, flow: &Flow, proof: Option<&str>) -> Result<(), Refusal> {
    let Some(holder) = flow.data.trial.as_ref().and_then(|trial| trial.holder.as_deref()) else { return Ok(()) };
    let proof = proof.ok_or(Refusal::Csrf(CsrfFailure::NoCookie))?;
    let mut candidates = cx.secrets.digester.candidates(PURPOSE, proof).into_iter();
    let is_it = candidates.any(|digest| constant_time_eq(digest.hex().as_bytes(), holder.as_bytes()));
    if is_it { Ok(()) } else { Err(Refusal::Csrf(CsrfFailure::Mismatch)) }
}

/// Removes a trial, with its report. What is no trial is not there; whether the cookie is of use any more.
#[tracing::instrument(name = "flow.trial.remove", skip_all, fields(flow = %id))]
pub(crate) async fn remove(cx: &Cx, id: FlowId, proof: Option<&str>) -> Result<(), FlowError> {
    let (cx2, proof) = (cx.clone(), proof.map(str::to_owned));
    let removed = cx.db.write(move |conn| {
        let found = store::flows::find(conn, id)?.filter(|flow| flow.data.trial.is_some());
        let Some(flow) = found else { return Ok(Err(Refusal::UnknownFlow)) };
        if let Err(refusal) = check_holder(&cx2, &flow, proof.as_deref()) {
            return Ok(Err(refusal));
        }
        store::flows::remove(conn, id)?;
        Ok::<_, shared_types::db::Error>(Ok(()))
    });
    Ok(removed.await??)
}
