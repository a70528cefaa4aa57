//! Linking and unlinking accounts at providers, in the settings.

use serde_json::json;

use super::{Input, depart, known, links};
use crate::{
    app::Cx,
    method::{Attempt, MethodError, MethodId, Subject},
    model::{
        arrival::Arrival,
        credential::{Credential, CredentialType, Link, NewCredential, Providers},
        flow::FlowType,
        step::{ChangeSet, Step},
    },
    session::aal,
    store,
    ui::{
        node::{Group, Node},
        text::{Message, settings, validation},
    },
};

/// The accounts somebody is linked to; none when they cannot be read, which is told of when he changes them.
pub(super) fn providers_of(cx: &Cx, who: &Subject) -> Providers {
    links(cx, who).unwrap_or_default()
}

/// One button for each provider: to link it, or to unlink it where another way to sign in remains.
pub(super) fn nodes(cx: &Cx, who: &Subject) -> Vec<Node> {
    let linked = providers_of(cx, who);
    let mut nodes = Vec::new();
    for provider in &cx.config.selfservice.methods.oidc.providers {
        let label = &provider.label;
        if !linked.providers.iter().any(|link| link.provider == provider.id) {
            nodes.push(Node::submit(Group::Oidc, "link", &provider.id, settings::link(label)));
        } else if may_go(cx, who, &linked, &provider.id) {
            nodes.push(Node::submit(Group::Oidc, "unlink", &provider.id, settings::unlink(label)));
        }
    }
    nodes
}

/// Whether somebody can still sign in without a provider.
fn may_go(cx: &Cx, who: &Subject, linked: &Providers, provider: &str) -> bool {
    let usable = |id: &str| cx.config.selfservice.methods.oidc.provider(id).is_some();
    let other = linked.providers.iter().any(|link| link.provider != provider && usable(&link.provider));
    let beside: Vec<Credential> =
        who.credentials.iter().filter(|credential| credential.kind != CredentialType::Oidc).cloned().collect();
    other || aal::first_factors(cx, &beside) > 0
}

/// Takes a submission to link or to unlink.
pub(super) async fn submit(cx: &Cx, attempt: Attempt<'_>, input: Input) -> Result<Step, MethodError> {
    let filled = |field: &Option<String>| field.clone().filter(|id| !id.is_empty());
    match (filled(&input.link), filled(&input.unlink)) {
        (Some(id), None) => {
            let provider = known(cx, &id)?;
            if attempt.flow.data.flow_type == FlowType::Api {
                // Whoever follows the address signs in there; nothing would show that it is the flow's owner.
                return Err(MethodError::Malformed("Accounts are linked in a browser.".to_owned()));
            }
            if links(cx, attempt.subject()?)?.providers.iter().any(|link| link.provider == id) {
                return Ok(again(attempt, validation::generic("This provider is linked already.")));
            }
            depart::depart(cx, attempt, &provider, input).await
        }
        (None, Some(id)) => unlink(cx, attempt, &id),
        _ => Err(MethodError::Malformed("Name one provider to link, or one to unlink.".to_owned())),
    }
}

fn again(attempt: Attempt<'_>, message: Message) -> Step {
    let mut form = attempt.flow.data.ui.clone();
    form.messages.push(message);
    Step::Again(form)
}

fn unlink(cx: &Cx, attempt: Attempt<'_>, id: &str) -> Result<Step, MethodError> {
    let who = attempt.subject()?;
    let linked = links(cx, who)?;
    if !linked.providers.iter().any(|link| link.provider == id) {
        return Ok(again(attempt, validation::generic("This provider is not linked.")));
    }
    if !may_go(cx, who, &linked, id) {
        let told = "This is the only way to sign in to this account. Please set up another one first.";
        return Ok(again(attempt, validation::generic(told)));
    }
    let rest = linked.providers.into_iter().filter(|link| link.provider != id).collect();
    Ok(changed(who, &Providers { providers: rest }))
}

/// The change to these links.
fn changed(who: &Subject, links: &Providers) -> Step {
    let stored = who.credential(CredentialType::Oidc).map(|credential| credential.config.clone());
    let mut set = ChangeSet::of(MethodId::Oidc.as_str());
    set.expected.push((CredentialType::Oidc, stored));
    if links.providers.is_empty() {
        set.removals.push(CredentialType::Oidc);
    } else {
        set.puts.push(NewCredential {
            kind: CredentialType::Oidc,
            identifiers: links.providers.iter().map(Link::identifier).collect(),
            config: json!(links),
        });
    }
    Step::Changed(Box::new(set))
}

/// Links the account of who came back to who is signed in.
pub(crate) async fn linked(cx: &Cx, attempt: Attempt<'_>, arrival: &Arrival) -> Result<Step, MethodError> {
    let who = attempt.subject()?;
    let mut links = links(cx, who)?;
    let identifier = arrival.link.identifier();
    let taken =
        cx.db.read(move |conn| store::credentials::by_identifier(conn, CredentialType::Oidc, &identifier)).await?;
    if taken.is_some() || links.providers.iter().any(|link| link.provider == arrival.link.provider) {
        return Ok(again(attempt, validation::duplicate_link()));
    }
    links.providers.push(arrival.link.clone());
    Ok(changed(who, &links))
}
