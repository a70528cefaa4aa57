//! A flow as clients and pages see it (contract §2.1): with the CSRF token of this rendering, and without what is
//! kept for ourselves.

use serde_json::{Map, Value, json};
use shared_types::{id::FlowId, time::Time};

use super::{
    FlowError, Refusal,
    csrf::CsrfSecret,
    error::{CsrfFailure, Ended},
    form, trial, verification,
};
use crate::{
    app::Cx,
    config::Config,
    identity::view,
    model::{
        flow::{Flow, FlowKind},
        identity::Identity,
        trial::Report,
    },
    store,
    ui::node::{CSRF, Container},
};

/// A flow to be shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct FlowView {
    /// The flow.
    pub(crate) flow: Flow,
    /// Its form, with a fresh CSRF token.
    pub(crate) ui: Container,
    /// Settings: whose account it is.
    pub(crate) identity: Option<Identity>,
    /// A trial of a provider: what came of it, for its holder.
    pub(crate) report: Option<Box<Report>>,
}

/// What a browser shows to prove that a flow is its own.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Proofs<'a> {
    /// The secret of its CSRF cookie.
    pub(crate) csrf: Option<&'a CsrfSecret>,
    /// What is told of a secret that did not come.
    pub(crate) no_csrf: CsrfFailure,
    /// What it got when it had tried a provider.
    pub(crate) trial: Option<&'a str>,
}

/// The flow of that id for who began it: a browser shows its CSRF secret, a program knows the id.
pub(crate) async fn load(cx: &Cx, kind: FlowKind, id: FlowId, proofs: Proofs<'_>) -> Result<FlowView, FlowError> {
    let found = cx.db.read(move |conn| store::flows::find(conn, id)).await?;
    let flow = found.filter(|flow| flow.kind == kind).ok_or(Refusal::UnknownFlow)?;
    if flow.data.trial.is_some() {
        return trial::shown(cx, flow, proofs.trial);
    }
    shown(cx, flow, proofs.csrf.ok_or(proofs.no_csrf))
}

/// A flow as it is shown to the browser it belongs to, or to any when it was begun for one.
pub(super) fn shown(cx: &Cx, flow: Flow, csrf: Result<&CsrfSecret, CsrfFailure>) -> Result<FlowView, FlowError> {
    if let Some(mark) = flow.data.csrf.as_ref().filter(|_| !flow.data.for_any_browser) {
        let secret = csrf.map_err(Refusal::Csrf)?;
        if !secret.began(mark, &cx.secrets.digester) {
            return Err(Refusal::Csrf(CsrfFailure::Mismatch).into());
        }
    }
    if flow.is_expired(cx.now) {
        return Err(Refusal::Expired(ended(cx, &flow)).into());
    }
    Ok(FlowView::of(cx, flow, csrf.ok()))
}

pub(super) fn ended(cx: &Cx, flow: &Flow) -> Ended {
    Ended {
        kind: flow.kind,
        flow_type: flow.data.flow_type,
        begin: form::begin_url(cx, flow),
        return_to: flow.data.return_to.clone(),
    }
}

impl FlowView {
    /// The flow with a CSRF token for this browser.
    pub(crate) fn of(cx: &Cx, flow: Flow, csrf: Option<&CsrfSecret>) -> Self {
        let mut ui = flow.data.ui.clone();
        if let Some(secret) = csrf.filter(|_| flow.is_browser() && flow.data.trial.is_none()) {
            ui.set_value(CSRF, Some(secret.masked(&*cx.entropy).into()));
        }
        verification::fill_in(cx, &flow, &mut ui);
        Self { flow, ui, identity: None, report: None }
    }

    /// The JSON clients get.
    pub(crate) fn body(&self, config: &Config) -> Value {
        let Flow { id, kind, state, issued_at, expires_at, updated_at, data, .. } = &self.flow;
        let mut body = Map::new();
        let mut put = |key: &str, value: Value| {
            body.insert(key.to_owned(), value);
        };
        put("id", json!(id));
        if matches!(kind, FlowKind::Login | FlowKind::Registration | FlowKind::Settings) {
            put("organization_id", Value::Null);
        }
        put("type", json!(data.flow_type));
        put("expires_at", stamp(*expires_at));
        put("issued_at", stamp(*issued_at));
        put("request_url", json!(data.request_url));
        put_some(&mut put, "return_to", data.return_to.as_ref());
        put_some(&mut put, "active", data.active.as_ref().filter(|_| *kind != FlowKind::Settings));
        put("ui", json!(self.ui));
        if let Some(identity) = &self.identity {
            put("identity", view::public(identity, config));
        }
        put("state", json!(state));
        if *kind == FlowKind::Login {
            put("created_at", stamp(*issued_at));
            put("updated_at", stamp(*updated_at));
            put("refresh", json!(data.refresh));
            put("requested_aal", json!(data.requested_aal));
            if let Some(trial) = &data.trial {
                put("test_context", tested(&trial.provider, self.report.as_deref()));
            }
        }
        if let Some(oauth2) = data.oauth2.as_ref().filter(|_| *kind != FlowKind::Verification) {
            put("oauth2_login_challenge", json!(oauth2.challenge));
            put("oauth2_login_request", json!(oauth2.request));
        }
        put_some(&mut put, "session_token_exchange_code", data.exchange_code.as_ref());
        put_some(&mut put, "identity_schema", data.identity_schema.as_ref());
        put_some(&mut put, "transient_payload", data.transient_payload.as_ref());
        Value::Object(body)
    }
}

/// A trial of a provider as clients read it.
fn tested(provider: &str, report: Option<&Report>) -> Value {
    match report {
        Some(report) => json!({ "provider_id": provider, "debug_payload": report }),
        None => json!({ "provider_id": provider }),
    }
}

fn put_some<T: serde::Serialize>(put: &mut impl FnMut(&str, Value), key: &str, value: Option<&T>) {
    if let Some(value) = value {
        put(key, json!(value));
    }
}

fn stamp(time: Time) -> Value {
    json!(time.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))
}
