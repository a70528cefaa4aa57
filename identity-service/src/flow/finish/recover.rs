//! The end of a recovery: its owner is signed in, and led to the settings, where he can change what he signs in with.

use std::sync::Arc;

use shared_types::db::AnyConn;

use super::{FlowError, Outcome, Stop, Work, Written, finished, lost_for_good};
use crate::{
    app::Cx,
    flow::{
        begin, form,
        hooks::web_hook::{self, About},
        outcome::{ContinueWith, Finished, Recovered},
        settings,
        visitor::{SignedIn, Visitor},
    },
    limit,
    method::{Scene, Subject},
    model::{
        code::CodeKind,
        flow::{Flow, FlowType, Open},
        identity::Identity,
        session::{Aal, AuthenticationMethod},
    },
    session, store,
    store::codes::Spent,
    ui::text::{login, recovery},
};

impl Work {
    fn recover(&self, conn: &mut AnyConn, spent: &Spent) -> Result<Written, Stop> {
        let cx = &self.cx;
        let id = spent.identity_id.ok_or(Stop::Lost)?;
        let identity = store::identities::get(conn, id)?.filter(Identity::is_active).ok_or(Stop::Disabled)?;
        self.close(conn)?;
        // Who has read what was sent there has proven the address by the way (contract §7.2).
        let known = store::addresses::verifiable_by_value(conn, spent.via, &spent.address)?;
        if let Some((owner, known)) = known
            && owner == id
            && !known.verified
            // What an administrator hands over was sent nowhere.
            && !self.flow.data.for_any_browser
        {
            store::addresses::mark_verified(conn, known.id, cx.now)?;
        }
        for credential in store::credentials::of_identity(conn, id)? {
            for identifier in &credential.identifiers {
                limit::lifted(conn, &limit::account_of(cx, identifier, &self.visitor.address), cx.now)?;
            }
        }
        let issued = session::issue::new_session(conn, cx, &identity, vec![self.by.clone()], &self.visitor.device)?;
        let mut written = self.finish(conn, identity, issued)?;
        written.hand_out = true;
        Ok(written)
    }
}

/// Signs in the owner of a recovered account.
pub(in crate::flow) async fn recovered(
    cx: &Cx,
    visitor: &Visitor,
    open: Open,
    kind: CodeKind,
    spent: Spent,
) -> Result<Outcome, FlowError> {
    let name = match kind {
        CodeKind::Code => "code_recovery",
        CodeKind::Link => "link_recovery",
    };
    let by = AuthenticationMethod::new(name, Aal::Aal1, cx.now);
    let (form, again_open) = (open.data.ui.clone(), open.clone());
    let hooks = cx.config.selfservice.recovery.after.all(kind.as_str());
    let work = Arc::new(Work::new(cx, visitor, open, by, hooks));
    let job = Arc::clone(&work);
    let written = match cx.db.write(move |conn| job.recover(conn, &spent)).await {
        Ok(written) => written,
        Err(Stop::Store(error)) => return Err(error.into()),
        Err(Stop::Disabled) => {
            return super::again(cx, visitor, again_open, form::saying(form, login::account_disabled())).await;
        }
        Err(Stop::Lost | Stop::Duplicate | Stop::Used) => return Err(lost_for_good(cx, visitor, &work.flow).await),
    };
    let about = About { flow: &work.flow, identity: Some(&written.identity), session: Some(&written.issued.session) };
    web_hook::run_after(cx, visitor, &work.hooks, &about).await?;
    tracing::info!(
        target: "audit", event = "RecoverySucceeded", identity = %written.identity.id, session = %written.issued.session.id,
        method = name, request = %cx.request_id, "account recovered"
    );
    let next = next(cx, &work, &written).await?;
    Ok(Outcome::Recovered(Box::new(answer(cx, &work, written, next.as_ref()))))
}

/// The settings flow that follows; none where the client wants to skip it.
async fn next(cx: &Cx, work: &Work, written: &Written) -> Result<Option<Flow>, FlowError> {
    if skips_settings(&work.flow) {
        return Ok(None);
    }
    let signed_in = SignedIn {
        session: written.issued.session.clone(),
        token: written.issued.token.clone(),
        identity: written.identity.clone(),
    };
    let visitor = Visitor { csrf: work.csrf().clone(), session: Some(signed_in.clone()), ..work.visitor.clone() };
    let mut flow = settings::after_recovery(cx, &visitor, &signed_in, &work.flow);
    let until = settings::fresh_until(cx, cx.now);
    flow.data.ui.messages.push(recovery::recovered(until));
    let who: Subject = settings::subject(cx, &signed_in).await?;
    let schema = begin::schema_of(cx, &who.identity)?;
    let scene = Scene { schema: Some(&schema), who: Some(&who) };
    Ok(Some(begin::open(cx, &visitor, flow, scene, None).await?.flow))
}

/// `skip_settings=true` in the URL that began the flow.
fn skips_settings(flow: &Flow) -> bool {
    url::Url::parse(&flow.data.request_url)
        .is_ok_and(|url| url.query_pairs().any(|(name, value)| name == "skip_settings" && value == "true"))
}

fn answer(cx: &Cx, work: &Work, written: Written, next: Option<&Flow>) -> Recovered {
    let home = super::return_to(cx, &work.flow, &cx.config.selfservice.recovery.after, "");
    let page = next.map(|flow| form::ui_url(&cx.config, flow.kind, flow.id));
    let go = page.clone().unwrap_or(home);
    let native = work.flow.data.flow_type == FlowType::Api;
    let done: Finished = finished(work, written, go, true);
    let mut continue_with: Vec<ContinueWith> =
        done.continue_with.iter().filter(|item| matches!(item, ContinueWith::SetSessionToken(_))).cloned().collect();
    match next {
        Some(flow) => {
            continue_with.push(ContinueWith::ShowSettingsUi { flow: flow.id, url: page.filter(|_| !native) });
        }
        None => continue_with.push(ContinueWith::RedirectBrowserTo(done.go.clone())),
    }
    Recovered { done: Finished { continue_with, ..done }, flow: work.flow.clone() }
}
