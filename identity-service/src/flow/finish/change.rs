//! Changing one's account: traits and credentials are written with the flow in one write, and checked there once more
//! against what is stored by then.

use std::{cmp::Ordering, sync::Arc};

use shared_types::{
    db::{self, AnyConn},
    secret::Secret,
};

use super::{
    FlowError, Outcome, Taken, again, lost_for_good,
    propose::{self, Proposal},
};
use crate::{
    app::Cx,
    config::Hook,
    flow::{
        Refusal, form,
        hooks::{
            After,
            web_hook::{self, About, Wanted},
        },
        outcome::{Changed, ContinueWith},
        pending::{self, Change},
        settings, verification,
        view::FlowView,
        visitor::{SignedIn, Visitor},
    },
    identity::{
        create,
        farewell::Farewell,
        follow,
        schema::{Issue, Schema},
        update,
    },
    method::{Scene, Subject, traits},
    model::{
        address::VerifiableAddress,
        credential::{Credential, CredentialType},
        flow::{Flow, FlowState, FlowType, Open},
        identity::Identity,
        session::Session,
        step::ChangeSet,
    },
    session, store,
    ui::text::{settings as text, validation},
};

/// Why a change was rolled back.
#[derive(Debug)]
enum Stop {
    /// Somebody else has changed the flow, the identity or the credential meanwhile.
    Lost,
    /// This is wrong with it.
    Wrong(Vec<Issue>),
    /// An identifier or address belongs to somebody else.
    Duplicate,
    /// Storage failed.
    Store(db::Error),
}

impl From<db::Error> for Stop {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Conflict(_) => Self::Duplicate,
            error => Self::Store(error),
        }
    }
}

/// What a change needs, owned, because a write may be run again.
struct Work {
    cx: Cx,
    visitor: Visitor,
    signed_in: SignedIn,
    flow: Flow,
    set: ChangeSet,
    /// What hooks want beside it.
    wanted: Wanted,
    hooks: Vec<Hook>,
    /// For when a hook ends the account's access.
    farewell: Farewell,
}

/// A change as its owner and the hooks want it.
pub(super) struct Plan<'a> {
    pub(super) set: &'a ChangeSet,
    pub(super) wanted: Wanted,
}

impl Plan<'_> {
    /// The identity as it shall be: what only an administrator may write is as it is by now, or as a hook, which is the
    /// operator's, wants it.
    pub(super) fn identity(&self, cx: &Cx, before: &Identity) -> Result<Identity, Vec<Issue>> {
        let wanted = &self.wanted;
        let schema = propose::schema(cx, wanted.schema_id.as_ref().unwrap_or(&before.schema_id))?;
        let mut identity = before.clone();
        if let Some(traits) = &self.set.traits {
            identity.traits = schema.check_user_write(Some(&before.traits), traits)?;
        }
        if let Some(traits) = &wanted.traits {
            identity.traits = traits.clone();
        }
        schema.id().clone_into(&mut identity.schema_id);
        identity.external_id = wanted.external_id.clone().or(identity.external_id);
        identity.metadata_public = wanted.metadata_public.clone().or(identity.metadata_public);
        identity.metadata_admin = wanted.metadata_admin.clone().or(identity.metadata_admin);
        if let Some(state) = wanted.state {
            identity = identity.in_state(state, cx.now);
        }
        let issues = if identity.traits == before.traits { Vec::new() } else { schema.validate(&identity.traits) };
        if !issues.is_empty() {
            return Err(issues);
        }
        update::follow_traits(cx, &schema, &mut identity);
        create::know(cx, &mut identity, &wanted.addresses);
        if identity != *before {
            identity.updated_at = cx.now;
        }
        Ok(identity)
    }
}

/// What was written.
struct Written {
    who: Subject,
    session: Session,
    /// The session's token, when it is a new one.
    token: Option<Secret<String>>,
    continue_with: Vec<ContinueWith>,
    /// What became of which credential.
    changes: Vec<(&'static str, CredentialType)>,
}

/// What a change does to each credential, for the security log.
fn changes(before: &[Credential], after: &[Credential]) -> Vec<(&'static str, CredentialType)> {
    let of = |list: &[Credential], kind| list.iter().find(|known| known.kind == kind).cloned();
    let gone = before.iter().filter(|known| of(after, known.kind).is_none());
    let gone = gone.map(|known| ("CredentialRemoved", known.kind));
    let others = after.iter().filter_map(|kept| match of(before, kept.kind) {
        None => Some(("CredentialAdded", kept.kind)),
        Some(known) if known.config == kept.config => None,
        Some(known) => Some(match kept.count().cmp(&known.count()) {
            Ordering::Less => ("CredentialRemoved", kept.kind),
            Ordering::Equal => ("CredentialChanged", kept.kind),
            Ordering::Greater => ("CredentialAdded", kept.kind),
        }),
    });
    gone.chain(others).collect()
}

impl Work {
    fn write(&self, conn: &mut AnyConn) -> Result<Written, Stop> {
        let cx = &self.cx;
        let id = self.signed_in.identity.id;
        let before = store::identities::get(conn, id)?.filter(Identity::is_active).ok_or(Stop::Lost)?;
        let credentials = store::credentials::of_identity(conn, id)?;
        self.check(&credentials)?;
        if !store::flows::save(conn, &self.flow, cx.now)? {
            return Err(Stop::Lost);
        }
        let plan = Plan { set: &self.set, wanted: self.wanted.clone() };
        let identity = plan.identity(cx, &before).map_err(Stop::Wrong)?;
        let schema = propose::schema(cx, &identity.schema_id).map_err(Stop::Wrong)?;
        let after = self.credentials(&schema, &identity, &credentials);
        if identity == before {
            store::identities::touch(conn, id, cx.now)?;
        } else if !store::identities::update(conn, &identity)? {
            return Err(Stop::Lost);
        }
        if !identity.is_active() {
            self.farewell.disabled(conn)?;
        }
        for gone in credentials.iter().filter(|known| !after.iter().any(|kept| kept.kind == known.kind)) {
            store::credentials::remove(conn, id, gone.kind)?;
        }
        for credential in after.iter().filter(|kept| !credentials.contains(kept)) {
            store::credentials::put(conn, credential)?;
        }
        let changes = changes(&credentials, &after);
        let (session, token) = self.proved(conn)?;
        let identity = store::identities::get(conn, id)?.ok_or(Stop::Lost)?;
        let continue_with = self.hooks(conn, &identity, &before, &session)?;
        let identity = store::identities::get(conn, id)?.ok_or(Stop::Lost)?;
        let credentials = store::credentials::of_identity(conn, id)?;
        Ok(Written { who: Subject { identity, credentials }, session, token, continue_with, changes })
    }

    /// The change was worked out from these credentials alone.
    fn check(&self, stored: &[Credential]) -> Result<(), Stop> {
        let same = self.set.expected.iter().all(|(kind, config)| {
            stored.iter().find(|known| known.kind == *kind).map(|known| &known.config) == config.as_ref()
        });
        if same { Ok(()) } else { Err(Stop::Lost) }
    }

    /// The credentials as they shall be.
    fn credentials(&self, schema: &Schema, identity: &Identity, stored: &[Credential]) -> Vec<Credential> {
        let mut after: Vec<Credential> =
            stored.iter().filter(|known| !self.set.removals.contains(&known.kind)).cloned().collect();
        for put in &self.set.puts {
            let config = crate::identity::vault::seal(&self.cx, put.kind, put.config.clone());
            let fresh = follow::fresh(&self.cx, identity, put.kind, config.clone());
            let known = after.iter().position(|known| known.kind == put.kind).map(|at| after.remove(at));
            let kept = known.map_or(fresh, |known| Credential { config, updated_at: self.cx.now, ..known });
            after.push(Credential { identifiers: put.identifiers.clone(), ..kept });
        }
        follow::traits(&self.cx, schema, identity, &mut after);
        after
    }

    /// Notes in the session what was proved by the way. A browser gets another token when its assurance level changes;
    /// a program cannot be told of one here, and keeps what it has.
    fn proved(&self, conn: &mut AnyConn) -> Result<(Session, Option<Secret<String>>), Stop> {
        let session = &self.signed_in.session;
        let Some(by) = &self.set.proves else { return Ok((session.clone(), None)) };
        if self.flow.data.flow_type == FlowType::Api {
            return Ok((session::issue::note(conn, &self.cx, session, by.clone())?, None));
        }
        let renewed = session::issue::again(conn, &self.cx, session, by.clone(), &self.visitor.device)?;
        Ok((renewed.session, renewed.token))
    }

    fn hooks(
        &self,
        conn: &mut AnyConn,
        identity: &Identity,
        before: &Identity,
        session: &Session,
    ) -> Result<Vec<ContinueWith>, Stop> {
        let mut after = After::new(&self.cx, &self.flow, identity, session, &self.visitor.csrf).changed_from(before);
        after.run(conn, &self.hooks)?;
        Ok(after.continue_with)
    }
}

/// Changes the account of who is signed in.
pub(super) async fn change(taken: Taken<'_>, set: ChangeSet) -> Result<Outcome, FlowError> {
    let Taken { cx, visitor, open, .. } = taken;
    let signed_in = visitor.session.clone().ok_or(Refusal::NoSession)?;
    if set.privileged {
        settings::demand_fresh(cx, visitor, &open)?;
    }
    let wanted = match propose::propose(cx, visitor, &open, &signed_in, &set).await? {
        Proposal::Write(wanted) => *wanted,
        Proposal::Prove(change) => return Box::pin(prove_first(cx, visitor, open, &signed_in, *change)).await,
        Proposal::No(issues) => {
            let form = form::complaining(open.data.ui.clone(), issues);
            return again(cx, visitor, open, form).await;
        }
    };
    let mut hooks = cx.config.selfservice.settings.after.after_write(set.method);
    if verification::is_enabled(cx) && !hooks.contains(&Hook::Verification) {
        hooks.insert(0, Hook::Verification);
    }
    let (method, form, again_open) = (set.method, open.data.ui.clone(), open.clone());
    let mut changed = open.in_state(FlowState::Success);
    for name in &set.forget {
        changed = changed.forgetting(name);
    }
    let (cx2, visitor2) = (cx.clone(), visitor.clone());
    let farewell = Farewell::to(cx, signed_in.identity.id);
    let flow = changed.into_flow();
    let work = Arc::new(Work { cx: cx2, visitor: visitor2, signed_in, flow, set, wanted, hooks, farewell });
    let job = Arc::clone(&work);
    let written = match cx.db.write(move |conn| job.write(conn)).await {
        Ok(written) => written,
        Err(Stop::Store(error)) => return Err(error.into()),
        Err(Stop::Duplicate) => {
            return again(cx, visitor, again_open, form::saying(form, validation::duplicate_identifier())).await;
        }
        Err(Stop::Wrong(issues)) => {
            return again(cx, visitor, again_open, form::complaining(form, issues)).await;
        }
        Err(Stop::Lost) => return Err(lost_for_good(cx, visitor, &work.flow).await),
    };
    let about = About { flow: &work.flow, identity: Some(&written.who.identity), session: Some(&written.session) };
    web_hook::run_after(cx, visitor, &work.hooks, &about).await?;
    tracing::info!(
        target: "audit", event = "SettingsSucceeded", identity = %written.who.identity.id, method,
        request = %cx.request_id, "settings changed"
    );
    for (event, kind) in &written.changes {
        tracing::info!(
            target: "audit", event, identity = %written.who.identity.id, credential = %kind, client = visitor.address,
            request = %cx.request_id, "a credential was changed by its owner"
        );
    }
    Ok(Outcome::Changed(Box::new(answer(cx, visitor, &work, written).await?)))
}

/// The traits wait: a verification of the new address begins, and is what the client goes on with.
async fn prove_first(
    cx: &Cx,
    visitor: &Visitor,
    open: Open,
    signed_in: &SignedIn,
    (identity, address): (Identity, VerifiableAddress),
) -> Result<Outcome, FlowError> {
    let mut form = open.data.ui.clone();
    let wanted = address.clone();
    let owner = cx.db.read(move |conn| store::addresses::verifiable_by_value(conn, wanted.via, &wanted.value)).await?;
    if owner.is_some_and(|(owner, _)| owner != identity.id) {
        form.messages.push(validation::duplicate_identifier());
        return again(cx, visitor, open, form).await;
    }
    traits::fill(&mut form, &identity.traits);
    let flow = open.show(form).into_flow();
    let (cx2, csrf, signed_in, stored) = (cx.clone(), visitor.csrf.clone(), signed_in.clone(), flow.clone());
    let (traits, new) = (identity.traits, address.clone());
    let verification = cx
        .db
        .write(move |conn| {
            store::flows::save(conn, &stored, cx2.now)?;
            let change = Change { flow: &stored, signed_in: &signed_in, traits: &traits, address: &new, csrf: &csrf };
            pending::wait(conn, &cx2, &change)
        })
        .await?;
    let page = verification::page(cx, &verification);
    let item = ContinueWith::ShowVerificationUi {
        flow: verification.id,
        address: address.value,
        url: flow.is_browser().then(|| page.clone()),
    };
    let view = FlowView::of(cx, flow, Some(&visitor.csrf));
    let expires_at = cx.now;
    Ok(Outcome::Changed(Box::new(Changed { view, continue_with: vec![item], go: page, token: None, expires_at })))
}

/// The form as it is after the change, with what the client does next.
async fn answer(cx: &Cx, visitor: &Visitor, work: &Work, written: Written) -> Result<Changed, FlowError> {
    let mut flow = work.flow.clone();
    // The write has counted a change of its own.
    flow.revision += 1;
    let schema = crate::flow::begin::schema_of(cx, &written.who.identity)?;
    let scene = Scene { schema: Some(&schema), who: Some(&written.who) };
    flow.data.ui = form::first(cx, &mut flow, scene);
    flow.data.ui.messages.push(text::saved());
    super::save(cx, visitor, &flow).await?;
    let page = form::ui_url(&cx.config, flow.kind, flow.id);
    let wished = flow.data.return_to.as_deref().and_then(|text| url::Url::parse(text).ok());
    let after = &cx.config.selfservice.settings.after;
    let go = wished.or_else(|| after.return_url_of(work.set.method).cloned()).unwrap_or(page);
    let mut continue_with = written.continue_with;
    let shown = continue_with.iter().find_map(ContinueWith::verification_page);
    let go = shown.unwrap_or(go);
    if flow.is_browser() {
        continue_with.push(ContinueWith::RedirectBrowserTo(go.clone()));
    }
    let mut view = FlowView::of(cx, flow, Some(&visitor.csrf));
    view.identity = Some(written.who.identity);
    Ok(Changed { view, continue_with, go, token: written.token, expires_at: written.session.expires_at })
}

#[cfg(test)]
mod tests;
