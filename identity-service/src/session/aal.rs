//! Is the assurance level of a session enough? (contract §5.1, §5.2)

use serde_json::Value;
use url::Url;

use crate::{
    app::Cx,
    config::below,
    model::{
        credential::{Credential, CredentialType, Factor},
        identity::Identity,
        session::{Aal, Session},
    },
};

/// The level an identity could reach with what is switched on.
pub(crate) fn available(cx: &Cx, identity: &Identity) -> Aal {
    let usable = |aal: Aal| identity.factors.iter().any(|factor| factor.aal == aal && is_on(cx, *factor));
    match (usable(Aal::Aal1), usable(Aal::Aal2)) {
        (_, true) => Aal::Aal2,
        (true, false) => Aal::Aal1,
        (false, false) => Aal::Aal0,
    }
}

/// How many things an identity could sign in with here: each linked account and each key is one.
pub(crate) fn first_factors(cx: &Cx, credentials: &[Credential]) -> usize {
    let first = |credential: &&Credential| {
        credential.factors().iter().any(|factor| factor.aal == Aal::Aal1 && is_on(cx, *factor))
    };
    let items = |credential: &Credential| {
        let list = |name: &str| credential.config.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let alone = |key: &&Value| key.get("is_passwordless").and_then(Value::as_bool).unwrap_or(false);
        match credential.kind {
            CredentialType::Oidc | CredentialType::Saml => list("providers").len(),
            CredentialType::Passkey => list("credentials").len(),
            CredentialType::WebAuthn => list("credentials").iter().filter(alone).count(),
            _ => 1,
        }
    };
    credentials.iter().filter(first).map(items).sum()
}

/// Whether a factor can be proved here.
fn is_on(cx: &Cx, factor: Factor) -> bool {
    let methods = &cx.config.selfservice.methods;
    match (factor.kind, factor.aal) {
        (CredentialType::Password, _) => methods.password.enabled,
        (CredentialType::Oidc, _) => methods.oidc.enabled,
        (CredentialType::Code, Aal::Aal2) => methods.code.mfa,
        (CredentialType::Code, _) => methods.code.passwordless,
        (CredentialType::Totp, _) => methods.totp.enabled,
        (CredentialType::LookupSecret, _) => methods.lookup_secret,
        (CredentialType::Passkey, _) => methods.passkey.enabled,
        (CredentialType::WebAuthn, Aal::Aal2) => methods.webauthn.enabled,
        (CredentialType::WebAuthn, _) => methods.webauthn.enabled && methods.webauthn.passwordless,
        _ => false,
    }
}

/// Where to go for the missing factor, when whoami asks for one.
pub(crate) fn missing_for_whoami(cx: &Cx, session: &Session, identity: &Identity) -> Option<Url> {
    if cx.config.session.whoami_aal.is_met(session.aal, available(cx, identity)) {
        return None;
    }
    Some(step_up_url(cx, vec![("aal", Aal::Aal2.as_str().to_owned())]))
}

/// Where the second factor is asked for.
pub(crate) fn step_up_url(cx: &Cx, query: Vec<(&str, String)>) -> Url {
    let mut url = below(&cx.config.serve.public.base_url, "self-service/login/browser");
    url.query_pairs_mut().extend_pairs(query);
    url
}
