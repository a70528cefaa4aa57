//! The end of a submission: what the method's step asks for is done, in one write. This is the only place that issues
//! sessions, so that no kind of flow can drift from the others.

mod change;
mod identified;
mod propose;
mod recover;
mod register;
mod screen;
mod sign_in;

use shared_types::db::{self, AnyConn};
use url::Url;

pub(super) use self::recover::recovered;
use super::{
    FlowError, begin,
    csrf::CsrfSecret,
    exchange, form,
    hooks::After,
    outcome::{ContinueWith, Finished, Outcome},
    provider, recovery, submit, verification,
    view::FlowView,
    visitor::Visitor,
};
use crate::{
    app::Cx,
    config::{self, Hook},
    identity::schema::Schema,
    method::{Attempt, Subject, traits},
    model::{
        address::AddressStatus,
        flow::{Ended, Flow, FlowKind, FlowType, Open},
        identity::Identity,
        session::AuthenticationMethod,
        step::Step,
    },
    session::issue::Issued,
    store,
    ui::node::Container,
};

/// A submission that was taken by its method.
pub(super) struct Taken<'a> {
    pub(super) cx: &'a Cx,
    pub(super) visitor: &'a Visitor,
    pub(super) open: Open,
    pub(super) schema: &'a Schema,
    /// Who is signed in, where that matters.
    pub(super) who: Option<&'a Subject>,
}

impl<'a> Taken<'a> {
    /// The submission as another method would see it.
    pub(super) fn attempt(&'a self, encoding: crate::method::Encoding) -> Attempt<'a> {
        Attempt { flow: &self.open, schema: Some(self.schema), who: self.who, encoding, client: &self.visitor.address }
    }
}

/// Does what a step asks for.
pub(super) async fn take(taken: Taken<'_>, step: Step) -> Result<Outcome, FlowError> {
    let (cx, visitor) = (taken.cx, taken.visitor);
    match step {
        Step::Again(form) => again(cx, visitor, taken.open, form).await,
        Step::Screen(next) => screen::shown(taken, next).await,
        Step::Described(traits) => {
            let mut flow = taken.open.clone().into_flow();
            let form = form::credentials(cx, &mut flow, taken.schema, &traits);
            again(cx, visitor, taken.open.keeping(flow.data.memory), form).await
        }
        Step::Back => {
            let traits = traits::of_form(&taken.open.data.ui);
            let mut flow = taken.open.clone().into_flow();
            let scene = crate::method::Scene { schema: Some(taken.schema), who: None };
            let mut form = form::first(cx, &mut flow, scene);
            traits::fill(&mut form, &traits);
            again(cx, visitor, taken.open.keeping(flow.data.memory), form).await
        }
        Step::ChooseAgain => {
            let traits = traits::of_form(&taken.open.data.ui);
            let mut flow = taken.open.clone().into_flow();
            let form = form::credentials(cx, &mut flow, taken.schema, &traits);
            let open = taken.open.keeping(flow.data.memory).in_state(crate::model::flow::FlowState::ChooseMethod);
            again(cx, visitor, open, form).await
        }
        Step::Identified(identified) => Box::pin(identified::offer(taken, *identified)).await,
        Step::Proved(proof) => Box::pin(sign_in::sign_in(taken, *proof)).await,
        Step::Drafted(draft) => Box::pin(register::register(taken, *draft)).await,
        Step::Sent(outbox) => screen::sent(taken, *outbox).await,
        Step::Redeem(redeem) if taken.open.kind == FlowKind::Recovery => {
            Box::pin(recovery::redeem(cx, visitor, taken.open, redeem)).await
        }
        Step::Redeem(redeem) => Box::pin(verification::redeem(cx, visitor, taken.open, redeem)).await,
        Step::Changed(set) => Box::pin(change::change(taken, *set)).await,
        Step::Away(away) => screen::away(taken, away).await,
        Step::Arrived(arrival) => Box::pin(provider::arrived(taken, *arrival)).await,
    }
}

/// Stores the form and shows it again.
pub(super) async fn again(cx: &Cx, visitor: &Visitor, open: Open, mut form: Container) -> Result<Outcome, FlowError> {
    if matches!(open.kind, FlowKind::Login | FlowKind::Registration) {
        let schema = begin::schema(cx, open.data.identity_schema.as_deref()).ok();
        form::sort(&mut form, open.kind, schema.as_deref());
    }
    let flow = open.show(form).into_flow();
    save(cx, visitor, &flow).await?;
    Ok(Outcome::Again(FlowView::of(cx, flow, Some(&visitor.csrf))))
}

/// Stores what became of a flow. When somebody else closed it meanwhile, another one takes its place; when somebody
/// else only changed it, the answer is shown without being kept.
pub(super) async fn save(cx: &Cx, visitor: &Visitor, flow: &Flow) -> Result<(), FlowError> {
    let (stored, now) = (flow.clone(), cx.now);
    if cx.db.write(move |conn| store::flows::save(conn, &stored, now)).await? {
        return Ok(());
    }
    reread(cx, visitor, flow).await.map(|_| ())
}

/// What became of a flow that somebody else has changed; when it was closed, another one takes its place.
pub(super) async fn reread(cx: &Cx, visitor: &Visitor, flow: &Flow) -> Result<Flow, FlowError> {
    match submit::load(cx, flow.kind, flow.id).await?.open(cx.now) {
        Ok(open) => Ok(open.into_flow()),
        Err(ended) => Err(submit::replaced(cx, visitor, ended).await?),
    }
}

/// Somebody else closed the flow: another one takes its place.
pub(super) async fn lost_for_good(cx: &Cx, visitor: &Visitor, flow: &Flow) -> FlowError {
    let reread = match submit::load(cx, flow.kind, flow.id).await {
        Ok(flow) => flow,
        Err(error) => return error,
    };
    // It was only changed: what was submitted is over all the same, and the sender begins again.
    let ended = reread.open(cx.now).map_or_else(|ended| ended, |open| Ended::Closed(Box::new(open.into_flow())));
    submit::replaced(cx, visitor, ended).await.unwrap_or_else(|error| error)
}

/// Why a write was rolled back.
#[derive(Debug)]
enum Stop {
    /// Somebody else closed or changed the flow.
    Lost,
    /// The identity may not sign in, or is gone.
    Disabled,
    /// The identifier belongs to somebody else.
    Duplicate,
    /// What was to be used once has been used by somebody else meanwhile.
    Used,
    /// Storage failed.
    Store(db::Error),
}

impl From<db::Error> for Stop {
    fn from(error: db::Error) -> Self {
        Self::Store(error)
    }
}

/// What a write needs, owned, because a write may be run again.
struct Work {
    cx: Cx,
    visitor: Visitor,
    /// Closed already; storing it is what makes the outcome final.
    flow: Flow,
    hooks: Vec<Hook>,
    by: AuthenticationMethod,
    /// The CSRF secret a browser gets when somebody new signs in (contract §3.2).
    csrf: Option<CsrfSecret>,
}

/// What was written.
struct Written {
    identity: Identity,
    issued: Issued,
    continue_with: Vec<ContinueWith>,
    verification_page: Option<Url>,
    hand_out: bool,
}

impl Work {
    fn new(cx: &Cx, visitor: &Visitor, open: Open, by: AuthenticationMethod, hooks: Vec<Hook>) -> Self {
        let csrf = open.is_browser().then(|| CsrfSecret::random(&*cx.entropy));
        Self { cx: cx.clone(), visitor: visitor.clone(), flow: open.close(cx.now), hooks, by, csrf }
    }

    /// The secret the browser will hold when the answer has arrived.
    fn csrf(&self) -> &CsrfSecret {
        self.csrf.as_ref().unwrap_or(&self.visitor.csrf)
    }

    fn close(&self, conn: &mut AnyConn) -> Result<(), Stop> {
        if store::flows::save(conn, &self.flow, self.cx.now)? { Ok(()) } else { Err(Stop::Lost) }
    }

    /// Runs the hooks over what has been made.
    fn finish(&self, conn: &mut AnyConn, mut identity: Identity, issued: Issued) -> Result<Written, Stop> {
        let mut after = After::new(&self.cx, &self.flow, &identity, &issued.session, self.csrf());
        after.run(conn, &self.hooks)?;
        if self.flow.kind == FlowKind::Login || after.hand_out {
            exchange::fulfil(conn, &self.cx, &self.flow, &issued)?;
        }
        let sent = after.written_to();
        let After { continue_with, verification_page, hand_out, .. } = after;
        for address in identity.verifiable_addresses.iter_mut().filter(|address| sent.contains(&address.value)) {
            address.status = AddressStatus::Sent;
        }
        Ok(Written { identity, issued, continue_with, verification_page, hand_out })
    }
}

/// Where a browser goes at the end: the flow's own wish, else the method's, the flow kind's or the general default.
fn return_to(cx: &Cx, flow: &Flow, after: &config::After, method: &str) -> Url {
    let wished = flow.data.return_to.as_deref().and_then(|text| Url::parse(text).ok());
    let fallback = || after.return_url_of(method).unwrap_or(&cx.config.selfservice.default_browser_return_url).clone();
    wished.unwrap_or_else(fallback)
}

/// The answer, for whom it is for.
fn finished(work: &Work, written: Written, go: Url, must_navigate: bool) -> Finished {
    let Written { identity, issued, mut continue_with, hand_out, .. } = written;
    let native = work.flow.data.flow_type == FlowType::Api;
    let login = work.flow.kind == FlowKind::Login;
    let session = (login || hand_out).then_some(issued.session);
    let token = (login || hand_out).then_some(issued.token);
    if let (true, false, Some(token)) = (native, login, &token) {
        continue_with.push(ContinueWith::SetSessionToken(token.clone()));
    }
    if !native && login && session.is_some() {
        continue_with.push(ContinueWith::RedirectBrowserTo(go.clone()));
    }
    let csrf = work.csrf.clone();
    Finished {
        flow_type: work.flow.data.flow_type,
        identity: Some(identity),
        session,
        token,
        csrf,
        continue_with,
        go,
        must_navigate,
    }
}
