//! What a change of settings is to be, before anything is written: hooks that are asked may change or refuse it, and a
//! new address may have to be proven first (contract §6.2).

use std::sync::Arc;

use super::{FlowError, change::Plan};
use crate::{
    app::Cx,
    config::Hook,
    flow::{
        hooks::web_hook::{self, About, Said, Wanted},
        settings,
        visitor::{SignedIn, Visitor},
    },
    identity::schema::Issue,
    model::{address::VerifiableAddress, flow::Open, identity::Identity, step::ChangeSet},
    ui::text::{settings as text, validation},
};

/// What is to be done.
pub(super) enum Proposal {
    /// Write the change, with what hooks add to it.
    Write(Box<Wanted>),
    /// The traits wait for the proof of this address.
    Prove(Box<(Identity, VerifiableAddress)>),
    /// Nothing: this is wrong with it.
    No(Vec<Issue>),
}

/// Asks the hooks.
pub(super) async fn propose(
    cx: &Cx,
    visitor: &Visitor,
    open: &Open,
    signed_in: &SignedIn,
    set: &ChangeSet,
) -> Result<Proposal, FlowError> {
    let hooks = cx.config.selfservice.settings.after.before_write(set.method);
    let mut plan = Plan { set, wanted: Wanted::default() };
    if hooks.is_empty() {
        return Ok(Proposal::Write(Box::default()));
    }
    let mut identity = match plan.identity(cx, &signed_in.identity) {
        Ok(identity) => identity,
        Err(issues) => return Ok(Proposal::No(issues)),
    };
    for hook in hooks {
        match hook {
            Hook::VerifyNewAddress => {
                let fresh: Vec<VerifiableAddress> = fresh(&signed_in.identity, &identity).cloned().collect();
                match fresh.as_slice() {
                    [] => {}
                    [address] => {
                        settings::demand_fresh(cx, visitor, open)?;
                        return Ok(Proposal::Prove(Box::new((identity, address.clone()))));
                    }
                    _ => return Ok(Proposal::No(vec![said(text::one_address_at_a_time())])),
                }
            }
            Hook::Call(hook) => {
                let session = Some(&signed_in.session);
                let about = About { flow: open, identity: Some(&identity), session };
                match web_hook::ask(cx, visitor, &hook, &about).await? {
                    Said::GoOn => {}
                    Said::No(issues) => return Ok(Proposal::No(issues)),
                    Said::Changes(wanted) => {
                        plan.wanted.overlay(*wanted);
                        identity = match plan.identity(cx, &signed_in.identity) {
                            Ok(identity) => identity,
                            Err(issues) => return Ok(Proposal::No(issues)),
                        };
                    }
                }
            }
            _ => {}
        }
    }
    Ok(Proposal::Write(Box::new(plan.wanted)))
}

/// The addresses an identity did not have before, and that are not proven.
fn fresh<'a>(before: &'a Identity, after: &'a Identity) -> impl Iterator<Item = &'a VerifiableAddress> {
    let is_known = |address: &VerifiableAddress| before.verifiable(address.via, &address.value).is_some();
    after.verifiable_addresses.iter().filter(move |address| !address.verified && !is_known(address))
}

fn said(message: crate::ui::text::Message) -> Issue {
    Issue { at: None, message }
}

/// The schema an identity follows; one that is gone is a mistake of whoever wanted it.
pub(super) fn schema(cx: &Cx, id: &str) -> Result<Arc<crate::identity::schema::Schema>, Vec<Issue>> {
    let gone = || vec![said(validation::generic(&format!("The identity schema {id:?} is gone.")))];
    cx.schemas.get(id).ok_or_else(gone)
}
