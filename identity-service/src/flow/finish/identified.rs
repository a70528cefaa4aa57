//! The second screen of an identifier-first login (contract §6.5): what the owner of the identifier signs in with.

use serde_json::json;

use super::{FlowError, Outcome, Taken, again, take};
use crate::{
    flow::form,
    method::{Encoding, MethodId},
    model::{
        credential::{Credential, CredentialType},
        session::Aal,
        step::Identified,
    },
    ui::{
        node::{Group, Node},
        text::validation,
    },
};

/// Offers what the owner of an identifier signs in with; everything there is, where that must not be told.
pub(super) async fn offer(taken: Taken<'_>, identified: Identified) -> Result<Outcome, FlowError> {
    let cx = taken.cx;
    let mitigate = cx.config.selfservice.mitigate_enumeration;
    let Identified { identifier, owner } = identified;
    let has = |id: MethodId, credentials: &[Credential]| match id {
        MethodId::Password => {
            credentials.iter().any(|it| it.kind == CredentialType::Password && !it.factors().is_empty())
        }
        // Whoever can be written to can be sent a code.
        MethodId::Code => true,
        MethodId::Passkey => signs_in_by(CredentialType::Passkey, credentials),
        MethodId::WebAuthn => signs_in_by(CredentialType::WebAuthn, credentials),
        MethodId::Oidc => signs_in_by(CredentialType::Oidc, credentials),
        _ => false,
    };
    let mut flow = taken.open.clone().into_flow();
    // Passkeys were suggested on the first screen already, providers had their buttons there; both have one on this.
    let comes = |id: &MethodId| matches!(id, MethodId::Passkey | MethodId::Oidc) || id.comes_second(cx, &flow);
    let second: Vec<MethodId> = crate::method::enabled(cx, &flow).into_iter().filter(comes).collect();
    let offered: Vec<MethodId> = match &owner {
        _ if mitigate => second,
        Some((_, credentials)) => second.into_iter().filter(|id| has(*id, credentials)).collect(),
        None => Vec::new(),
    };
    if offered.is_empty() {
        let mut form = taken.open.data.ui.clone();
        form.set_value("identifier", Some(identifier.as_str().into()));
        form.tell("identifier", validation::no_sign_in_method());
        return again(cx, taken.visitor, taken.open, form).await;
    }
    // Where a code is all there is, it is sent at once.
    if offered == [MethodId::Code] && !mitigate {
        let attempt = taken.attempt(Encoding::Json);
        let step = MethodId::Code.submit(cx, attempt, json!({ "identifier": identifier })).await?;
        let open = taken.open.clone().using(Some(MethodId::Code.as_str()), cx.now);
        return Box::pin(take(Taken { open, ..taken }, step)).await;
    }
    let mut form = form::of_methods(cx, &mut flow, taken.schema, &offered);
    if let Some((_, credentials)) = owner.as_ref().filter(|_| !mitigate) {
        form.nodes.retain(|node| node.group != Group::Oidc || leads_to_linked(node, credentials));
    }
    form.put(Node::hidden(Group::IdentifierFirst, "identifier", identifier.as_str()).required());
    form::sort(&mut form, flow.kind, Some(taken.schema));
    let open = taken.open.keeping(flow.data.memory);
    again(cx, taken.visitor, open, form).await
}

/// Whether a provider's button leads where the owner has an account that is linked.
fn leads_to_linked(node: &Node, credentials: &[Credential]) -> bool {
    let Some(provider) = node.as_input().and_then(|input| input.value.as_ref()) else { return false };
    let linked = credentials.iter().filter(|known| known.kind == CredentialType::Oidc);
    let mut links = linked.filter_map(|known| known.config.get("providers")?.as_array()).flatten();
    links.any(|link| link.get("provider") == Some(provider))
}

fn signs_in_by(kind: CredentialType, credentials: &[Credential]) -> bool {
    let first = |credential: &Credential| credential.factors().iter().any(|factor| factor.aal == Aal::Aal1);
    credentials.iter().any(|credential| credential.kind == kind && first(credential))
}
