//! Signing in: the proof becomes a session, or another factor of the session there is.

use std::sync::Arc;

use shared_types::db::{AnyConn, Error};

use super::{FlowError, Outcome, Stop, Taken, Work, Written, again, finished, return_to};
use crate::{
    app::Cx,
    config::Hook,
    flow::{
        form,
        hooks::{
            self,
            web_hook::{self, About},
        },
        linking::{self, Pending},
        oauth::{self, Signed},
        outcome::Finished,
        visitor::{SignedIn, Visitor},
    },
    limit,
    model::{
        flow::{Flow, FlowType},
        identity::Identity,
        session::{Aal, Session},
        step::{Proof, Swap},
    },
    session::{
        self, aal,
        issue::{Issued, Renewed},
    },
    store,
    ui::text::{login, validation},
};

/// What a sign-in writes, owned, because a write may be run again.
struct SignIn {
    proof: Proof,
    session: Session,
    /// An account at a provider that this proof links.
    link: Option<Pending>,
}

impl Work {
    fn sign_in(&self, conn: &mut AnyConn, SignIn { proof, session, link }: &SignIn) -> Result<Written, Stop> {
        let cx = &self.cx;
        // Read again: the identity may have been disabled while the password was hashed.
        let identity =
            store::identities::get(conn, proof.identity.id)?.filter(Identity::is_active).ok_or(Stop::Disabled)?;
        // The flow was open when this began. That it has been closed while the password was hashed is a second click on
        // the same button: who has proved himself is signed in all the same.
        if !store::flows::save(conn, &self.flow, cx.now)? && proof.once {
            return Err(Stop::Used);
        }
        if let Some(account) = &proof.account {
            limit::succeeded(conn, account, cx.now)?;
        }
        for swap in &proof.swaps {
            swapped(conn, cx, swap)?;
        }
        if let Some((via, address)) = &proof.address
            && let Some((owner, known)) = store::addresses::verifiable_by_value(conn, *via, address)?
            && owner == identity.id
            && !known.verified
        {
            store::addresses::mark_verified(conn, known.id, cx.now)?;
        }
        if let Some(link) = link {
            link.link(conn, cx, &identity).map_err(|error| match error {
                Error::Conflict(_) => Stop::Duplicate,
                error => Stop::Store(error),
            })?;
        }
        let same = self.visitor.session.as_ref().filter(|known| known.identity.id == identity.id);
        let issued = match same {
            Some(known) => {
                let Renewed { session, token } =
                    session::issue::again(conn, cx, &known.session, self.by.clone(), &self.visitor.device)?;
                Issued { session, token: token.unwrap_or_else(|| known.token.clone()) }
            }
            None => session::issue::open(conn, cx, session.clone())?,
        };
        self.finish(conn, identity, issued)
    }
}

/// A credential as the proof changes it. What the proof depends on must not have been changed by anybody else.
fn swapped(conn: &mut AnyConn, cx: &Cx, swap: &Swap) -> Result<(), Stop> {
    let done = store::credentials::replace_config(conn, swap.id, &swap.before, &swap.after, cx.now)?;
    if done || !swap.required { Ok(()) } else { Err(Stop::Used) }
}

/// Signs in whoever has proved himself.
pub(super) async fn sign_in(taken: Taken<'_>, proof: Proof) -> Result<Outcome, FlowError> {
    let Taken { cx, visitor, open, .. } = taken;
    let hooks = cx.config.selfservice.login.after.all(&proof.by.method);
    if hooks.contains(&Hook::RequireVerifiedAddress) && !hooks::is_verified(&proof) {
        return Box::pin(hooks::refuse_unverified(cx, visitor, open, &proof.identity)).await;
    }
    let (form, again_open) = (open.data.ui.clone(), open.clone());
    let link = linking::pending(cx, &open);
    if link.as_ref().is_some_and(|link| !link.is_for(&proof.identity)) {
        return again(cx, visitor, again_open, form::saying(form, login::another_account())).await;
    }
    let same = visitor.session.as_ref().filter(|known| known.identity.id == proof.identity.id);
    let session = preview(cx, visitor, &proof, same);
    let about = About { flow: &open, identity: Some(&proof.identity), session: Some(&session) };
    if let Some(issues) = web_hook::run(cx, visitor, &hooks, &about).await? {
        return again(cx, visitor, again_open, form::complaining(form, issues)).await;
    }
    let same = same.is_some();
    let mut work = Work::new(cx, visitor, open, proof.by.clone(), hooks);
    if same {
        work.csrf = None;
    }
    let work = Arc::new(work);
    let sign_in = Arc::new(SignIn { proof, session, link });
    let (job, what) = (Arc::clone(&work), Arc::clone(&sign_in));
    let written = cx.db.write(move |conn| job.sign_in(conn, &what)).await;
    let proof = &sign_in.proof;
    let written = match written {
        Ok(written) => written,
        Err(Stop::Store(error)) => return Err(error.into()),
        Err(Stop::Used) => {
            return again(cx, visitor, again_open, form::saying(form, validation::generic(USED))).await;
        }
        Err(Stop::Duplicate) => {
            return again(cx, visitor, again_open, form::saying(form, validation::duplicate_link())).await;
        }
        Err(Stop::Disabled | Stop::Lost) => {
            cx.figures.count("LoginFailed");
            tracing::warn!(
                target: "audit", event = "LoginFailed", identity = %proof.identity.id, method = proof.by.method,
                reason = "disabled", request = %cx.request_id, "sign-in refused"
            );
            return again(cx, visitor, again_open, form::saying(form, login::account_disabled())).await;
        }
    };
    cx.figures.count("LoginSucceeded");
    tracing::info!(
        target: "audit", event = "LoginSucceeded", identity = %written.identity.id, session = %written.issued.session.id,
        method = proof.by.method, aal = %written.issued.session.aal, request = %cx.request_id, "signed in"
    );
    let outcome = answer(cx, visitor, &work, written).await?;
    Ok(Outcome::SignedIn(Box::new(outcome)))
}

/// The session as it will be, for who is told of it before.
fn preview(cx: &Cx, visitor: &Visitor, proof: &Proof, same: Option<&SignedIn>) -> Session {
    match same {
        Some(known) => session::issue::noted(cx, &known.session, proof.by.clone()),
        None => session::issue::session(cx, proof.identity.id, vec![proof.by.clone()], &visitor.device),
    }
}

/// Said to the second of two who use the same code.
const USED: &str = "This was used a moment ago. Please try again, with another code where one is asked for.";

/// Where the person goes: to the second factor when one is missing, to the OAuth2 client that waits, or home.
async fn answer(cx: &Cx, visitor: &Visitor, work: &Work, written: Written) -> Result<Finished, FlowError> {
    let flow = &work.flow;
    let wanted = |oauth2| oauth::wants_second_factor(cx, oauth2, &written.identity);
    let short = written.issued.session.aal < Aal::Aal2 && flow.data.oauth2.as_ref().is_some_and(wanted);
    if short || aal::missing_for_whoami(cx, &written.issued.session, &written.identity).is_some() {
        return Ok(step_up(cx, work, written));
    }
    let home = return_to(cx, flow, &cx.config.selfservice.login.after, &work.by.method);
    let (go, must_navigate) = match &flow.data.oauth2 {
        Some(oauth2) => match oauth::accept(cx, &oauth2.challenge, &Signed::of(&written.issued.session)).await {
            Ok(go) | Err(FlowError::Moved(go)) => (go, true),
            Err(error) => return Err(error),
        },
        None => (written.verification_page.clone().unwrap_or(home), false),
    };
    let _ = visitor;
    Ok(finished(work, written, go, must_navigate))
}

/// One factor is proven, and the account has two: the browser goes on to the second (contract §6.7).
fn step_up(cx: &Cx, work: &Work, written: Written) -> Finished {
    let go = aal::step_up_url(cx, carried(&work.flow));
    let mut done = finished(work, written, go, true);
    done.continue_with.retain(|item| !matches!(item, crate::flow::outcome::ContinueWith::RedirectBrowserTo(_)));
    if work.flow.data.flow_type == FlowType::Api {
        done.identity = None;
    }
    done
}

/// What a flow was begun with, for the one that goes on with it.
fn carried(flow: &Flow) -> Vec<(&'static str, String)> {
    let mut pairs = vec![("aal", Aal::Aal2.as_str().to_owned())];
    if let Some(return_to) = &flow.data.return_to {
        pairs.push(("return_to", return_to.clone()));
    }
    if let Some(oauth2) = &flow.data.oauth2 {
        pairs.push(("login_challenge", oauth2.challenge.clone()));
    }
    pairs
}
