//! The end of a submission: what the method's step asks for is done, in one write. This is the only place that issues
//! sessions, so that no kind of flow can drift from the others.

use std::sync::Arc;

use shared_types::db::{self, AnyConn};
use url::Url;

use super::{
    FlowError,
    csrf::CsrfSecret,
    form,
    hooks::{self, After},
    oauth::{self, Signed},
    outcome::{ContinueWith, Finished, Outcome},
    submit, verification,
    view::FlowView,
    visitor::Visitor,
};
use crate::{
    app::Cx,
    config::{self, Hook},
    identity::{
        self,
        create::{CreateError, NewIdentity, Prepared},
        schema::Schema,
    },
    limit,
    method::Scene,
    model::{
        address::AddressStatus,
        flow::{Ended, Flow, FlowKind, FlowType, Open},
        identity::Identity,
        session::{Aal, AuthenticationMethod},
        step::{Draft, Proof, Step},
    },
    session::{
        self,
        issue::{Issued, Renewed},
    },
    store,
    ui::{
        node::Container,
        text::{self, validation},
    },
};

/// Does what a step asks for.
pub(super) async fn take(
    cx: &Cx,
    visitor: &Visitor,
    open: Open,
    step: Step,
    schema: &Schema,
) -> Result<Outcome, FlowError> {
    match step {
        Step::Again(form) => again(cx, visitor, open, form).await,
        Step::Described(traits) => {
            let form = form::credentials(cx, &open, schema, &traits);
            again(cx, visitor, open, form).await
        }
        Step::Back => {
            let traits = crate::method::traits::of_form(&open.data.ui);
            let mut form = form::first(cx, &open, Scene { schema: Some(schema), who: None });
            crate::method::traits::fill(&mut form, &traits);
            again(cx, visitor, open, form).await
        }
        Step::Proved(proof) => Box::pin(sign_in(cx, visitor, open, *proof)).await,
        Step::Drafted(draft) => Box::pin(register(cx, visitor, open, *draft)).await,
        Step::Sent(outbox) => verification::sent(cx, visitor, open, outbox).await,
        Step::Redeem(redeem) => verification::redeem(cx, visitor, open, redeem).await,
    }
}

/// Stores the form and shows it again.
pub(super) async fn again(cx: &Cx, visitor: &Visitor, open: Open, form: Container) -> Result<Outcome, FlowError> {
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

/// Why a write was rolled back.
#[derive(Debug)]
enum Stop {
    /// Somebody else closed or changed the flow.
    Lost,
    /// The identity may not sign in, or is gone.
    Disabled,
    /// The identifier belongs to somebody else.
    Duplicate,
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
    method: AuthenticationMethod,
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
    fn new(cx: &Cx, visitor: &Visitor, open: Open, method: &'static str, hooks: Vec<Hook>) -> Self {
        let method = AuthenticationMethod { method: method.to_owned(), aal: Aal::Aal1, completed_at: cx.now };
        let csrf = open.is_browser().then(|| CsrfSecret::random(&*cx.entropy));
        Self { cx: cx.clone(), visitor: visitor.clone(), flow: open.close(cx.now), hooks, method, csrf }
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
        let sent = after.written_to();
        let After { continue_with, verification_page, hand_out, .. } = after;
        for address in identity.verifiable_addresses.iter_mut().filter(|address| sent.contains(&address.value)) {
            address.status = AddressStatus::Sent;
        }
        Ok(Written { identity, issued, continue_with, verification_page, hand_out })
    }

    fn sign_in(&self, conn: &mut AnyConn, proof: &Proof) -> Result<Written, Stop> {
        let cx = &self.cx;
        // Read again: the identity may have been disabled while the password was hashed.
        let identity =
            store::identities::get(conn, proof.identity.id)?.filter(Identity::is_active).ok_or(Stop::Disabled)?;
        // The flow was open when this began. That it has been closed while the password was hashed is a second click on
        // the same button: who has proved himself is signed in all the same.
        store::flows::save(conn, &self.flow, cx.now)?;
        limit::succeeded(conn, &proof.account, cx.now)?;
        if let Some(rehash) = &proof.rehash {
            store::credentials::replace_config(conn, rehash.id, &rehash.before, &rehash.after, cx.now)?;
        }
        let same = self.visitor.session.as_ref().filter(|known| known.identity.id == identity.id);
        let issued = match same {
            Some(known) => {
                let Renewed { session, token } =
                    session::issue::again(conn, cx, &known.session, self.method.clone(), &self.visitor.device)?;
                Issued { session, token: token.unwrap_or_else(|| known.token.clone()) }
            }
            None => session::issue::new_session(conn, cx, &identity, vec![self.method.clone()], &self.visitor.device)?,
        };
        self.finish(conn, identity, issued)
    }

    fn register(&self, conn: &mut AnyConn, new: &Prepared) -> Result<Written, Stop> {
        let cx = &self.cx;
        self.close(conn)?;
        match identity::create::insert(conn, new) {
            Ok(()) => {}
            Err(CreateError::Duplicate) => return Err(Stop::Duplicate),
            Err(CreateError::Db(error)) => return Err(Stop::Store(error)),
            Err(CreateError::UnknownSchema(_) | CreateError::Traits(_)) => return Err(Stop::Lost),
        }
        // A session is made even when none is handed out, as clients that count sessions expect (contract §6.2).
        let methods = vec![self.method.clone()];
        let issued = session::issue::new_session(conn, cx, &new.identity, methods, &self.visitor.device)?;
        self.finish(conn, new.identity.clone(), issued)
    }
}

async fn sign_in(cx: &Cx, visitor: &Visitor, open: Open, proof: Proof) -> Result<Outcome, FlowError> {
    let hooks = cx.config.selfservice.login.after.hooks_of(proof.method).to_vec();
    if hooks.contains(&Hook::RequireVerifiedAddress) && !hooks::is_verified(&proof.identity) {
        return hooks::refuse_unverified(cx, visitor, open, &proof.identity).await;
    }
    let form = open.data.ui.clone();
    let again_open = open.clone();
    let same = visitor.session.as_ref().is_some_and(|known| known.identity.id == proof.identity.id);
    let mut work = Work::new(cx, visitor, open, proof.method, hooks);
    if same {
        work.csrf = None;
    }
    let work = Arc::new(work);
    let (job, proof) = (Arc::clone(&work), Arc::new(proof));
    let written = {
        let proof = Arc::clone(&proof);
        cx.db.write(move |conn| job.sign_in(conn, &proof)).await
    };
    let written = match written {
        Ok(written) => written,
        Err(Stop::Store(error)) => return Err(error.into()),
        Err(Stop::Disabled | Stop::Duplicate | Stop::Lost) => {
            tracing::warn!(
                target: "audit", event = "LoginFailed", identity = %proof.identity.id, method = proof.method,
                reason = "disabled", request = %cx.request_id, "sign-in refused"
            );
            return again(cx, visitor, again_open, form::saying(form, text::login::account_disabled())).await;
        }
    };
    tracing::info!(
        target: "audit", event = "LoginSucceeded", identity = %written.identity.id, session = %written.issued.session.id,
        method = proof.method, request = %cx.request_id, "signed in"
    );
    let return_to = return_to(cx, &work.flow, &cx.config.selfservice.login.after, proof.method);
    let (go, must_navigate) = match &work.flow.data.oauth2 {
        Some(oauth2) => match oauth::accept(cx, &oauth2.challenge, &Signed::of(&written.issued.session)).await {
            Ok(go) | Err(FlowError::Moved(go)) => (go, true),
            Err(error) => return Err(error),
        },
        None => (written.verification_page.clone().unwrap_or(return_to), false),
    };
    Ok(Outcome::SignedIn(Box::new(finished(&work, written, go, must_navigate))))
}

async fn register(cx: &Cx, visitor: &Visitor, open: Open, draft: Draft) -> Result<Outcome, FlowError> {
    let mut form = open.data.ui.clone();
    let again_open = open.clone();
    let new = NewIdentity::registered(draft.schema_id, draft.traits.clone(), draft.hashed_password);
    let prepared = match identity::create::prepare(cx, new) {
        Ok(prepared) => Arc::new(prepared),
        Err(CreateError::Db(error)) => return Err(error.into()),
        Err(error) => {
            return again(cx, visitor, open, form::saying(form, validation::generic(&error.to_string()))).await;
        }
    };
    let mut hooks = cx.config.selfservice.registration.after.hooks_of(draft.method).to_vec();
    if verification::is_enabled(cx) && !hooks.contains(&Hook::Verification) {
        hooks.insert(0, Hook::Verification);
    }
    let signs_in = hooks.contains(&Hook::Session);
    let mut work = Work::new(cx, visitor, open, draft.method, hooks);
    if !signs_in {
        work.csrf = None;
    }
    let work = Arc::new(work);
    let job = Arc::clone(&work);
    let written = match cx.db.write(move |conn| job.register(conn, &prepared)).await {
        Ok(written) => written,
        Err(Stop::Store(error)) => return Err(error.into()),
        Err(Stop::Duplicate | Stop::Disabled) => {
            crate::method::traits::fill(&mut form, &draft.traits);
            return again(cx, visitor, again_open, form::saying(form, validation::duplicate_identifier())).await;
        }
        Err(Stop::Lost) => return Err(lost_for_good(cx, visitor, &work.flow).await),
    };
    tracing::info!(
        target: "audit", event = "RegistrationSucceeded", identity = %written.identity.id, method = draft.method,
        request = %cx.request_id, "registered"
    );
    let return_to = return_to(cx, &work.flow, &cx.config.selfservice.registration.after, draft.method);
    // A verification that is to be shown comes first; it keeps the challenge and answers it (contract §9).
    let go = match (&written.verification_page, &work.flow.data.oauth2) {
        (Some(page), _) => page.clone(),
        (None, Some(oauth2)) if written.hand_out => {
            oauth::accept(cx, &oauth2.challenge, &Signed::of(&written.issued.session)).await?
        }
        (None, _) => return_to,
    };
    Ok(Outcome::Registered(Box::new(finished(&work, written, go, false))))
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
        continue_with.insert(0, ContinueWith::SetSessionToken(token.clone()));
    }
    if !native && session.is_some() {
        continue_with.push(ContinueWith::RedirectBrowserTo(go.clone()));
    }
    let csrf = work.csrf.clone();
    Finished { flow_type: work.flow.data.flow_type, identity, session, token, csrf, continue_with, go, must_navigate }
}
