//! What security keys and passkeys share: the two ceremonies of WebAuthn (Level 2, 7.1 and 7.2), each in two steps. The
//! first makes the options a browser asks the authenticator with, and what the flow keeps of them, sealed; the second
//! judges the authenticator's answer against it.

pub(super) mod account;
pub(super) mod assertion;
mod makes;
pub(super) mod nodes;
mod stored;

use std::time::Duration;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared_types::{entropy::random_alnum, id::IdentityId};
use webauthn_rs_core::{
    WebauthnCore,
    error::WebauthnError,
    proto::{
        AuthenticationState, COSEAlgorithm, CredentialID, PublicKeyCredential, RegisterPublicKeyCredential,
        RegistrationState, UserVerificationPolicy,
    },
};

use super::MethodError;
use crate::{
    app::Cx,
    config::{Attestation, RelyingParty, ResidentKey, Verification},
    model::credential::{Key, Keys},
};

/// What a registration is to be like.
pub(super) struct Invitation<'a> {
    pub(super) rp: &'a RelyingParty,
    pub(super) timeout: Duration,
    pub(super) verification: Verification,
    pub(super) resident_key: ResidentKey,
    /// Which authenticators may answer, by the word of the specification.
    pub(super) attachment: Option<&'static str>,
    pub(super) attestation: Attestation,
    /// What the authenticator knows the account by.
    pub(super) user_handle: String,
    /// What it shows of it; the relying party's name when empty.
    pub(super) account: &'a str,
    /// The keys the account has already: no authenticator makes a second one.
    pub(super) known: &'a [Key],
}

/// What a flow keeps of an invitation.
#[derive(Serialize, Deserialize)]
pub(super) struct Invited {
    state: RegistrationState,
    pub(super) user_handle: String,
}

/// What an assertion is to be like.
pub(super) struct Question<'a> {
    pub(super) rp: &'a RelyingParty,
    pub(super) timeout: Duration,
    pub(super) verification: Verification,
    /// The keys that may answer; none: whichever the authenticator finds.
    pub(super) keys: &'a [Key],
    /// Whose they are.
    pub(super) identity: Option<IdentityId>,
}

/// What a flow keeps of a question.
#[derive(Serialize, Deserialize)]
pub(super) struct Asked {
    state: AuthenticationState,
    verification: Verification,
    pub(super) identity: Option<IdentityId>,
}

/// An assertion as browsers send it.
pub(super) struct Answer(PublicKeyCredential);

/// Why an authenticator's answer is not taken.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refused {
    /// It is not what a browser sends.
    #[error("the answer cannot be read: {0}")]
    Unreadable(String),
    /// It does not fit the question: another challenge, origin, domain, key or signature.
    #[error("the answer is wrong: {0}")]
    Wrong(String),
    /// Its counter did not grow: there may be two of this key. The keys as they are to be noted.
    #[error("the key may have been copied")]
    Copied(Keys),
}

impl From<WebauthnError> for Refused {
    fn from(error: WebauthnError) -> Self {
        Self::Wrong(format!("{error:?}"))
    }
}

/// What authenticators know a new account by: chance alone, so that nothing is told of it.
pub(super) fn new_user_handle(cx: &Cx) -> String {
    random_alnum(&*cx.entropy, 64)
}

/// The handle of keys that are stored already, if it is a text, as all that were made here are.
pub(super) fn user_handle(keys: &Keys) -> Option<String> {
    let bytes = stored::decoded(&keys.user_handle)?;
    String::from_utf8(bytes).ok().filter(|handle| !handle.is_empty())
}

/// Whether it is the handle of these keys; some imports have none.
pub(super) fn is_handle(keys: &Keys, said: &[u8]) -> bool {
    stored::decoded(&keys.user_handle).is_none_or(|own| own.is_empty() || own == said)
}

/// A handle as it is stored.
pub(super) fn encoded(user_handle: &str) -> String {
    STANDARD.encode(user_handle)
}

/// Options of a registration, and what is kept of them.
pub(super) fn invite(invitation: &Invitation<'_>) -> Result<(Value, Invited), MethodError> {
    let Invitation { rp, user_handle, account, .. } = invitation;
    let core = core(rp, invitation.timeout);
    let account = if account.is_empty() { rp.name.as_str() } else { account };
    let known: Vec<CredentialID> =
        invitation.known.iter().filter_map(|key| stored::decoded(&key.id)).map(CredentialID::from).collect();
    let builder = core
        .new_challenge_register_builder(user_handle.as_bytes(), account, account)
        .map_err(|error| unexpected(&error))?
        .user_verification_policy(policy(invitation.verification))
        .credential_algorithms(vec![COSEAlgorithm::ES256, COSEAlgorithm::EDDSA, COSEAlgorithm::RS256])
        .exclude_credentials(Some(known))
        .require_resident_key(invitation.resident_key == ResidentKey::Required);
    let (options, state) = core.generate_challenge_register(builder).map_err(|error| unexpected(&error))?;
    let mut options = serde_json::to_value(options).map_err(|error| MethodError::Malformed(error.to_string()))?;
    // The library knows fewer wishes than the specification has.
    if let Some(public_key) = options.get_mut("publicKey").and_then(Value::as_object_mut) {
        public_key.insert("attestation".to_owned(), json!(invitation.attestation));
        let selection = json!({
            "authenticatorAttachment": invitation.attachment,
            "residentKey": invitation.resident_key,
            "requireResidentKey": invitation.resident_key == ResidentKey::Required,
            "userVerification": invitation.verification,
        });
        public_key.insert("authenticatorSelection".to_owned(), without_null(selection));
    }
    Ok((options, Invited { state, user_handle: user_handle.clone() }))
}

/// The key an authenticator made when it was invited.
pub(super) fn enrol(cx: &Cx, rp: &RelyingParty, invited: &Invited, answer: &str) -> Result<Key, Refused> {
    let answer: RegisterPublicKeyCredential =
        serde_json::from_str(answer).map_err(|error| Refused::Unreadable(error.to_string()))?;
    let made = core(rp, Duration::ZERO).register_credential(&answer, &invited.state, None)?;
    stored::key(cx, &made, &answer).ok_or_else(|| Refused::Unreadable("the attestation is incomplete".to_owned()))
}

/// Options of an assertion, and what is kept of them.
pub(super) fn ask(question: &Question<'_>) -> Result<(Value, Asked), MethodError> {
    let core = core(question.rp, question.timeout);
    let policy = policy(question.verification);
    let keys = question.keys.iter().filter_map(|key| stored::credential(key, policy, None)).collect();
    let builder = core
        .new_challenge_authenticate_builder(keys, Some(policy))
        .map_err(|error| unexpected(&error))?
        .allow_backup_eligible_upgrade(true);
    let (options, mut state) = core.generate_challenge_authenticate(builder).map_err(|error| unexpected(&error))?;
    // The keys are read again when the answer is there: one that was removed meanwhile proves nothing.
    state.set_allowed_credentials(Vec::new());
    let options = serde_json::to_value(options).map_err(|error| MethodError::Malformed(error.to_string()))?;
    Ok((options, Asked { state, verification: question.verification, identity: question.identity }))
}

impl Answer {
    /// Reads an assertion.
    pub(super) fn read(text: &str) -> Result<Self, Refused> {
        serde_json::from_str(text).map(Self).map_err(|error| Refused::Unreadable(error.to_string()))
    }

    /// Whose key it is, as far as the authenticator says.
    pub(super) fn user_handle(&self) -> Option<&[u8]> {
        self.0.get_user_unique_id().filter(|handle| !handle.is_empty())
    }

    /// The keys as they are after one of them has answered; those that may are chosen by `may`.
    pub(super) fn judge(
        &self,
        rp: &RelyingParty,
        asked: &Asked,
        keys: &Keys,
        may: impl Fn(&Key) -> bool,
    ) -> Result<Keys, Refused> {
        let id = STANDARD.encode(self.0.get_credential_id());
        let mut after = keys.clone();
        let known = after.credentials.iter_mut().filter(|key| may(key));
        let key = known.into_iter().find(|key| stored::decoded(&key.id).is_some_and(|own| STANDARD.encode(own) == id));
        let Some(key) = key else { return Err(Refused::Wrong("no such key".to_owned())) };
        let seen = stored::seen(&self.0);
        let credential = stored::credential(key, policy(asked.verification), seen)
            .ok_or_else(|| Refused::Wrong("the stored key cannot be read".to_owned()))?;
        let mut state = asked.state.clone();
        state.set_allowed_credentials(vec![credential]);
        match core(rp, Duration::ZERO).authenticate_credential(&self.0, &state) {
            Ok(result) => {
                key.authenticator.sign_count = result.counter();
                stored::note(key, seen);
                Ok(after)
            }
            Err(WebauthnError::CredentialPossibleCompromise) => {
                key.authenticator.clone_warning = true;
                Err(Refused::Copied(after))
            }
            Err(error) => Err(error.into()),
        }
    }
}

/// A key by the digits its buttons carry.
pub(super) fn hex_id(key: &Key) -> String {
    data_encoding::HEXLOWER.encode(&stored::decoded(&key.id).unwrap_or_default())
}

/// The same key: an authenticator that was told not to has answered twice.
pub(super) fn is_known(keys: &Keys, key: &Key) -> bool {
    keys.credentials.iter().any(|known| stored::decoded(&known.id) == stored::decoded(&key.id))
}

fn core(rp: &RelyingParty, timeout: Duration) -> WebauthnCore {
    // Neither subdomains nor other ports than those configured.
    WebauthnCore::new_unsafe_experts_only(&rp.name, &rp.id, rp.origins.clone(), timeout, Some(false), Some(false))
}

const fn policy(verification: Verification) -> UserVerificationPolicy {
    match verification {
        Verification::Required => UserVerificationPolicy::Required,
        Verification::Preferred => UserVerificationPolicy::Preferred,
        Verification::Discouraged => UserVerificationPolicy::Discouraged_DO_NOT_USE,
    }
}

fn without_null(value: Value) -> Value {
    match value {
        Value::Object(map) => Value::Object(map.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        other => other,
    }
}

fn unexpected(error: &WebauthnError) -> MethodError {
    tracing::error!(?error, "no options can be made for an authenticator");
    MethodError::Malformed("The authenticator cannot be asked.".to_owned())
}

#[cfg(test)]
mod tests;
