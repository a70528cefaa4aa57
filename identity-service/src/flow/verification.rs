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
    hooks::web_hook::{self, About},
    oauth::{self, Signed},
    outcome::Outcome,
    pending::{self, Applied},
    send::{self, Letter, Reader},
    submit,
    view::FlowView,
    visitor::Visitor,
};
use crate::{
    app::Cx,
    config::Delivery,
    limit,
    method::{self, Scene},
    model::{
        address::{VerifiableAddress, Via},
        code::CodeKind,
        flow::{Flow, FlowKind, FlowState, Open, Waiting},
        identity::Identity,
        session::Aal,
        step::{Redeem, Target},
    },
    one_time, store,
    ui::{
        node::{Container, Group},
        text::{validation, verification},
    },
};

/// Whether addresses can be verified: the flow is switched on, and so is the method it uses.
pub(super) fn is_enabled(cx: &Cx) -> bool {
    let methods = &cx.config.selfservice.methods;
    let by = match cx.config.selfservice.verification.strategy {
        Delivery::Code => methods.code.enabled,
        Delivery::Link => methods.link.enabled,
    };
    cx.config.selfservice.verification.enabled && by
}

/// Begins a verification somebody asks for.
#[tracing::instrument(name = "flow.verification.begin", skip_all)]
pub(crate) async fn begin(cx: &Cx, visitor: &Visitor, wish: Wish) -> Result<FlowView, FlowError> {
    if !is_enabled(cx) {
        return Err(Refusal::Disabled(FlowKind::Verification).into());
    }
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
    /// The address is the identity's only once it is proven.
    pub(super) waits: bool,
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
    flow.data.identity_id = spawn.waits.then_some(spawn.identity.id);
    let (via, address) = (spawn.address.via, spawn.address.value.clone());
    flow.data.ui = method::verification_sent(&form::empty(cx, &flow), kind, via, &address);
    store::flows::insert(conn, &flow)?;
    let target = Target { via, address, owner: Some(spawn.identity.id) };
    let letter = Letter { flow: &flow, kind, target: &target };
    send::to(conn, cx, &letter, &Reader::Owner(spawn.identity))?;
    Ok(flow)
}

/// The page that shows a verification.
pub(super) fn page(cx: &Cx, flow: &Flow) -> Url {
    form::ui_url(&cx.config, FlowKind::Verification, flow.id)
}

fn kind(cx: &Cx) -> CodeKind {
    match cx.config.selfservice.verification.strategy {
        Delivery::Code => CodeKind::Code,
        Delivery::Link => CodeKind::Link,
    }
}

/// What became of a secret that came back.
enum Redeemed {
    /// The address is proven.
    Proven(Box<Proven>),
    /// It is wrong, too old, or was used before.
    Wrong,
    /// Too many were tried in this flow.
    Exhausted,
    /// Too many were tried for this address.
    Wait(std::time::Duration),
    /// Somebody else closed the flow.
    Lost,
}

/// An address that is proven.
struct Proven {
    via: Via,
    identity: Identity,
    /// The traits that waited for it, which are the identity's now.
    applied: Option<Applied>,
}

/// Takes a code or link back: of many tries at once one wins.
pub(super) async fn redeem(cx: &Cx, visitor: &Visitor, open: Open, redeem: Redeem) -> Result<Outcome, FlowError> {
    let kind = redeem.kind;
    let form = open.data.ui.clone();
    let go = destination(cx, &open);
    let group = if kind == CodeKind::Code { Group::Code } else { Group::Link };
    let done = open.clone().close(cx.now);
    let (cx2, closed, client, csrf) = (cx.clone(), done.clone(), visitor.address.clone(), visitor.csrf.clone());
    let shown = go.clone();
    let redeemed = cx
        .db
        .write(move |conn| {
            let end = End { cx: &cx2, closed: &closed, group, go: &shown, client: &client, csrf: &csrf };
            end.spend(conn, &redeem)
        })
        .await?;
    match redeemed {
        Redeemed::Proven(it) => {
            let mut done = done;
            done.data.ui = form::verified(group, it.via, &go);
            tell(cx, visitor, &done, &it).await?;
            proven(cx, visitor, done, it.via).await
        }
        Redeemed::Wait(wait) => Err(FlowError::Limited(wait)),
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

/// The end of a verification.
struct End<'a> {
    cx: &'a Cx,
    /// The flow, when it has done its work.
    closed: &'a Flow,
    group: Group,
    /// Where it leads.
    go: &'a Url,
    /// The client's address, for quotas.
    client: &'a str,
    /// The CSRF secret of the browser that shows what follows.
    csrf: &'a CsrfSecret,
}

impl End<'_> {
    /// The one write of a redemption: the try is counted, the secret spent, the address proven and the flow closed.
    fn spend(&self, conn: &mut AnyConn, redeem: &Redeem) -> Result<Redeemed, Error> {
        let cx = self.cx;
        let spent = match one_time::spend(conn, cx, self.closed, redeem, self.client)? {
            one_time::Redeemed::Spent(spent) => spent,
            one_time::Redeemed::Wrong => return Ok(Redeemed::Wrong),
            one_time::Redeemed::Exhausted => return Ok(Redeemed::Exhausted),
            one_time::Redeemed::Wait(wait) => return Ok(Redeemed::Wait(wait)),
        };
        let applied = match pending::apply(conn, cx, self.closed.id, &spent)? {
            pending::Outcome::Applied(applied) => {
                pending::run_hooks(conn, cx, self.closed, &applied, self.csrf)?;
                Some(*applied)
            }
            pending::Outcome::Void => return Ok(Redeemed::Wrong),
            pending::Outcome::Nothing => None,
        };
        // The address may have been changed since: the code proves the old one only.
        let known = store::addresses::verifiable_by_value(conn, spent.via, &spent.address)?;
        let Some((owner, known)) = known.filter(|(owner, _)| Some(*owner) == spent.identity_id) else {
            return Ok(Redeemed::Wrong);
        };
        if applied.is_none() && !store::addresses::mark_verified(conn, known.id, cx.now)? {
            return Ok(Redeemed::Wrong);
        }
        let mut closed = self.closed.clone();
        closed.data.ui = form::verified(self.group, spent.via, self.go);
        if !store::flows::save(conn, &closed, cx.now)? {
            return Ok(Redeemed::Lost);
        }
        tracing::info!(
            target: "audit", event = "VerificationSucceeded", identity = %owner, address = %known.id,
            method = redeem.kind.as_str(), request = %cx.request_id, "address verified"
        );
        let Some(identity) = store::identities::get(conn, owner)? else { return Ok(Redeemed::Wrong) };
        Ok(Redeemed::Proven(Box::new(Proven { via: spent.via, identity, applied })))
    }
}

/// Runs the web hooks that follow.
async fn tell(cx: &Cx, visitor: &Visitor, flow: &Flow, proven: &Proven) -> Result<(), FlowError> {
    let flows = &cx.config.selfservice;
    let identity = Some(&proven.identity);
    let method = flow.data.active.as_deref().unwrap_or_default();
    let hooks = flows.verification.after.all(method);
    web_hook::run_after(cx, visitor, &hooks, &About { flow, identity, session: None }).await?;
    if let Some(applied) = &proven.applied {
        let hooks = flows.settings.after.after_write("profile");
        let session = Some(&applied.session);
        web_hook::run_after(cx, visitor, &hooks, &About { flow, identity, session }).await?;
    }
    Ok(())
}

/// Tells the OAuth2 provider whose sign-in waited for this.
async fn proven(cx: &Cx, visitor: &Visitor, mut flow: Flow, via: Via) -> Result<Outcome, FlowError> {
    if let (Some(oauth2), Some(waiting)) = (&flow.data.oauth2, &flow.data.waiting) {
        // Who has registered a moment ago has one factor.
        let signed = Signed {
            identity_id: waiting.identity_id,
            session_id: waiting.session_id,
            aal: Aal::Aal1,
            amr: waiting.amr.clone(),
        };
        let go = match oauth::accept(cx, &oauth2.challenge, &signed).await {
            Ok(go) | Err(FlowError::Moved(go)) => go,
            Err(error) => return Err(error),
        };
        let group = if flow.data.active.as_deref() == Some("link") { Group::Link } else { Group::Code };
        flow.data.ui = form::verified(group, via, &go);
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
            let _ = Box::pin(redeem(cx, visitor, open.show(form).handed_to(mark, None), secret)).await?;
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
