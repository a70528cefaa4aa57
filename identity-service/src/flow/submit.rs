//! A submission on its way: the flow is loaded and judged, the form's origin is checked, the method is asked, and
//! `finish` does what its step wants.

use serde_json::{Map, Value};
use shared_types::id::FlowId;

use super::{
    FlowError, Refusal, Replaced, begin,
    csrf::CsrfSecret,
    error::CsrfFailure,
    finish, form, login,
    outcome::Outcome,
    view::FlowView,
    visitor::{Client, Visitor},
};
use crate::{
    app::Cx,
    method::{self, Attempt, Encoding, MethodError, Scene},
    model::flow::{Ended, Flow, FlowKind, FlowType, Open},
    store,
    ui::text::{self, Message, validation},
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
    let flow = load(cx, kind, submission.flow).await?;
    if let Some(outcome) = signed_in_already(cx, visitor, &flow)? {
        return Ok(outcome);
    }
    let open = match flow.open(cx.now) {
        Ok(open) => open,
        Err(ended) => return Err(replaced(cx, visitor, ended).await?),
    };
    if open.is_browser() {
        check_csrf(cx, visitor, &open, &submission.body)?;
    } else if kind != FlowKind::Verification && begin::guard_native(visitor, open.data.flow_type).is_err() {
        // A link from a native program's mail is opened in a browser: verification takes the code from there too.
        let told = validation::generic("A native flow takes neither an Origin header nor cookies.");
        return Ok(again(cx, visitor, &open, told));
    }
    let open = cleared(open, &submission.body);
    // Boxed: a submission's future is large, and most of its life it waits.
    Box::pin(ask(cx, visitor, open, submission)).await
}

/// Finds the method the submission is for and asks it.
async fn ask(cx: &Cx, visitor: &Visitor, open: Open, submission: Submission) -> Result<Outcome, FlowError> {
    let kind = open.kind;
    let Some(method) = method::addressed(cx, kind, &submission.body) else {
        let message = match kind {
            FlowKind::Login => text::login::no_method(),
            FlowKind::Registration => text::registration::no_method(),
            FlowKind::Verification => text::verification::no_method(),
        };
        let form = form::saying(open.data.ui.clone(), message);
        return finish::again(cx, visitor, open, form).await;
    };
    let schema = begin::schema(cx, open.data.identity_schema.as_deref())?;
    let form = form::without_strangers(open.data.ui.clone(), &schema);
    let open = open.using(method.as_str(), cx.now).show(form);
    let attempt =
        Attempt { flow: &open, schema: Some(&schema), encoding: submission.encoding, client: &visitor.address };
    match method.submit(cx, attempt, submission.body).await {
        Ok(step) => Box::pin(finish::take(cx, visitor, open, step, &schema)).await,
        // What a method cannot read is the sender's to mend, in the form itself.
        Err(MethodError::Malformed(reason)) => {
            let form = form::saying(open.data.ui.clone(), validation::generic(&reason));
            finish::again(cx, visitor, open, form).await
        }
        Err(error) => Err(error.into()),
    }
}

/// The flow of that id and kind.
pub(super) async fn load(cx: &Cx, kind: FlowKind, id: FlowId) -> Result<Flow, FlowError> {
    let found = cx.db.read(move |conn| store::flows::find(conn, id)).await?;
    Ok(found.filter(|flow| flow.kind == kind).ok_or(Refusal::UnknownFlow)?)
}

/// Nobody signs in or registers twice: what happens when a session came along. A flow that confirms a session, or
/// that an OAuth2 client waits for, goes on.
fn signed_in_already(cx: &Cx, visitor: &Visitor, flow: &Flow) -> Result<Option<Outcome>, FlowError> {
    let goes_on = flow.data.refresh || flow.data.oauth2.is_some();
    if visitor.session.is_none() || flow.kind == FlowKind::Verification {
        return Ok(None);
    }
    let home = cx.config.selfservice.default_browser_return_url.clone();
    match flow.kind {
        FlowKind::Login if goes_on => Ok(None),
        FlowKind::Login if visitor.client == Client::Html && flow.is_browser() => Err(FlowError::Moved(home)),
        FlowKind::Login => {
            let mut view = FlowView::of(cx, flow.clone(), Some(&visitor.csrf));
            view.ui
                .messages
                .push(validation::generic("A session is active already: signing in again needs refresh=true."));
            Ok(Some(Outcome::Again(view)))
        }
        FlowKind::Registration | FlowKind::Verification => Err(Refusal::SessionAvailable(home).into()),
    }
}

/// A browser's form carries the token of the browser's own secret, and the flow is that browser's.
pub(super) fn check_csrf(cx: &Cx, visitor: &Visitor, flow: &Flow, body: &Value) -> Result<(), Refusal> {
    if !visitor.csrf_came {
        return Err(Refusal::Csrf(CsrfFailure::NoCookie));
    }
    let token = body.get(form::CSRF).and_then(Value::as_str).unwrap_or_default();
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
    let mut wish = begin::Wish::new(old.data.flow_type, old.data.request_url.clone());
    wish.identity_schema.clone_from(&old.data.identity_schema);
    let mut flow = begin::new(cx, old.kind, &visitor.csrf, &wish);
    flow.data.return_to.clone_from(&old.data.return_to);
    flow.data.after_verification.clone_from(&old.data.after_verification);
    flow.data.refresh = old.data.refresh && visitor.session.is_some();
    flow.data.ui.messages.push(over(&old, expired));
    let schema = begin::schema(cx, old.data.identity_schema.as_deref())?;
    let who = match &visitor.session {
        Some(signed_in) if flow.data.refresh => Some(login::subject(cx, signed_in).await?),
        _ => None,
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

/// What the new flow says of the old one.
fn over(old: &Flow, expired: bool) -> Message {
    match (old.kind, expired) {
        (FlowKind::Login, true) => text::login::expired(old.expires_at),
        (FlowKind::Login, false) => text::login::already_completed(),
        (FlowKind::Registration, true) => text::registration::expired(old.expires_at),
        (FlowKind::Registration, false) => text::registration::already_completed(),
        (FlowKind::Verification, true) => text::verification::expired(old.expires_at),
        (FlowKind::Verification, false) => text::verification::already_verified(),
    }
}
