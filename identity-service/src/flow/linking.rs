//! Two accounts that turn out to be one person's (contract §4.7): somebody registers at a provider with an identifier that
//! an account here has. Whoever signs in to that account in the flow that follows has shown that both are his, and then
//! they are linked. Nothing is linked without that, whatever the provider says of an address.

use serde::{Deserialize, Serialize};
use serde_json::json;
use shared_types::{
    db::{AnyConn, Error},
    id::IdentityId,
};

use super::{FlowError, finish, form, outcome::Outcome, provider, view::FlowView, visitor::Visitor};
use crate::{
    app::Cx,
    identity::{follow, schema::Schema, vault},
    method::traits,
    model::{
        credential::{Credential, CredentialType, Link, Providers},
        flow::{Flow, FlowKind, Open},
        identity::Identity,
        step::{Draft, Offer},
        traits::Traits,
    },
    store,
    ui::{
        node::{Container, Group, InputType, Node},
        text::{
            Message,
            login::{self, Collision},
            validation,
        },
    },
};

/// Under this name a login flow remembers what waits for its proof, and what that is sealed for.
const NAME: &str = "account to link";

#[derive(Serialize, Deserialize)]
struct Waiting {
    identity_id: IdentityId,
    link: Link,
}

/// An account here that has an identifier already.
struct Existing {
    identity_id: IdentityId,
    identifier: String,
    credentials: Vec<Credential>,
}

/// Answers somebody whose draft meets an account that exists: a login flow that links, where that may be.
pub(super) async fn offer(
    cx: &Cx,
    visitor: &Visitor,
    open: Open,
    schema: &Schema,
    draft: &Draft,
) -> Result<Outcome, FlowError> {
    let mut own = open.data.ui.clone();
    traits::fill(&mut own, &draft.traits);
    let keys = keys(schema, &draft.traits);
    let Some(Offer { provider: id, link, unproven }) = &draft.offer else {
        let told = taken(cx, keys).await?;
        return finish::again(cx, visitor, open, form::saying(own, told)).await;
    };
    let Some(existing) = cx.db.read(move |conn| existing(conn, &keys)).await? else {
        // The account at the provider itself was quicker, in another window.
        return finish::again(cx, visitor, open, form::saying(own, validation::duplicate_link())).await;
    };
    if unproven.as_ref().is_some_and(|email| is_same(email, &existing.identifier)) {
        return finish::again(cx, visitor, open, form::saying(own, validation::duplicate_identifier())).await;
    }
    let mut flow = provider::sibling(cx, visitor, &open, FlowKind::Login).await?.into_flow();
    let waiting = Waiting { identity_id: existing.identity_id, link: link.clone() };
    let text = serde_json::to_string(&waiting).map_err(|error| Error::Backend(Box::new(error)))?;
    flow.data.memory.insert(NAME.to_owned(), cx.secrets.ciphers.seal_text(NAME, &*cx.entropy, text.as_bytes()));
    flow.data.ui = screen(cx, flow.data.ui, id, &existing);
    finish::save(cx, visitor, &flow).await?;
    Ok(Outcome::Again(FlowView::of(cx, flow, Some(&visitor.csrf))))
}

/// What somebody is told whose identifier an account has; how its owner signs in only where the operator wants that told.
async fn taken(cx: &Cx, keys: Vec<(CredentialType, String)>) -> Result<Message, Error> {
    if !cx.config.selfservice.registration.login_hints {
        return Ok(validation::duplicate_identifier());
    }
    let found = cx.db.read(move |conn| existing(conn, &keys)).await?;
    Ok(found.map_or_else(validation::duplicate_identifier, |existing| {
        validation::duplicate_with_hints(&existing.identifier, &existing.kinds(), &linked(&existing))
    }))
}

fn is_same(email: &str, identifier: &str) -> bool {
    crate::identity::normal::identifier(email) == identifier
}

impl Existing {
    /// What its owner signs in with.
    fn kinds(&self) -> Vec<String> {
        let has = |kind: &&CredentialType| {
            self.credentials.iter().any(|known| known.kind == **kind && !known.factors().is_empty())
        };
        CredentialType::ALL.iter().filter(has).map(ToString::to_string).collect()
    }
}

/// What no two accounts have in common.
fn keys(schema: &Schema, wanted: &Traits) -> Vec<(CredentialType, String)> {
    let codes = schema.code_addresses(wanted).into_iter().map(|(_, address)| (CredentialType::Code, address));
    let passwords = schema.identifiers(wanted).into_iter().map(|name| (CredentialType::Password, name));
    let webauthn = schema.webauthn_identifiers(wanted).into_iter().map(|name| (CredentialType::WebAuthn, name));
    let addresses = schema.verifiable(wanted).into_iter().chain(schema.recovery(wanted));
    // An account may have as an identifier what is only an address here.
    let others = addresses.map(|(_, address)| (CredentialType::Password, address));
    passwords.chain(codes).chain(webauthn).chain(others).collect()
}

fn existing(conn: &mut AnyConn, keys: &[(CredentialType, String)]) -> Result<Option<Existing>, Error> {
    for (kind, identifier) in keys {
        let by_credential = store::credentials::by_identifier(conn, *kind, identifier)?.map(|known| known.identity_id);
        let by_address = match by_credential {
            Some(_) => None,
            None => store::addresses::owner(conn, identifier)?,
        };
        if let Some(identity_id) = by_credential.or(by_address) {
            let credentials = store::credentials::of_identity(conn, identity_id)?;
            return Ok(Some(Existing { identity_id, identifier: identifier.clone(), credentials }));
        }
    }
    Ok(None)
}

/// The login form of the account that exists: its identifier is known, and its buttons say what they do.
fn screen(cx: &Cx, mut form: Container, used: &str, existing: &Existing) -> Container {
    let hints = cx.config.selfservice.registration.login_hints;
    let kinds = existing.kinds();
    let providers: Vec<String> = linked(existing);
    form.nodes.retain(|node| match node.group {
        Group::Oidc => {
            let id = node.as_input().and_then(|input| input.value.as_ref()).and_then(|value| value.as_str());
            id != Some(used) && (!hints || id.is_some_and(|id| providers.iter().any(|known| known == id)))
        }
        Group::Default => true,
        group => !hints || kinds.contains(&json!(group).as_str().unwrap_or_default().to_owned()),
    });
    for node in &mut form.nodes {
        relabel(cx, node);
        if let Some(input) = node.as_input_mut().filter(|input| input.name == "identifier") {
            input.kind = InputType::Hidden;
            input.value = Some(existing.identifier.as_str().into());
        }
    }
    let provider = cx.config.selfservice.methods.oidc.provider(used);
    let told = if hints { (kinds, providers) } else { (Vec::new(), Vec::new()) };
    form.messages = vec![login::link_to_existing(Collision {
        identifier: &existing.identifier,
        provider: provider.map_or(used, |provider| &provider.label),
        login_url: cx.config.selfservice.login.ui_url.as_str(),
        credential_types: &told.0,
        providers: &told.1,
    })];
    form
}

/// The providers an account is linked to: their names are not sealed.
fn linked(existing: &Existing) -> Vec<String> {
    let credential = existing.credentials.iter().find(|known| known.kind == CredentialType::Oidc);
    let links = credential.and_then(|known| serde_json::from_value::<Providers>(known.config.clone()).ok());
    links.unwrap_or_default().providers.into_iter().map(|link| link.provider).collect()
}

fn relabel(cx: &Cx, node: &mut Node) {
    let id = node.as_input().and_then(|input| input.value.as_ref()).and_then(|value| value.as_str()).map(str::to_owned);
    let Some(label) = &mut node.meta.label else { return };
    match label.id {
        1_010_001 | 1_010_022 => *label = login::sign_in_and_link(),
        1_010_002 => {
            let name = id.unwrap_or_default();
            let provider = cx.config.selfservice.methods.oidc.provider(&name);
            *label = login::confirm_with(provider.map_or(name.as_str(), |provider| &provider.label));
        }
        _ => {}
    }
}

/// An account that waits to be linked by a sign-in.
#[derive(Debug, Clone)]
pub(super) struct Pending {
    identity_id: IdentityId,
    link: Link,
}

/// What waits for the proof of a login flow.
pub(super) fn pending(cx: &Cx, flow: &Flow) -> Option<Pending> {
    let sealed = flow.data.memory.get(NAME)?;
    let clear = cx.secrets.ciphers.open_text(NAME, sealed).ok()?;
    let Waiting { identity_id, link } = serde_json::from_slice(&clear).ok()?;
    Some(Pending { identity_id, link })
}

impl Pending {
    /// Whether it is that account's owner who has signed in.
    pub(super) fn is_for(&self, identity: &Identity) -> bool {
        self.identity_id == identity.id
    }

    /// Links; a conflict says that it is linked to somebody else meanwhile.
    pub(super) fn link(&self, conn: &mut AnyConn, cx: &Cx, identity: &Identity) -> Result<(), Error> {
        let stored = store::credentials::of_type(conn, identity.id, CredentialType::Oidc)?;
        let kept =
            stored.unwrap_or_else(|| follow::fresh(cx, identity, CredentialType::Oidc, json!({"providers": []})));
        // Those that are stored stay sealed.
        let mut links: Providers = serde_json::from_value(kept.config.clone()).map_err(|error| {
            Error::backend(format!("the oidc credential of {} cannot be read: {error}", identity.id))
        })?;
        let identifier = self.link.identifier();
        if links.providers.iter().any(|known| known.identifier() == identifier) {
            return Ok(());
        }
        links.providers.push(self.link.clone());
        let config = vault::seal(cx, CredentialType::Oidc, json!(links));
        let identifiers = links.providers.iter().map(Link::identifier).collect();
        store::credentials::put(conn, &Credential { identifiers, config, updated_at: cx.now, ..kept })
    }
}
