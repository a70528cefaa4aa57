//! Getting back into an account (contract §1.4, §7): the beginning, by a person or by an administrator, and the return of
//! the code or link, which signs in and leads to the settings.

use shared_types::{
    db::{AnyConn, Error},
    http::limit::RetryAfter,
    id::{FlowId, IdentityId},
    secret::Secret,
    time::Time,
};
use url::Url;

use super::{
    FlowError, Refusal, begin,
    begin::Wish,
    finish, form,
    outcome::Outcome,
    send::{self, Letter},
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
        address::Via,
        code::{Code, CodeKind, purpose},
        flow::{Flow, FlowKind, FlowState, FlowType, Open},
        step::{Redeem, Target},
    },
    one_time::{self, Redeemed},
    store,
    ui::text::{recovery, validation},
};

/// Whether accounts can be recovered: the flow is switched on, and so is the method it uses.
pub(super) fn is_enabled(cx: &Cx) -> bool {
    let methods = &cx.config.selfservice.methods;
    let by = match cx.config.selfservice.recovery.strategy {
        Delivery::Code => methods.code.enabled,
        Delivery::Link => methods.link.enabled,
    };
    cx.config.selfservice.recovery.enabled && by
}

/// Begins a recovery somebody asks for.
#[tracing::instrument(name = "flow.recovery.begin", skip_all)]
pub(crate) async fn begin(cx: &Cx, visitor: &Visitor, wish: Wish) -> Result<FlowView, FlowError> {
    if !is_enabled(cx) {
        return Err(Refusal::Disabled(FlowKind::Recovery).into());
    }
    let return_to = begin::return_to(&cx.config, wish.return_to.as_deref())?;
    if visitor.session.is_some() {
        let home = || cx.config.selfservice.default_browser_return_url.clone();
        return Err(Refusal::SessionAvailable(return_to.unwrap_or_else(home)).into());
    }
    let mut flow = begin::new(cx, FlowKind::Recovery, &visitor.csrf, &wish);
    flow.data.return_to = return_to.map(String::from);
    let chosen = cx.config.selfservice.recovery.choose_address && MethodUse::of(cx) == MethodUse::Code;
    if chosen {
        flow.state = FlowState::AwaitingAddress;
    }
    begin::open(cx, visitor, flow, Scene { schema: None, who: None }, None).await
}

/// How accounts are recovered.
#[derive(PartialEq, Eq)]
enum MethodUse {
    Code,
    Link,
}

impl MethodUse {
    fn of(cx: &Cx) -> Self {
        match cx.config.selfservice.recovery.strategy {
            Delivery::Code => Self::Code,
            Delivery::Link => Self::Link,
        }
    }
}

/// Takes a code or link back: of many tries at once one wins, and is signed in.
pub(super) async fn redeem(cx: &Cx, visitor: &Visitor, open: Open, redeem: Redeem) -> Result<Outcome, FlowError> {
    let (kind, form) = (redeem.kind, open.data.ui.clone());
    let (cx2, flow, client) = (cx.clone(), Flow::clone(&open), visitor.address.clone());
    let redeemed = cx.db.write(move |conn| one_time::spend(conn, &cx2, &flow, &redeem, &client)).await?;
    let message = match redeemed {
        Redeemed::Spent(spent) => return Box::pin(finish::recovered(cx, visitor, open, kind, spent)).await,
        Redeemed::Wait(wait) => return Err(FlowError::Limited(wait)),
        Redeemed::Exhausted => {
            let told = validation::generic("Too many codes were tried. Please ask for a new one.");
            return finish::again(cx, visitor, open, form::saying(form, told)).await;
        }
        Redeemed::Wrong if kind == CodeKind::Code => recovery::code_invalid(),
        Redeemed::Wrong => recovery::link_invalid(),
    };
    tracing::warn!(
        target: "audit", event = "RecoveryFailed", method = kind.as_str(), client = visitor.address,
        request = %cx.request_id, "wrong recovery code or link"
    );
    let flow = open.show(form::saying(form, message)).into_flow();
    finish::save(cx, visitor, &flow).await?;
    Ok(Outcome::Shown(FlowView::of(cx, flow, Some(&visitor.csrf))))
}

/// A link from a mail was followed, in whatever browser. A browser that is not the flow's takes it over: the link shows
/// that it may.
#[tracing::instrument(name = "flow.recovery.follow", skip_all, fields(flow = %id))]
pub(crate) async fn follow(cx: &Cx, visitor: &Visitor, id: FlowId, token: String) -> Result<Outcome, FlowError> {
    limit::check(cx, "recovery", &visitor.address, None).map_err(|RetryAfter(wait)| FlowError::Limited(wait))?;
    let open = match submit::load(cx, FlowKind::Recovery, id).await?.open(cx.now) {
        Ok(open) => open,
        Err(ended) => return Err(submit::replaced(cx, visitor, ended).await?),
    };
    let mark = visitor.csrf.mark(&cx.secrets.digester);
    let mut form = open.data.ui.clone();
    form.clear_messages();
    let secret = Redeem { kind: CodeKind::Link, secret: Secret::new(token) };
    Box::pin(redeem(cx, visitor, open.show(form).handed_to(mark, None), secret)).await
}

/// What an administrator hands over to somebody who cannot help himself.
pub(crate) struct Handed {
    /// Where the person goes.
    pub(crate) link: Url,
    /// What he enters there, when it is a code.
    pub(crate) code: Option<String>,
    /// Until when it is good.
    pub(crate) expires_at: Time,
}

/// What an administrator asks for.
pub(crate) struct Order {
    /// Whose account it is.
    pub(crate) identity: IdentityId,
    /// By code or by link.
    pub(crate) kind: CodeKind,
    /// How long it shall be good.
    pub(crate) lifespan: Option<std::time::Duration>,
    /// Who will go on with it.
    pub(crate) flow_type: FlowType,
    /// Where it leads at the end.
    pub(crate) return_to: Option<String>,
}

/// Begins a recovery for somebody else; no mail is sent (contract §10.7). `None`: there is no such identity.
pub(crate) async fn hand_over(
    cx: &Cx,
    csrf: &super::csrf::CsrfSecret,
    order: Order,
) -> Result<Option<Handed>, FlowError> {
    let off = match order.kind {
        CodeKind::Code => !cx.config.selfservice.recovery.enabled || !cx.config.selfservice.methods.code.enabled,
        CodeKind::Link => !cx.config.selfservice.recovery.enabled || !cx.config.selfservice.methods.link.enabled,
    };
    if off {
        return Err(Refusal::Disabled(FlowKind::Recovery).into());
    }
    let request_url = form::public_url(&cx.config, &format!("self-service/recovery/{}", order.flow_type));
    let wish = Wish { return_to: order.return_to.clone(), ..Wish::new(order.flow_type, request_url.into()) };
    let mut flow = begin::new(cx, FlowKind::Recovery, csrf, &wish);
    flow.data.return_to = begin::return_to(&cx.config, wish.return_to.as_deref())?.map(String::from);
    flow.data.for_any_browser = true;
    flow.state = FlowState::SentEmail;
    flow.data.active = Some(order.kind.as_str().to_owned());
    let expires_at = begin::later(cx.now, order.lifespan.unwrap_or_else(|| send::lifespan(cx, order.kind)));
    flow.expires_at = expires_at;
    let secret = send::secret(cx, order.kind);
    let link = match order.kind {
        CodeKind::Code => form::ui_url(&cx.config, FlowKind::Recovery, flow.id),
        CodeKind::Link => send::url(cx, &flow, order.kind, &secret),
    };
    let (cx2, text) = (cx.clone(), secret.clone());
    let found = cx.db.write(move |conn| store_order(conn, &cx2, flow.clone(), &order, &text)).await?;
    let by_code = link.query_pairs().all(|(name, _)| name != "token");
    Ok(found.then(|| Handed { link, code: by_code.then_some(secret), expires_at }))
}

fn store_order(conn: &mut AnyConn, cx: &Cx, mut flow: Flow, order: &Order, secret: &str) -> Result<bool, Error> {
    let Some(identity) = store::identities::get(conn, order.identity)? else { return Ok(false) };
    let known = identity.recovery_addresses.first().map(|known| (known.via, known.value.clone()));
    let (via, address) = known.unwrap_or((Via::Email, String::new()));
    let target = Target { via, address, owner: Some(identity.id) };
    let mut form = method::recovery_sent(&form::empty(cx, &flow), order.kind, &target.address);
    // Nothing was sent, so nothing can be sent again to an address that is not known.
    form.without(|node| node.key() == "email" && target.address.is_empty());
    flow.data.ui = form;
    store::flows::insert(conn, &flow)?;
    let letter = Letter { flow: &flow, kind: order.kind, target: &target };
    let code = Code {
        digest: cx.secrets.digester.digest(purpose(FlowKind::Recovery), secret),
        expires_at: flow.expires_at,
        ..send::code(cx, &letter, Some(identity.id), secret)
    };
    store::codes::insert(conn, &code)?;
    tracing::info!(
        target: "audit", event = "RecoveryInitiatedByAdmin", identity = %identity.id, method = order.kind.as_str(),
        actor = cx.actor(), request = %cx.request_id, "recovery begun by an administrator"
    );
    Ok(true)
}
