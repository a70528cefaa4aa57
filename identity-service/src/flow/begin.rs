//! What the beginnings of all flows share: what a client may wish for, and the flow made from it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use shared_types::{id::FlowId, time::Time};
use url::Url;

use super::{
    FlowError, Refusal,
    csrf::CsrfSecret,
    exchange, form,
    hooks::web_hook::{self, About},
    return_to::Allowed,
    view::FlowView,
    visitor::Visitor,
};
use crate::{
    app::Cx,
    config::Config,
    identity::schema::Schema,
    method::{self, Scene},
    model::{
        flow::{Flow, FlowData, FlowKind, FlowState, FlowType, OAuth2},
        identity::Identity,
        session::Aal,
    },
    store,
    ui::node::Container,
};

/// What a client asks for when it begins a flow.
#[derive(Debug, Clone)]
pub(crate) struct Wish {
    /// Who will drive it.
    pub(crate) flow_type: FlowType,
    /// The URL of the request, with its query.
    pub(crate) request_url: String,
    /// Where to go at the end.
    pub(crate) return_to: Option<String>,
    /// The OAuth2 login that waits.
    pub(crate) login_challenge: Option<String>,
    /// The identity schema.
    pub(crate) identity_schema: Option<String>,
    /// Login: confirm who is signed in.
    pub(crate) refresh: bool,
    /// Login: the assurance level wanted.
    pub(crate) aal: Option<String>,
    /// Login: the trait whose address gets the code of a second factor.
    pub(crate) via: Option<String>,
    /// Native: whether the session is fetched by a code.
    pub(crate) exchange: bool,
    /// Registration: where the verification that follows leads.
    pub(crate) after_verification_return_to: Option<String>,
}

impl Wish {
    /// A wish for nothing in particular.
    pub(crate) fn new(flow_type: FlowType, request_url: String) -> Self {
        Self {
            flow_type,
            request_url,
            return_to: None,
            login_challenge: None,
            identity_schema: None,
            refresh: false,
            aal: None,
            via: None,
            exchange: false,
            after_verification_return_to: None,
        }
    }
}

/// An instant that long after another, within what can be stored.
pub(super) fn later(now: Time, after: Duration) -> Time {
    // A hundred years stand for "for ever": sums beyond chrono's range would fail.
    let after = chrono::Duration::from_std(after).unwrap_or(chrono::Duration::MAX).min(chrono::Duration::days(36_500));
    now + after
}

/// The `return_to` of a wish, if it is allowed.
pub(super) fn return_to(config: &Config, wished: Option<&str>) -> Result<Option<Url>, Refusal> {
    let pages = &config.selfservice;
    let allowed = Allowed {
        default: &pages.default_browser_return_url,
        listed: &pages.allowed_return_urls,
        public: &config.serve.public.base_url,
    };
    let wished = wished.filter(|text| !text.is_empty());
    wished.map(|text| allowed.check(text).map_err(|_| Refusal::ReturnTo)).transpose()
}

/// The schema a client asked for by name, or the default one.
pub(super) fn schema(cx: &Cx, wished: Option<&str>) -> Result<Arc<Schema>, Refusal> {
    let unknown = || Refusal::Malformed("There is no identity schema of that name to choose.".to_owned());
    let wished = wished.filter(|id| !id.is_empty());
    let schema = cx.schemas.get(wished.unwrap_or_else(|| cx.schemas.default_id())).ok_or_else(unknown)?;
    let open = schema.is_selectable() || schema.id() == cx.schemas.default_id();
    if open { Ok(schema) } else { Err(unknown()) }
}

/// The schema an identity follows.
pub(super) fn schema_of(cx: &Cx, identity: &Identity) -> Result<Arc<Schema>, Refusal> {
    let gone = || Refusal::Malformed(format!("The identity schema {:?} is gone.", identity.schema_id));
    cx.schemas.get(&identity.schema_id).ok_or_else(gone)
}

/// A new flow without its form.
pub(super) fn new(cx: &Cx, kind: FlowKind, csrf: &CsrfSecret, wish: &Wish) -> Flow {
    let id = FlowId::ordered(cx.now, &*cx.entropy);
    let pages = &cx.config.selfservice;
    let lifespan = match kind {
        FlowKind::Login => pages.login.lifespan,
        FlowKind::Registration => pages.registration.lifespan,
        FlowKind::Verification => pages.verification.lifespan,
        FlowKind::Recovery => pages.recovery.lifespan,
        FlowKind::Settings => pages.settings.lifespan,
    };
    let csrf = (wish.flow_type == FlowType::Browser).then(|| csrf.mark(&cx.secrets.digester));
    Flow {
        id,
        kind,
        state: FlowState::ChooseMethod,
        issued_at: cx.now,
        expires_at: later(cx.now, lifespan),
        updated_at: cx.now,
        closed_at: None,
        revision: 0,
        data: FlowData {
            flow_type: wish.flow_type,
            request_url: wish.request_url.clone(),
            return_to: None,
            csrf,
            active: None,
            ui: Container::post(form::action(&cx.config, kind, id)),
            refresh: false,
            requested_aal: Aal::Aal1,
            identity_id: None,
            via: None,
            memory: BTreeMap::new(),
            for_any_browser: false,
            oauth2: None,
            identity_schema: wish.identity_schema.clone().filter(|schema| !schema.is_empty()),
            after_verification: None,
            address: None,
            prefill: None,
            waiting: None,
            trial: None,
            exchange_code: None,
            transient_payload: None,
        },
    }
}

/// Gives a flow its first form, stores it and shows it.
pub(super) async fn open(
    cx: &Cx,
    visitor: &Visitor,
    mut flow: Flow,
    scene: Scene<'_>,
    oauth2: Option<OAuth2>,
) -> Result<FlowView, FlowError> {
    let messages = std::mem::take(&mut flow.data.ui.messages);
    flow.data.oauth2 = oauth2;
    flow.data.ui = form::first(cx, &mut flow, scene);
    flow.data.ui.messages = messages;
    // These have one method, which is chosen from the start.
    if matches!(flow.kind, FlowKind::Verification | FlowKind::Recovery) {
        flow.data.active = method::enabled(cx, &flow).first().map(|id| id.as_str().to_owned());
    }
    let session = visitor.session.as_ref().filter(|_| flow.kind == FlowKind::Settings).map(|known| &known.session);
    web_hook::run_before(cx, visitor, &About { flow: &flow, identity: None, session }).await?;
    let stored = flow.clone();
    let cx2 = cx.clone();
    cx.db
        .write(move |conn| {
            store::flows::insert(conn, &stored)?;
            exchange::begin(conn, &cx2, &stored)
        })
        .await?;
    let mut view = FlowView::of(cx, flow, Some(&visitor.csrf));
    view.identity = scene.who.filter(|_| view.flow.kind == FlowKind::Settings).map(|who| who.identity.clone());
    Ok(view)
}
