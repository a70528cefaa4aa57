//! `show_verification_ui`: the client is led to the verification that `verification` has begun.

use super::After;
use crate::{
    flow::{form, outcome::ContinueWith},
    model::flow::FlowKind,
};

pub(super) fn run(after: &mut After<'_>) {
    for started in &after.started {
        let page = form::ui_url(&after.cx.config, FlowKind::Verification, started.flow);
        let shown = after.flow.is_browser().then(|| page.clone());
        let item = ContinueWith::ShowVerificationUi {
            flow: started.flow,
            address: started.address.clone(),
            url: shown.clone(),
        };
        if !after.continue_with.contains(&item) {
            after.continue_with.push(item);
        }
        if after.verification_page.is_none() {
            after.verification_page = shown;
        }
    }
}
