//! Methods that are named in vain: one that is switched off is not there (contract §2.8), and of one nothing is asked.

use serde_json::Value;

use super::{Attempt, MethodId};
use crate::{
    app::Cx,
    model::{
        flow::{Flow, FlowKind},
        session::Aal,
        step::Step,
    },
    ui::text::settings,
};

/// The method a submission names, if the configuration has switched it off and the flow could have had it otherwise.
pub(crate) fn switched_off(cx: &Cx, flow: &Flow, body: &Value) -> Option<MethodId> {
    let name = body.get("method").and_then(Value::as_str)?;
    let method = MethodId::ALL.iter().copied().find(|id| id.as_str() == name)?;
    (method.belongs(flow) && !method.is_on(cx)).then_some(method)
}

/// The settings again, for who names a method and asks nothing of it.
pub(super) fn nothing_asked(attempt: Attempt<'_>) -> Step {
    let mut form = attempt.flow.data.ui.clone();
    form.messages.push(settings::no_method());
    Step::Again(form)
}

impl MethodId {
    /// Whether a flow like this can have the method at all.
    fn belongs(self, flow: &Flow) -> bool {
        let second = flow.data.requested_aal == Aal::Aal2;
        match (flow.kind, self) {
            (FlowKind::Login, Self::Password | Self::Oidc | Self::Passkey) => !second,
            (FlowKind::Login, Self::Totp | Self::LookupSecret) => second,
            (FlowKind::Registration, Self::Password | Self::Oidc | Self::Passkey)
            | (FlowKind::Login | FlowKind::Registration, Self::Code)
            | (
                FlowKind::Settings,
                Self::Profile | Self::Password | Self::Oidc | Self::Totp | Self::LookupSecret | Self::Passkey,
            ) => true,
            (FlowKind::Login | FlowKind::Registration | FlowKind::Settings, Self::WebAuthn) => flow.is_browser(),
            _ => false,
        }
    }

    /// Whether `selfservice.methods` has it switched on.
    fn is_on(self, cx: &Cx) -> bool {
        let methods = &cx.config.selfservice.methods;
        match self {
            Self::Profile => methods.profile,
            Self::Password => methods.password.enabled,
            Self::Oidc => methods.oidc.enabled,
            Self::Code => methods.code.enabled,
            Self::Link => methods.link.enabled,
            Self::Totp => methods.totp.enabled,
            Self::Passkey => methods.passkey.enabled,
            Self::WebAuthn => methods.webauthn.enabled,
            Self::LookupSecret => methods.lookup_secret,
            Self::IdentifierFirst => cx.config.selfservice.login.identifier_first,
        }
    }
}
