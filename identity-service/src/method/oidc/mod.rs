//! Signing in at another provider (contract §2.6, §4.7): the browser goes there and comes back, or a program hands in the
//! ID token it got. What comes back is an [`Arrival`]; what becomes of it depends on who it is.

mod account;
mod arrive;
mod depart;
mod mapper;
mod trial;

use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Map, Value};

pub(crate) use self::{
    account::linked,
    arrive::{Returned, draft, owner, proof, redeem, remembering},
    depart::{Departure, trip, under_way, without},
    trial::{report, reporting, tried},
};
use super::{Attempt, Method, MethodError, MethodId, Scene, content, memory, traits};
use crate::{
    app::Cx,
    config::Provider,
    limit,
    model::{
        credential::{CredentialType, Providers},
        flow::{Flow, FlowKind},
        step::Step,
        trial::Trial,
    },
    ui::{
        node::{Group, Node},
        text::{login, registration},
    },
};

/// The method.
pub(super) struct Oidc;

/// What it reads of a submission.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Input {
    #[serde(default)]
    provider: Option<String>,
    #[serde(default)]
    link: Option<String>,
    #[serde(default)]
    unlink: Option<String>,
    #[serde(default)]
    upstream_parameters: Option<Map<String, Value>>,
    #[serde(default)]
    id_token: Option<String>,
    #[serde(default)]
    id_token_nonce: Option<String>,
    #[serde(default)]
    traits: Option<Value>,
}

impl Method for Oidc {
    const ID: MethodId = MethodId::Oidc;
    type Input = Input;

    fn nodes(cx: &Cx, flow: &mut Flow, scene: Scene<'_>) -> Vec<Node> {
        let all = &cx.config.selfservice.methods.oidc.providers;
        let button = |provider: &Provider| match flow.kind {
            FlowKind::Registration => continued(provider, registration::sign_up_with(&provider.label, &provider.id)),
            _ => continued(provider, login::sign_in_with(&provider.label, &provider.id)),
        };
        match (flow.kind, scene.who) {
            (FlowKind::Settings, Some(who)) => account::nodes(cx, who),
            (FlowKind::Settings, None) => Vec::new(),
            // Who confirms that it is he does so where he is known.
            (_, Some(who)) => {
                let known = account::providers_of(cx, who);
                all.iter()
                    .filter(|it| known.providers.iter().any(|link| link.provider == it.id))
                    .map(|it| button(it))
                    .collect()
            }
            (_, None) => all.iter().map(|it| button(it)).collect(),
        }
    }

    async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
        limit::check(cx, attempt.flow.kind.as_str(), attempt.client, None)?;
        if attempt.flow.kind == FlowKind::Settings {
            return account::submit(cx, attempt, input).await;
        }
        let named = input.provider.as_deref().filter(|id| !id.is_empty());
        let id = named.ok_or_else(|| MethodError::Malformed("The field provider is missing.".to_owned()))?;
        let provider = known(cx, id)?;
        if let Some(trial) = &attempt.flow.data.trial {
            return tried_there(cx, attempt, &provider, (trial, input)).await;
        }
        if let Some(token) = input.id_token.as_deref().filter(|token| !token.is_empty()) {
            return arrive::handed_in(cx, attempt, &provider, token, &input).await;
        }
        if let Some(arrival) = arrive::remembered(cx, attempt, id, input.traits.clone()) {
            return Ok(Step::Arrived(Box::new(arrival)));
        }
        depart::depart(cx, attempt, &provider, input).await
    }
}

/// A trial leads to its own provider and there alone, and takes no token: it is about the way there and back.
async fn tried_there(
    cx: &Cx,
    attempt: Attempt<'_>,
    provider: &Provider,
    (trial, input): (&Trial, Input),
) -> Result<Step, MethodError> {
    if trial.provider != provider.id {
        return Err(MethodError::Malformed("This is a trial of another provider.".to_owned()));
    }
    if input.id_token.as_deref().is_some_and(|token| !token.is_empty()) {
        return Err(MethodError::Malformed("A trial takes no ID token: it goes to the provider.".to_owned()));
    }
    depart::depart(cx, attempt, provider, input).await
}

/// A button that leads to a provider, or back from it.
pub(crate) fn continued(provider: &Provider, label: crate::ui::text::Message) -> Node {
    Node::submit(Group::Oidc, "provider", &provider.id, label)
}

/// The provider of that id.
pub(crate) fn known(cx: &Cx, id: &str) -> Result<Arc<Provider>, MethodError> {
    let oidc = &cx.config.selfservice.methods.oidc;
    let found = oidc.provider(id).filter(|_| oidc.enabled);
    found.cloned().ok_or_else(|| MethodError::Unknown("There is no such provider.".to_owned()))
}

/// The accounts somebody is linked to.
fn links(cx: &Cx, who: &super::Subject) -> Result<Providers, MethodError> {
    let credential = who.credential(CredentialType::Oidc);
    Ok(credential.map(|credential| content(cx, credential)).transpose()?.unwrap_or_default())
}
