//! A submission on its way: the flow is loaded and judged, the form's origin is checked, the method is asked, and
//! `finish` does what its step wants.

use serde_json::{Map, Value};
use shared_types::id::FlowId;

use super::{
    FlowError, Refusal, Replaced, begin,
    csrf::CsrfSecret,
    error::CsrfFailure,
    finish::{self, Taken},
    form,
    outcome::Outcome,
    pace::Pace,
    settings, trial,
    view::FlowView,
    visitor::{Client, Visitor},
};
use crate::{
    app::Cx,
    config::Delivery,
    method::{self, Attempt, Encoding, MethodError, Scene, Subject},
    model::{
        flow::{Ended, Flow, FlowKind, FlowState, FlowType, Open},
        session::Aal,
        step::Step,
    },
    store,
    ui::{
        node::CSRF,
        text::{self, Message, validation},
    },
};

/// What was sent. Not to be printed: it holds passwords.
#[derive(Clone)]
pub(crate) struct Submission {
    /// To which flow.
    pub(crate) flow: FlowId,
    /// The fields, nested.
    pub(crate) body: Value,
    /// How they were written.
    pub(crate) encoding: Encoding,
}

/// Takes a submission to its end.
#[tracing::instrument(name = "flow.submit", skip_all, fields(%kind, flow = %submission.flow))]
pub(crate) async fn submit(
    cx: &Cx,
    kind: FlowKind,
    visitor: &Visitor,
    submission: Submission,
) -> Result<Outcome, FlowError> {
    if kind == FlowKind::Settings && visitor.session.is_none() {
        return Err(settings::sign_in_first(cx, submission.flow).into());
    }
    let flow = load(cx, kind, submission.flow).await?;
    if let Some(trial) = &flow.data.trial {
        trial::check_token(trial, &submission.body)?;
        let open = match flow.open(cx.now) {
            Ok(open) => cleared(open, &submission.body),
            Err(ended) => return Err(replaced(cx, visitor, ended).await?),
        };
        return Box::pin(go_on(cx, visitor, open, submission)).await;
    }
    if let Some(outcome) = signed_in_already(cx, visitor, &flow)? {
        return Ok(outcome);
    }
    let open = match flow.open(cx.now) {
        Ok(open) => open,
        Err(ended) => return Err(replaced(cx, visitor, ended).await?),
    };
    let mails = matches!(kind, FlowKind::Verification | FlowKind::Recovery);
    if open.is_browser() {
        check_csrf(cx, visitor, &open, &submission.body)?;
    } else if !mails && visitor.browser {
        // Native flows take neither an Origin header nor cookies: without them there is no forgery to guard against.
        // A link from a native program's mail is opened in a browser: what mails lead to is taken from there too.
        let told = validation::generic("A native flow takes neither an Origin header nor cookies.");
        return Ok(again(cx, visitor, &open, told));
    }
    let open = cleared(open, &submission.body);
    // Boxed: a submission's future is large, and most of its life it waits.
    Box::pin(go_on(cx, visitor, open, submission)).await
}

/// Goes on with a settings submission that has waited for a fresh sign-in. Without one the flow is shown as it is.
#[tracing::instrument(name = "flow.resume", skip_all, fields(flow = %id))]
pub(crate) async fn resume(cx: &Cx, visitor: &Visitor, id: FlowId) -> Result<Outcome, FlowError> {
    let flow = load(cx, FlowKind::Settings, id).await?;
    settings::owned(cx, visitor, &flow)?;
    if let Some(mark) = &flow.data.csrf
        && !visitor.csrf.began(mark, &cx.secrets.digester)
        && settings::waited(cx, &flow).is_none()
    {
        return Err(Refusal::Csrf(CsrfFailure::Mismatch).into());
    }
    let open = match flow.open(cx.now) {
        Ok(open) => open,
        Err(ended) => return Err(replaced(cx, visitor, ended).await?),
    };
    // Signing in has given the browser another secret; the flow's owner has shown that it is his.
    let open = open.handed_to(visitor.csrf.mark(&cx.secrets.digester), None);
    let Some((body, encoding)) = settings::waited(cx, &open) else {
        let flow = open.into_flow();
        finish::save(cx, visitor, &flow).await?;
        return Ok(Outcome::Shown(FlowView::of(cx, flow, Some(&visitor.csrf))));
    };
    let open = cleared(settings::without_waiting(open), &body);
    Box::pin(go_on(cx, visitor, open, Submission { flow: id, body, encoding })).await
}

/// A submission whose sender may send it.
async fn go_on(cx: &Cx, visitor: &Visitor, open: Open, submission: Submission) -> Result<Outcome, FlowError> {
    let (kept, encoding) = (open.clone(), submission.encoding);
    let body = (open.kind == FlowKind::Settings).then(|| submission.body.clone());
    let outcome = Box::pin(ask(cx, visitor, open, submission)).await;
    // A page of ours goes on by itself after the sign-in that is asked for; scripts and programs send the form again.
    if let (Err(FlowError::Refused(Refusal::FreshSignInFirst(_))), Some(body)) = (&outcome, body)
        && visitor.client == Client::Html
    {
        finish::save(cx, visitor, &settings::waiting(cx, kept, body, encoding).into_flow()).await?;
    }
    outcome
}

/// Finds the method the submission is for and asks it. How long it takes does not say whether an address is known.
async fn ask(cx: &Cx, visitor: &Visitor, open: Open, submission: Submission) -> Result<Outcome, FlowError> {
    let Some(method) = method::addressed(cx, &open, &submission.body) else {
        if let Some(off) = method::switched_off(cx, &open, &submission.body) {
            return Err(Refusal::Unknown(format!("The method {off} is switched off.")).into());
        }
        let form = form::saying(open.data.ui.clone(), no_method(open.kind));
        return finish::again(cx, visitor, open, form).await;
    };
    let who = subject(cx, visitor, &open).await?;
    let schema = match &who {
        Some(who) => begin::schema_of(cx, &who.identity)?,
        None => begin::schema(cx, open.data.identity_schema.as_deref())?,
    };
    let form = form::without_strangers(open.data.ui.clone(), &schema);
    let before = open.data.active.clone();
    let open = open.using(Some(method.as_str()), cx.now).show(form);
    let attempt = Attempt {
        flow: &open,
        schema: Some(&schema),
        who: who.as_ref(),
        encoding: submission.encoding,
        client: &visitor.address,
    };
    let pace = Pace::begun();
    match method.submit(cx, attempt, submission.body).await {
        Ok(step) => {
            let sends = matches!(step, Step::Sent(_));
            // A method counts as used once it has taken something (contract §2.1).
            let open = if step.took_nothing() { open.using(before.as_deref(), cx.now) } else { open };
            let taken = Taken { cx, visitor, open, schema: &schema, who: who.as_ref() };
            let outcome = Box::pin(finish::take(taken, step)).await;
            if sends {
                pace.keep().await;
            }
            outcome
        }
        // What a method cannot read is the sender's to mend, in the form itself.
        Err(MethodError::Malformed(reason)) => {
            let form = form::saying(open.data.ui.clone(), validation::generic(&reason));
            finish::again(cx, visitor, open.using(before.as_deref(), cx.now), form).await
        }
        Err(error) => Err(error.into()),
    }
}

fn no_method(kind: FlowKind) -> Message {
    match kind {
        FlowKind::Login => text::login::no_method(),
        FlowKind::Registration => text::registration::no_method(),
        FlowKind::Verification => text::verification::no_method(),
        FlowKind::Recovery => text::recovery::no_method(),
        FlowKind::Settings => text::settings::no_method(),
    }
}

/// Who is signed in, where the flow is about him.
pub(super) async fn subject(cx: &Cx, visitor: &Visitor, flow: &Flow) -> Result<Option<Subject>, FlowError> {
    let about = match flow.kind {
        FlowKind::Settings => true,
        FlowKind::Login if flow.data.trial.is_some() => false,
        FlowKind::Login => flow.data.refresh || flow.data.requested_aal == Aal::Aal2,
        _ => false,
    };
    match visitor.session.as_ref().filter(|_| about) {
        Some(signed_in) => settings::subject(cx, signed_in).await.map(Some),
        None => Ok(None),
    }
}

/// The flow of that id and kind.
pub(super) async fn load(cx: &Cx, kind: FlowKind, id: FlowId) -> Result<Flow, FlowError> {
    let found = cx.db.read(move |conn| store::flows::find(conn, id)).await?;
    Ok(found.filter(|flow| flow.kind == kind).ok_or(Refusal::UnknownFlow)?)
}

/// Nobody signs in or registers twice: what happens when a session came along. A flow that confirms a session, adds a
/// factor to it, or that an OAuth2 client waits for, goes on; settings are for their owner.
pub(super) fn signed_in_already(cx: &Cx, visitor: &Visitor, flow: &Flow) -> Result<Option<Outcome>, FlowError> {
    let second = flow.data.requested_aal == Aal::Aal2;
    let home = || cx.config.selfservice.default_browser_return_url.clone();
    match (flow.kind, &visitor.session) {
        (FlowKind::Settings, _) => settings::owned(cx, visitor, flow).map(|_| None).map_err(FlowError::from),
        (FlowKind::Login, None) if second => Err(Refusal::FirstFactorMissing.into()),
        (FlowKind::Verification, _) | (_, None) => Ok(None),
        (FlowKind::Login, Some(_)) if flow.data.refresh || flow.data.oauth2.is_some() => Ok(None),
        (FlowKind::Login, Some(known)) if second && known.session.aal < Aal::Aal2 => Ok(None),
        (FlowKind::Login, Some(_)) if visitor.client == Client::Html && flow.is_browser() => {
            Err(FlowError::Moved(home()))
        }
        (FlowKind::Login, Some(_)) => {
            let mut view = FlowView::of(cx, flow.clone(), Some(&visitor.csrf));
            let told = "A session is active already: signing in again needs refresh=true.";
            view.ui.messages.push(validation::generic(told));
            Ok(Some(Outcome::Again(view)))
        }
        // Whoever holds an administrator's code gets back in, whoever is signed in here.
        (FlowKind::Recovery, Some(_)) if flow.data.for_any_browser => Ok(None),
        (FlowKind::Registration | FlowKind::Recovery, Some(_)) => Err(Refusal::SessionAvailable(home()).into()),
    }
}

/// A browser's form carries the token of the browser's own secret, and the flow is that browser's. What an administrator
/// began has no browser: it is for who knows the code (contract §10.7).
pub(super) fn check_csrf(cx: &Cx, visitor: &Visitor, flow: &Flow, body: &Value) -> Result<(), Refusal> {
    if flow.data.for_any_browser {
        return Ok(());
    }
    if !visitor.csrf_came {
        return Err(Refusal::Csrf(visitor.no_csrf));
    }
    let token = body.get(CSRF).and_then(Value::as_str).unwrap_or_default();
    if token.is_empty() {
        return Err(Refusal::Csrf(CsrfFailure::NoToken));
    }
    if !visitor.csrf.accepts(token) || !began(cx, &visitor.csrf, flow) {
        return Err(Refusal::Csrf(CsrfFailure::Mismatch));
    }
    Ok(())
}

/// Whether a browser flow is this browser's.
pub(super) fn began(cx: &Cx, csrf: &CsrfSecret, flow: &Flow) -> bool {
    flow.data.csrf.as_deref().is_some_and(|mark| csrf.began(mark, &cx.secrets.digester))
}

/// The flow without the messages of the last time, and with what the client sent along.
fn cleared(open: Open, body: &Value) -> Open {
    let mut form = open.data.ui.clone();
    form.clear_messages();
    let payload: Option<Map<String, Value>> = body.get("transient_payload").and_then(Value::as_object).cloned();
    open.show(form).carrying(payload)
}

/// The form with one more message, unsaved: a browser is told of its own mistake, and the flow is as it was.
fn again(cx: &Cx, visitor: &Visitor, open: &Open, message: Message) -> Outcome {
    let mut flow = Flow::clone(open);
    flow.data.ui.messages.push(message);
    Outcome::Again(FlowView::of(cx, flow, Some(&visitor.csrf)))
}

/// Begins another flow in place of one that is over.
pub(super) async fn replaced(cx: &Cx, visitor: &Visitor, ended: Ended) -> Result<FlowError, FlowError> {
    let (old, expired) = match ended {
        Ended::Expired(flow) => (*flow, true),
        Ended::Closed(flow) => (*flow, false),
    };
    if old.data.trial.is_some() {
        return Ok(trial::over(cx, &old, expired));
    }
    let mut wish = begin::Wish::new(old.data.flow_type, old.data.request_url.clone());
    wish.identity_schema.clone_from(&old.data.identity_schema);
    let mut flow = begin::new(cx, old.kind, &visitor.csrf, &wish);
    flow.data.return_to.clone_from(&old.data.return_to);
    flow.data.after_verification.clone_from(&old.data.after_verification);
    flow.data.ui.messages.push(over(&old, expired));
    let who = subject(cx, visitor, &old).await?;
    if let Some(who) = &who {
        flow.data.refresh = old.data.refresh;
        flow.data.requested_aal = old.data.requested_aal;
        flow.data.via.clone_from(&old.data.via);
        flow.data.identity_id = old.data.identity_id.map(|_| who.identity.id);
    }
    flow.state = first_state(cx, old.kind);
    let schema = match &who {
        Some(who) => begin::schema_of(cx, &who.identity)?,
        None => begin::schema(cx, old.data.identity_schema.as_deref())?,
    };
    let scene = Scene { schema: Some(&schema), who: who.as_ref() };
    let view = begin::open(cx, visitor, flow, scene, old.data.oauth2).await?;
    Ok(FlowError::Replaced(Replaced {
        kind: old.kind,
        flow: view.flow.id,
        browser: old.data.flow_type == FlowType::Browser,
        expired_at: expired.then_some(old.expires_at),
        since: (cx.now - old.expires_at).to_std().unwrap_or_default(),
    }))
}

/// How a flow of a kind begins.
fn first_state(cx: &Cx, kind: FlowKind) -> FlowState {
    let chosen =
        cx.config.selfservice.recovery.choose_address && cx.config.selfservice.recovery.strategy == Delivery::Code;
    match kind {
        FlowKind::Settings => FlowState::ShowForm,
        FlowKind::Recovery if chosen => FlowState::AwaitingAddress,
        _ => FlowState::ChooseMethod,
    }
}

/// What the new flow says of the old one.
fn over(old: &Flow, expired: bool) -> Message {
    match (old.kind, expired) {
        (FlowKind::Login, true) => text::login::expired(old.expires_at),
        (FlowKind::Login, false) => text::login::already_completed(),
        (FlowKind::Registration, true) => text::registration::expired(old.expires_at),
        (FlowKind::Registration, false) => text::registration::already_completed(),
        (FlowKind::Verification, true) => text::verification::expired(old.expires_at),
        (FlowKind::Verification, false) => text::verification::already_verified(),
        (FlowKind::Recovery, true) => text::recovery::expired(old.expires_at),
        (FlowKind::Recovery, false) => text::recovery::already_recovered(),
        (FlowKind::Settings, _) => text::settings::expired(old.expires_at),
    }
}
