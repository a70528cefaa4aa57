//! A new address that counts only once it is proven (`verify_new_address`, contract §6.2): the traits wait with the
//! verification that proves it, for as long as the session that wrote them lasts.

use serde::{Deserialize, Serialize};
use shared_types::{
    db::{AnyConn, Error},
    id::{FlowId, IdentityId, SessionId},
};

use super::{
    hooks::After,
    outcome::ContinueWith,
    verification::{self, Spawn},
    visitor::SignedIn,
};
use crate::{
    app::Cx,
    flow::csrf::CsrfSecret,
    identity::{follow, update},
    model::{
        address::{VerifiableAddress, Via},
        flow::Flow,
        identity::Identity,
        session::Session,
        traits::Traits,
    },
    store::{self, codes::Spent},
};

/// What it is sealed for.
const PURPOSE: &str = "pending traits";

#[derive(Serialize, Deserialize)]
struct Waiting {
    identity_id: IdentityId,
    session_id: SessionId,
    before: Traits,
    after: Traits,
    via: String,
    address: String,
}

/// A change that is about to wait.
pub(super) struct Change<'a> {
    /// The settings flow.
    pub(super) flow: &'a Flow,
    pub(super) signed_in: &'a SignedIn,
    /// The traits as they shall be.
    pub(super) traits: &'a Traits,
    /// The one address among them that is new.
    pub(super) address: &'a VerifiableAddress,
    pub(super) csrf: &'a CsrfSecret,
}

/// Begins the verification and lets the traits wait for it; the verification.
pub(super) fn wait(conn: &mut AnyConn, cx: &Cx, change: &Change<'_>) -> Result<Flow, Error> {
    let identity = &change.signed_in.identity;
    let spawn =
        Spawn { parent: change.flow, identity, address: change.address, csrf: change.csrf, waiting: None, waits: true };
    let flow = verification::spawn(conn, cx, &spawn)?;
    let waiting = Waiting {
        identity_id: identity.id,
        session_id: change.signed_in.session.id,
        before: identity.traits.clone(),
        after: change.traits.clone(),
        via: change.address.via.to_string(),
        address: change.address.value.clone(),
    };
    let clear = serde_json::to_vec(&waiting).map_err(|error| Error::Backend(Box::new(error)))?;
    let sealed = cx.secrets.ciphers.seal(PURPOSE, &*cx.entropy, &clear);
    store::pending_traits::replace(conn, flow.id, identity.id, &sealed, cx.now)?;
    Ok(flow)
}

/// What was written when an address was proven.
pub(super) struct Applied {
    pub(super) identity: Identity,
    pub(super) before: Identity,
    pub(super) session: Session,
}

/// What became of traits that waited.
pub(super) enum Outcome {
    /// Nothing waited for this flow.
    Nothing,
    /// They are the identity's now, and the address is proven.
    Applied(Box<Applied>),
    /// They cannot be any more: the session is over, the traits or the address are somebody's meanwhile.
    Void,
}

/// Writes the traits that waited for a verification whose secret has come back.
pub(super) fn apply(conn: &mut AnyConn, cx: &Cx, flow: FlowId, spent: &Spent) -> Result<Outcome, Error> {
    let Some(sealed) = store::pending_traits::get(conn, flow)? else { return Ok(Outcome::Nothing) };
    let clear = cx.secrets.ciphers.open(PURPOSE, &sealed).ok();
    let waiting = clear.and_then(|clear| serde_json::from_slice::<Waiting>(&clear).ok());
    let Some(waiting) = waiting.filter(|it| it.address == spent.address && it.via == spent.via.as_str()) else {
        return Ok(Outcome::Void);
    };
    store::pending_traits::remove(conn, flow)?;
    let session = store::sessions::get(conn, waiting.session_id)?.filter(|session| session.is_active(cx.now));
    let before = store::identities::get(conn, waiting.identity_id)?.filter(|it| it.traits == waiting.before);
    let (Some(session), Some(before)) = (session, before.filter(Identity::is_active)) else {
        return Ok(Outcome::Void);
    };
    let Some(schema) = cx.schemas.get(&before.schema_id) else { return Ok(Outcome::Void) };
    let mut identity = Identity { traits: waiting.after, updated_at: cx.now, ..before.clone() };
    update::follow_traits(cx, &schema, &mut identity);
    prove(&mut identity, spent.via, &spent.address, cx);
    let mut credentials = store::credentials::of_identity(conn, identity.id)?;
    follow::traits(cx, &schema, &identity, &mut credentials);
    if !store::identities::update(conn, &identity)? {
        return Ok(Outcome::Void);
    }
    for credential in &credentials {
        store::credentials::put(conn, credential)?;
    }
    Ok(Outcome::Applied(Box::new(Applied { identity, before, session })))
}

fn prove(identity: &mut Identity, via: Via, address: &str, cx: &Cx) {
    for known in identity.verifiable_addresses.iter_mut().filter(|known| known.via == via && known.value == address) {
        known.prove(cx.now);
    }
}

/// Runs the hooks that follow a change of settings.
pub(super) fn run_hooks(
    conn: &mut AnyConn,
    cx: &Cx,
    flow: &Flow,
    applied: &Applied,
    csrf: &CsrfSecret,
) -> Result<Vec<ContinueWith>, Error> {
    let hooks = cx.config.selfservice.settings.after.after_write("profile");
    let mut after = After::new(cx, flow, &applied.identity, &applied.session, csrf).changed_from(&applied.before);
    after.run(conn, &hooks)?;
    Ok(after.continue_with)
}
