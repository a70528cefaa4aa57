//! Proving an address (contract §1.4, §7.4): the beginning of a verification, by a person or by a hook; the sending of
//! a code or link; and its return.

use shared_types::{
    db::{AnyConn, Error},
    http::limit::RetryAfter,
    id::FlowId,
    secret::Secret,
};
use url::Url;

use super::{
    FlowError, Refusal, begin,
    begin::Wish,
    csrf::CsrfSecret,
    finish, form,
    oauth::{self, Signed},
    outcome::Outcome,
    send::{self, Letter},
    submit,
    view::FlowView,
    visitor::Visitor,
};
use crate::{
    app::Cx,
    config::VerificationUse,
    limit,
    method::{self, Scene},
    model::{
        address::VerifiableAddress,
        code::CodeKind,
        flow::{Flow, FlowKind, FlowState, Open, Waiting},
        identity::Identity,
        step::{Outbox, Owner, Redeem},
    },
    store,
    ui::{
        node::{Container, Group},
        text::{validation, verification},
    },
};

/// Whether addresses can be verified: the flow is switched on, and so is the method it uses.
pub(super) fn is_enabled(cx: &Cx) -> bool {
    cx.config.selfservice.verification.enabled && !method::enabled(cx, FlowKind::Verification).is_empty()
}

/// Begins a verification somebody asks for.
#[tracing::instrument(name = "flow.verification.begin", skip_all)]
pub(crate) async fn begin(cx: &Cx, visitor: &Visitor, wish: Wish) -> Result<FlowView, FlowError> {
    if !is_enabled(cx) {
        return Err(Refusal::Disabled(FlowKind::Verification).into());
    }
    begin::guard_native(visitor, wish.flow_type)?;
    let mut flow = begin::new(cx, FlowKind::Verification, &visitor.csrf, &wish);
    flow.data.return_to = begin::return_to(&cx.config, wish.return_to.as_deref())?.map(String::from);
    begin::open(cx, visitor, flow, Scene { schema: None, who: None }, None).await
}

/// A verification that follows another flow.
pub(super) struct Spawn<'a> {
    /// The flow before.
    pub(super) parent: &'a Flow,
    /// Whose address it is.
    pub(super) identity: &'a Identity,
    /// The address.
    pub(super) address: &'a VerifiableAddress,
    /// The CSRF secret of the browser that will show it.
    pub(super) csrf: &'a CsrfSecret,
    /// The sign-in that waits for it at the OAuth2 provider.
    pub(super) waiting: Option<Waiting>,
}

/// Begins a verification that follows another flow, and sends its code or link.
pub(super) fn spawn(conn: &mut AnyConn, cx: &Cx, spawn: &Spawn<'_>) -> Result<Flow, Error> {
    let parent = &spawn.parent.data;
    let return_to = parent.after_verification.clone().or_else(|| parent.return_to.clone());
    let mut request_url = form::public_url(&cx.config, &format!("self-service/verification/{}", parent.flow_type));
    if let Some(return_to) = &return_to {
        request_url.query_pairs_mut().append_pair("return_to", return_to);
    }
    let wish = Wish::new(parent.flow_type, request_url.into());
    let mut flow = begin::new(cx, FlowKind::Verification, spawn.csrf, &wish);
    flow.data.return_to = return_to;
    flow.data.oauth2 = parent.oauth2.clone().filter(|_| spawn.waiting.is_some());
    flow.data.waiting.clone_from(&spawn.waiting);
    flow.data.transient_payload.clone_from(&parent.transient_payload);
    flow.state = FlowState::SentEmail;
    let kind = kind(cx);
    flow.data.active = Some(kind.as_str().to_owned());
    flow.data.address = Some(spawn.address.value.clone());
    flow.data.ui = form::sent(cx, &flow, kind, &spawn.address.value);
    store::flows::insert(conn, &flow)?;
    let owner = Owner { address_id: spawn.address.id, identity_id: spawn.identity.id };
    send::to_owner(conn, cx, &Letter { flow: &flow, kind, address: &spawn.address.value }, owner, spawn.identity)?;
    Ok(flow)
}

/// The page that shows a verification.
pub(super) fn page(cx: &Cx, flow: &Flow) -> Url {
    form::ui_url(&cx.config, FlowKind::Verification, flow.id)
}

fn kind(cx: &Cx) -> CodeKind {
    match cx.config.selfservice.verification.strategy {
        VerificationUse::Code => CodeKind::Code,
        VerificationUse::Link => CodeKind::Link,
    }
}

/// Sends a code or link, and shows the form that takes it. Known and unknown addresses are answered alike.
pub(super) async fn sent(cx: &Cx, visitor: &Visitor, open: Open, outbox: Outbox) -> Result<Outcome, FlowError> {
    let Outbox { kind, address, owner } = outbox;
    let form = form::sent(cx, &open, kind, &address);
    let flow = open.show(form).sent(&address).into_flow();
    let (cx2, stored) = (cx.clone(), flow.clone());
    let kept = cx
        .db
        .write(move |conn| {
            if !store::flows::save(conn, &stored, cx2.now)? {
                return Ok::<_, Error>(false);
            }
            let letter = Letter { flow: &stored, kind, address: &address };
            let identity = owner.map(|owner| store::identities::get(conn, owner.identity_id)).transpose()?.flatten();
            match owner.zip(identity) {
                Some((owner, identity)) => send::to_owner(conn, &cx2, &letter, owner, &identity)?,
                None => send::to_nobody(conn, &cx2, &letter)?,
            }
            Ok(true)
        })
        .await?;
    // Somebody else was quicker, as a second click on the same button is: what he was told is told again.
    let flow = if kept { flow } else { finish::reread(cx, visitor, &flow).await? };
    Ok(Outcome::Shown(FlowView::of(cx, flow, Some(&visitor.csrf))))
}

/// What became of a secret that came back.
enum Redeemed {
    /// The address is proven.
    Proven,
    /// It is wrong, too old, or was used before.
    Wrong,
    /// Too many were tried.
    Exhausted,
    /// Somebody else closed the flow.
    Lost,
}

/// Takes a code or link back: of many tries at once one wins.
pub(super) async fn redeem(cx: &Cx, visitor: &Visitor, open: Open, redeem: Redeem) -> Result<Outcome, FlowError> {
    let kind = redeem.kind;
    let form = open.data.ui.clone();
    let go = destination(cx, &open);
    let group = if kind == CodeKind::Code { Group::Code } else { Group::Link };
    let done = open.clone().show(form::verified(group, &go)).close(cx.now);
    let (cx2, closed) = (cx.clone(), done.clone());
    let redeemed = cx.db.write(move |conn| spend(conn, &cx2, &closed, &redeem)).await?;
    match redeemed {
        Redeemed::Proven => proven(cx, visitor, done).await,
        Redeemed::Lost => Err(finish::lost_for_good(cx, visitor, &done).await),
        Redeemed::Exhausted => {
            let told = validation::generic("Too many codes were tried. Please ask for a new one.");
            finish::again(cx, visitor, open, form::saying(form, told)).await
        }
        Redeemed::Wrong => {
            let message = match kind {
                CodeKind::Code => verification::code_invalid(),
                CodeKind::Link => verification::link_invalid(),
            };
            let flow = open.show(form::saying(form, message)).into_flow();
            finish::save(cx, visitor, &flow).await?;
            Ok(Outcome::Shown(FlowView::of(cx, flow, Some(&visitor.csrf))))
        }
    }
}

/// The one write of a redemption: the try is counted, the secret spent, the address proven and the flow closed.
fn spend(conn: &mut AnyConn, cx: &Cx, closed: &Flow, redeem: &Redeem) -> Result<Redeemed, Error> {
    let budget = cx.config.selfservice.code.max_submissions;
    if redeem.kind == CodeKind::Code && !store::flows::count_try(conn, closed.id, budget)? {
        return Ok(Redeemed::Exhausted);
    }
    let digests = cx.secrets.digester.candidates(send::PURPOSE, redeem.secret.expose());
    let Some(spent) = store::codes::spend(conn, closed.id, redeem.kind, &digests, cx.now)? else {
        return Ok(Redeemed::Wrong);
    };
    // The address may have been changed since: the code proves the old one only.
    let known = store::addresses::verifiable_by_id(conn, spent.address_id)?;
    let same = known.is_some_and(|(owner, known)| owner == spent.identity_id && known.value == spent.address);
    if !same || !store::addresses::mark_verified(conn, spent.address_id, cx.now)? {
        return Ok(Redeemed::Wrong);
    }
    if !store::flows::save(conn, closed, cx.now)? {
        return Ok(Redeemed::Lost);
    }
    tracing::info!(
        target: "audit", event = "VerificationSucceeded", identity = %spent.identity_id, address = %spent.address_id,
        method = redeem.kind.as_str(), request = %cx.request_id, "address verified"
    );
    Ok(Redeemed::Proven)
}

/// Tells the OAuth2 provider whose sign-in waited for this.
async fn proven(cx: &Cx, visitor: &Visitor, mut flow: Flow) -> Result<Outcome, FlowError> {
    if let (Some(oauth2), Some(waiting)) = (&flow.data.oauth2, &flow.data.waiting) {
        let signed =
            Signed { identity_id: waiting.identity_id, session_id: waiting.session_id, amr: waiting.amr.clone() };
        let go = match oauth::accept(cx, &oauth2.challenge, &signed).await {
            Ok(go) | Err(FlowError::Moved(go)) => go,
            Err(error) => return Err(error),
        };
        let group = if flow.data.active.as_deref() == Some("link") { Group::Link } else { Group::Code };
        flow.data.ui = form::verified(group, &go);
        let stored = flow.clone();
        cx.db.write(move |conn| store::flows::rewrite(conn, &stored)).await?;
    }
    Ok(Outcome::Shown(FlowView::of(cx, flow, Some(&visitor.csrf))))
}

/// A link from a mail was followed, in whatever browser: with a code the form is shown filled in, with a token the
/// address is proven at once. The answer is the flow to show.
#[tracing::instrument(name = "flow.verification.follow", skip_all, fields(flow = %id))]
pub(crate) async fn follow(cx: &Cx, visitor: &Visitor, id: FlowId, link: Link) -> Result<FlowId, FlowError> {
    let open = match submit::load(cx, FlowKind::Verification, id).await?.open(cx.now) {
        Ok(open) => open,
        Err(ended) => return Err(submit::replaced(cx, visitor, ended).await?),
    };
    let mark = visitor.csrf.mark(&cx.secrets.digester);
    match link {
        Link::Code(code) => {
            let sealed = cx.secrets.ciphers.seal_text(PREFILL, &*cx.entropy, code.as_bytes());
            let flow = open.handed_to(mark, Some(sealed)).into_flow();
            finish::save(cx, visitor, &flow).await?;
        }
        Link::Token(token) => {
            limit::check(cx, "verification", &visitor.address, None)
                .map_err(|RetryAfter(wait)| FlowError::Limited(wait))?;
            let secret = Redeem { kind: CodeKind::Link, secret: Secret::new(token) };
            let mut form = open.data.ui.clone();
            form.clear_messages();
            let _ = redeem(cx, visitor, open.show(form).handed_to(mark, None), secret).await?;
        }
    }
    Ok(id)
}

/// What a link from a mail carries.
#[derive(Debug, Clone)]
pub(crate) enum Link {
    /// A code to be confirmed.
    Code(String),
    /// A token that is proof enough.
    Token(String),
}

/// What a code in a link is sealed for, until its form is shown.
const PREFILL: &str = "verification prefill";

/// Fills in the code that came with a link.
pub(super) fn fill_in(cx: &Cx, flow: &Flow, form: &mut Container) {
    let Some(sealed) = &flow.data.prefill else { return };
    let opened = cx.secrets.ciphers.open_text(PREFILL, sealed).ok().and_then(|code| String::from_utf8(code).ok());
    form.set_value("code", opened.map(Into::into));
}

/// Where a proven address leads.
fn destination(cx: &Cx, flow: &Flow) -> Url {
    let pages = &cx.config.selfservice;
    let wished = flow.data.return_to.as_deref().and_then(|text| Url::parse(text).ok());
    let fallback =
        || pages.verification.after.default_browser_return_url.as_ref().unwrap_or(&pages.default_browser_return_url);
    wished.unwrap_or_else(|| fallback().clone())
}
