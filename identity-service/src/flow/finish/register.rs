//! Registering: the draft becomes an identity, with a session, in one write.

use std::sync::Arc;

use shared_types::{db::AnyConn, id::IdentityId};

use super::{FlowError, Outcome, Stop, Taken, Work, Written, again, finished, lost_for_good, return_to};
use crate::{
    app::Cx,
    config::Hook,
    flow::{
        form,
        hooks::web_hook::{self, About, Said, Wanted},
        linking,
        oauth::{self, Signed},
        outcome::ContinueWith,
        verification,
        visitor::Visitor,
    },
    identity::{
        self,
        create::{CreateError, KnownAddress, NewIdentity, Prepared},
        schema::Issue,
    },
    method::traits,
    model::{address::AddressStatus, flow::Open, step::Draft},
    session,
    ui::text::validation,
};

impl Work {
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
        let issued = session::issue::new_session(conn, cx, &new.identity, vec![self.by.clone()], &self.visitor.device)?;
        self.finish(conn, new.identity.clone(), issued)
    }
}

/// The identity a draft is for.
fn new_identity(cx: &Cx, draft: &Draft) -> NewIdentity {
    let mut new = NewIdentity::registered(draft.schema_id.clone(), draft.traits.clone(), draft.credentials.clone());
    // The same for every hook that is told of it, and for what is written.
    new.id = Some(IdentityId::random(&*cx.entropy));
    new.metadata_public.clone_from(&draft.metadata_public);
    new.metadata_admin.clone_from(&draft.metadata_admin);
    let proven = draft.addresses.iter().map(|(via, value)| KnownAddress {
        via: *via,
        value: value.clone(),
        verified: true,
        verified_at: Some(cx.now),
        status: AddressStatus::Completed,
    });
    new.known_addresses = proven.collect();
    new
}

/// The identity as the hooks that are asked before the write will have it, or what is wrong with it.
async fn asked(
    cx: &Cx,
    visitor: &Visitor,
    open: &Open,
    draft: &Draft,
) -> Result<Result<Prepared, Vec<Issue>>, FlowError> {
    let mut new = new_identity(cx, draft);
    let mut prepared = match prepare(cx, &new)? {
        Ok(prepared) => prepared,
        Err(issues) => return Ok(Err(issues)),
    };
    for hook in cx.config.selfservice.registration.after.before_write(&draft.by.method) {
        let Hook::Call(hook) = hook else { continue };
        let about = About { flow: open, identity: Some(&prepared.identity), session: None };
        match web_hook::ask(cx, visitor, &hook, &about).await? {
            Said::GoOn => {}
            Said::No(issues) => return Ok(Err(issues)),
            Said::Changes(wanted) => {
                changed(&mut new, *wanted);
                prepared = match prepare(cx, &new)? {
                    Ok(prepared) => prepared,
                    Err(issues) => return Ok(Err(issues)),
                };
            }
        }
    }
    Ok(Ok(prepared))
}

fn prepare(cx: &Cx, new: &NewIdentity) -> Result<Result<Prepared, Vec<Issue>>, FlowError> {
    match identity::create::prepare(cx, new.clone()) {
        Ok(prepared) => Ok(Ok(prepared)),
        Err(CreateError::Db(error)) => Err(error.into()),
        Err(CreateError::Traits(issues)) => Ok(Err(issues)),
        Err(error) => Ok(Err(vec![Issue { at: None, message: validation::generic(&error.to_string()) }])),
    }
}

/// What a hook wants is the operator's wish: it may set what only an administrator may.
fn changed(new: &mut NewIdentity, wanted: Wanted) {
    if let Some(traits) = wanted.traits {
        new.traits = traits;
    }
    if let Some(schema_id) = wanted.schema_id {
        new.schema_id = schema_id;
    }
    if let Some(state) = wanted.state {
        new.state = state;
    }
    if wanted.external_id.is_some() {
        new.external_id = wanted.external_id;
    }
    new.metadata_public = wanted.metadata_public.or(new.metadata_public.take());
    new.metadata_admin = wanted.metadata_admin.or(new.metadata_admin.take());
    new.known_addresses.extend(wanted.addresses);
}

/// Registers somebody.
pub(super) async fn register(taken: Taken<'_>, draft: Draft) -> Result<Outcome, FlowError> {
    let Taken { cx, visitor, open, schema, .. } = taken;
    let mut form = open.data.ui.clone();
    let again_open = open.clone();
    let method = draft.by.method.clone();
    let prepared = match asked(cx, visitor, &open, &draft).await? {
        Ok(prepared) => Arc::new(prepared),
        Err(issues) => {
            traits::fill(&mut form, &draft.traits);
            return again(cx, visitor, again_open, form::complaining(form, issues)).await;
        }
    };
    let mut hooks = cx.config.selfservice.registration.after.after_write(&method);
    if verification::is_enabled(cx) && !hooks.contains(&Hook::Verification) {
        hooks.insert(0, Hook::Verification);
    }
    let signs_in = hooks.contains(&Hook::Session);
    let mut work = Work::new(cx, visitor, open, draft.by.clone(), hooks);
    if !signs_in {
        work.csrf = None;
    }
    let work = Arc::new(work);
    let job = Arc::clone(&work);
    let written = match cx.db.write(move |conn| job.register(conn, &prepared)).await {
        Ok(written) => written,
        Err(Stop::Store(error)) => return Err(error.into()),
        Err(Stop::Duplicate | Stop::Disabled | Stop::Used) => {
            return Box::pin(linking::offer(cx, visitor, again_open, schema, &draft)).await;
        }
        Err(Stop::Lost) => return Err(lost_for_good(cx, visitor, &work.flow).await),
    };
    let about = About { flow: &work.flow, identity: Some(&written.identity), session: Some(&written.issued.session) };
    web_hook::run_after(cx, visitor, &work.hooks, &about).await?;
    tracing::info!(
        target: "audit", event = "RegistrationSucceeded", identity = %written.identity.id, method,
        request = %cx.request_id, "registered"
    );
    let return_to = return_to(cx, &work.flow, &cx.config.selfservice.registration.after, &method);
    // A verification that is to be shown comes first; it keeps the challenge and answers it (contract §9).
    let home = match (&written.verification_page, &work.flow.data.oauth2) {
        (None, Some(oauth2)) if written.hand_out => {
            oauth::accept(cx, &oauth2.challenge, &Signed::of(&written.issued.session)).await?
        }
        _ => return_to,
    };
    let go = written.verification_page.clone().unwrap_or_else(|| home.clone());
    let mut done = finished(&work, written, go, false);
    // Scripts are told where the registration leads, and what else there is to be shown.
    if work.flow.is_browser() {
        done.continue_with.insert(0, ContinueWith::RedirectBrowserTo(home));
    }
    Ok(Outcome::Registered(Box::new(done)))
}
