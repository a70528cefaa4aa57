//! `verification`: a verification is begun for every address that is not proven, and its code or link is sent. Runs
//! first after a registration whenever verification is enabled.

use shared_types::db::{AnyConn, Error};

use super::{After, Started};
use crate::{
    flow::{
        outcome::ContinueWith,
        verification::{self, Spawn},
    },
    model::{
        address::{AddressStatus, VerifiableAddress, Via},
        flow::Waiting,
    },
};

pub(super) fn run(conn: &mut AnyConn, after: &mut After<'_>) -> Result<(), Error> {
    if !verification::is_enabled(after.cx) {
        return Ok(());
    }
    let waiting = Waiting {
        identity_id: after.identity.id,
        session_id: after.session.id,
        amr: after.session.methods.iter().map(|method| method.method.clone()).collect(),
    };
    // After a change, those that are new alone: the others were written to before.
    let fresh = |address: &VerifiableAddress| after.before.is_none() || address.status == AddressStatus::Pending;
    let reachable = |via: Via| via == Via::Email || after.cx.config.courier.sends_sms();
    let unproven: Vec<&VerifiableAddress> = after
        .identity
        .verifiable_addresses
        .iter()
        .filter(|address| !address.verified && reachable(address.via) && fresh(address))
        .collect();
    for address in unproven {
        let spawn = Spawn {
            parent: after.flow,
            identity: after.identity,
            address,
            csrf: after.csrf,
            waiting: after.flow.data.oauth2.as_ref().map(|_| waiting.clone()),
            waits: false,
        };
        let flow = verification::spawn(conn, after.cx, &spawn)?;
        after.started.push(Started { flow: flow.id, address: address.value.clone() });
        if after.cx.config.selfservice.legacy_continue_with_verification_ui {
            let address = address.value.clone();
            let url = flow.is_browser().then(|| verification::page(after.cx, &flow));
            after.continue_with.push(ContinueWith::ShowVerificationUi { flow: flow.id, address, url });
        }
    }
    Ok(())
}
