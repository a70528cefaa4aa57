//! The way there: what is asked of the provider, what is remembered until the browser comes back, and what binds both to
//! this browser (RFC 6749, 10.12).

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use shared_types::{
    entropy::{random_alnum, random_token},
    id::FlowId,
    time::Time,
};

use super::{Input, memory};
use crate::{
    app::Cx,
    config::Provider,
    method::{Attempt, Encoding, MethodError, exchange},
    model::{
        flow::{Flow, FlowType, Open},
        step::{Away, Step},
    },
    peer::oidc::{self, ProviderError, Question, Temporary},
};

/// Under this name the flow remembers it.
const NAME: &str = "oidc departure";
/// What the state is sealed for.
const STATE: &str = "oidc state";
/// How long somebody may stay away.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);
/// What clients may pass on (contract §2.7). `login_hint` is not among it: it would say who somebody is.
const WISHES: [&str; 4] = ["hd", "prompt", "auth_type", "acr_values"];
const LONGEST_WISH: usize = 200;

/// What is remembered while a browser is away.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Departure {
    /// Tells this trip from others.
    trip: String,
    pub(crate) provider: String,
    pub(super) nonce: String,
    pub(super) verifier: Option<String>,
    /// What the browser's cookie shows; programs have none.
    ticket: Option<String>,
    pub(super) traits: Option<Value>,
    pub(super) form: bool,
    /// What the client sent along.
    pub(crate) payload: Option<Map<String, Value>>,
    since: Time,
    /// X: what has to be shown with its answer.
    #[serde(default)]
    pub(super) temporary: Option<Temporary>,
}

/// What the state says when it comes back.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Trip {
    /// The flow that waits.
    pub(crate) flow: FlowId,
    pub(crate) provider: String,
    number: String,
}

/// Sends the browser to the provider.
pub(super) async fn depart(
    cx: &Cx,
    attempt: Attempt<'_>,
    provider: &Provider,
    input: Input,
) -> Result<Step, MethodError> {
    let browser = attempt.flow.data.flow_type == FlowType::Browser;
    if !browser && !exchange::is_asked(attempt.flow) {
        let told =
            "A program is told who signed in by a code: begin the flow with return_session_token_exchange_code=true.";
        return Err(MethodError::Malformed(told.to_owned()));
    }
    let binds = oidc::wants_pkce(cx, provider).await.map_err(failed)?;
    let mut departure = Departure {
        trip: random_token(&*cx.entropy),
        provider: provider.id.clone(),
        nonce: random_token(&*cx.entropy),
        verifier: binds.then(|| random_alnum(&*cx.entropy, 64)),
        ticket: browser.then(|| random_token(&*cx.entropy)),
        traits: input.traits,
        form: attempt.encoding == Encoding::Form,
        payload: attempt.flow.data.transient_payload.clone(),
        since: cx.now,
        temporary: None,
    };
    let trip = Trip { flow: attempt.flow.id, provider: provider.id.clone(), number: departure.trip.clone() };
    let state = cx
        .secrets
        .ciphers
        .seal_packed(STATE, &*cx.entropy, &trip)
        .map_err(|error| MethodError::Malformed(format!("The request is too large: {error}.")))?;
    let wishes = wishes(input.upstream_parameters.unwrap_or_default());
    let question = Question {
        state: &state,
        nonce: &departure.nonce,
        verifier: departure.verifier.as_deref(),
        anew: attempt.flow.data.refresh,
        wishes: &wishes,
    };
    let asked = oidc::asked(cx, provider, question).await.map_err(failed)?;
    departure.temporary = asked.temporary;
    Ok(Step::Away(Away {
        url: asked.url,
        memory: Some((NAME, memory::sealed(cx, NAME, &departure))),
        ticket: departure.ticket,
        privileged: attempt.who.is_some() && attempt.flow.kind == crate::model::flow::FlowKind::Settings,
    }))
}

fn wishes(given: Map<String, Value>) -> Vec<(String, String)> {
    let known = |(name, value): (String, Value)| match value {
        Value::String(text) if WISHES.contains(&name.as_str()) && (1..=LONGEST_WISH).contains(&text.len()) => {
            Some((name, text))
        }
        _ => None,
    };
    given.into_iter().filter_map(known).collect()
}

/// A provider that cannot be asked.
pub(super) fn failed(error: ProviderError) -> MethodError {
    match error {
        ProviderError::Unfit(why) => MethodError::Malformed(why.to_owned()),
        error => MethodError::Upstream(error.to_string()),
    }
}

/// What a state says; nothing when it is none of ours.
pub(crate) fn trip(cx: &Cx, state: &str) -> Option<Trip> {
    if state.len() > 2048 {
        return None;
    }
    cx.secrets.ciphers.open_packed(STATE, state).ok()
}

/// What was remembered of a trip, if the flow still waits for it, and whoever is back is the browser that went.
pub(crate) fn under_way(cx: &Cx, flow: &Flow, trip: &Trip, ticket: Option<&str>) -> Option<Departure> {
    let departure: Departure = memory::recall(cx, flow, NAME)?;
    let same = |a: &str, b: &str| shared_types::secret::constant_time_eq(a.as_bytes(), b.as_bytes());
    let is_it = departure.provider == trip.provider && same(&departure.trip, &trip.number);
    let is_hers = match (&departure.ticket, ticket) {
        (None, _) => true,
        (Some(own), Some(shown)) => same(own, shown),
        (Some(_), None) => false,
    };
    let is_in_time = cx.now < departure.since + PATIENCE;
    (is_it && is_hers && is_in_time).then_some(departure)
}

/// The flow without it: whoever comes back does so once.
pub(crate) fn without(open: Open) -> Open {
    open.forgetting(NAME)
}
