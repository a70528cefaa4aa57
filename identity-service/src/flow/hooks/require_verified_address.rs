//! `require_verified_address`: signing in waits until an address is proven. The password was right, so the answer may
//! say so, and a verification is begun.

use std::sync::Arc;

use crate::{
    app::Cx,
    flow::{
        FlowError, Refusal, finish, form,
        outcome::{ContinueWith, Outcome},
        verification::{self, Spawn},
        visitor::{Client, Visitor},
    },
    model::{
        address::Via,
        flow::{Flow, Open},
        identity::Identity,
        step::Proof,
    },
    ui::text::validation,
};

/// Whether an address is proven: before, or by the sign-in itself.
pub(in crate::flow) fn is_verified(proof: &Proof) -> bool {
    let identity = &proof.identity;
    let by_the_way = proof.address.as_ref().is_some_and(|(via, address)| identity.verifiable(*via, address).is_some());
    by_the_way || identity.verifiable_addresses.iter().any(|address| address.verified)
}

/// Refuses to sign in, and begins a verification.
pub(in crate::flow) async fn refuse(
    cx: &Cx,
    visitor: &Visitor,
    open: Open,
    identity: &Identity,
) -> Result<Outcome, FlowError> {
    let settings = &cx.config.selfservice;
    let started = match identity.verifiable_addresses.iter().find(|address| is_reachable(cx, address.via)) {
        Some(address) if verification::is_enabled(cx) && !settings.legacy_require_verified_login_error => {
            let (cx2, parent, csrf) = (cx.clone(), Flow::clone(&open), visitor.csrf.clone());
            let (identity, address) = (Arc::new(identity.clone()), address.clone());
            cx.db
                .write(move |conn| {
                    let (parent, identity, address, csrf) = (&parent, &*identity, &address, &csrf);
                    verification::spawn(
                        conn,
                        &cx2,
                        &Spawn { parent, identity, address, csrf, waiting: None, waits: false },
                    )
                })
                .await
                .map(Some)?
        }
        _ => None,
    };
    let Some(flow) = started else {
        let form = form::saying(open.data.ui.clone(), validation::address_not_verified());
        return finish::again(cx, visitor, open, form).await;
    };
    let page = verification::page(cx, &flow);
    if visitor.client == Client::Html && flow.is_browser() {
        return Err(FlowError::Moved(page));
    }
    let item = ContinueWith::ShowVerificationUi {
        flow: flow.id,
        address: flow.data.address.clone().unwrap_or_default(),
        url: flow.is_browser().then_some(page),
    };
    Err(Refusal::UnverifiedAddress(vec![item]).into())
}

/// Whether messages can be sent that way.
fn is_reachable(cx: &Cx, via: Via) -> bool {
    via == Via::Email || cx.config.courier.sends_sms()
}
