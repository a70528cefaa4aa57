//! Keys as they are stored (contract §4.1), and as the library that checks them has them.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD},
};
use serde_cbor_2::Value as Cbor;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use webauthn_rs_core::proto::{
    AttestationFormat, AttestationMetadata, AuthenticatorTransport, COSEKey, Credential, ParsedAttestation,
    ParsedAttestationData, PublicKeyCredential, RegisterPublicKeyCredential, RegisteredExtensions,
    UserVerificationPolicy,
};

use super::makes;
use crate::{
    app::Cx,
    model::credential::{Authenticator, Flags, Key},
};

/// Binary members; imports write them with and without padding, in either alphabet.
pub(super) fn decoded(text: &str) -> Option<Vec<u8>> {
    [&STANDARD, &STANDARD_NO_PAD, &URL_SAFE, &URL_SAFE_NO_PAD].into_iter().find_map(|engine| engine.decode(text).ok())
}

/// A stored key for the library. Where nothing is known of its flags, as of some that were imported, those just seen count.
pub(super) fn credential(key: &Key, policy: UserVerificationPolicy, seen: Option<Flags>) -> Option<Credential> {
    let id = decoded(&key.id)?;
    let cose: Cbor = serde_cbor_2::from_slice(&decoded(&key.public_key)?).ok()?;
    let public_key = COSEKey::try_from(&cose).inspect_err(|error| {
        tracing::warn!(?error, key = key.id, "a stored public key cannot be used");
    });
    let flags = key.flags.or_else(|| seen.map(|seen| Flags { user_verified: false, ..seen })).unwrap_or_default();
    let transports: Vec<AuthenticatorTransport> = key.transport.iter().filter_map(|word| word.parse().ok()).collect();
    Some(Credential {
        cred_id: id.into(),
        cred: public_key.ok()?,
        counter: key.authenticator.sign_count,
        transports: (!transports.is_empty()).then_some(transports),
        user_verified: flags.user_verified,
        backup_eligible: flags.backup_eligible,
        backup_state: flags.backup_state,
        registration_policy: policy,
        extensions: RegisteredExtensions::none(),
        attestation: ParsedAttestation { data: ParsedAttestationData::None, metadata: AttestationMetadata::None },
        attestation_format: AttestationFormat::None,
    })
}

/// A key that was just made, for storing.
pub(super) fn key(cx: &Cx, made: &Credential, answer: &RegisterPublicKeyCredential) -> Option<Key> {
    let object = answer.response.attestation_object.as_slice();
    let Cbor::Map(parts) = serde_cbor_2::from_slice(object).ok()? else { return None };
    let Some(Cbor::Bytes(data)) = parts.get(&Cbor::Text("authData".to_owned())) else { return None };
    let Some(Cbor::Text(format)) = parts.get(&Cbor::Text("fmt".to_owned())) else { return None };
    let attested = Attested::read(data)?;
    let client_data = answer.response.client_data_json.as_slice();
    let kept = json!({
        "client_dataJSON": STANDARD.encode(client_data),
        "client_data_hash": STANDARD.encode(Sha256::digest(client_data)),
        "authenticator_data": STANDARD.encode(data),
        "public_key_algorithm": made.cred.type_ as i64,
        "object": STANDARD.encode(object),
    });
    let transports = answer.response.transports.iter().flatten();
    Some(Key {
        id: STANDARD.encode(made.cred_id.as_slice()),
        public_key: STANDARD.encode(attested.public_key),
        attestation_type: format.clone(),
        authenticator: Authenticator {
            aaguid: STANDARD.encode(&attested.aaguid),
            sign_count: made.counter,
            clone_warning: false,
        },
        display_name: makes::name(&attested.aaguid).unwrap_or_default().to_owned(),
        added_at: cx.now,
        is_passwordless: true,
        flags: Some(flags(*data.get(32)?)),
        transport: transports
            .filter(|transport| **transport != AuthenticatorTransport::Unknown)
            .map(ToString::to_string)
            .collect(),
        attestation: (format != "none").then_some(kept),
    })
}

/// What stands in the authenticator data behind its head (WebAuthn Level 2, 6.5.1).
struct Attested {
    aaguid: Vec<u8>,
    /// COSE, with nothing behind it.
    public_key: Vec<u8>,
}

impl Attested {
    fn read(data: &[u8]) -> Option<Self> {
        let aaguid = data.get(37..53)?.to_vec();
        let length = u16::from_be_bytes(data.get(53..55)?.try_into().ok()?);
        let rest = data.get(55 + usize::from(length)..)?;
        let key = serde_cbor_2::Deserializer::from_slice(rest).into_iter::<Cbor>().next()?.ok()?;
        Some(Self { aaguid, public_key: serde_cbor_2::to_vec(&key).ok()? })
    }
}

/// The flags of an assertion.
pub(super) fn seen(answer: &PublicKeyCredential) -> Option<Flags> {
    answer.response.authenticator_data.as_slice().get(32).copied().map(flags)
}

/// Notes what may change of a key as it is used.
pub(super) fn note(key: &mut Key, seen: Option<Flags>) {
    let Some(seen) = seen else { return };
    match &mut key.flags {
        Some(flags) => {
            flags.backup_eligible |= seen.backup_eligible;
            flags.backup_state = seen.backup_state;
        }
        None => key.flags = Some(seen),
    }
}

/// The flags as bits (WebAuthn Level 3, 6.1).
const fn flags(bits: u8) -> Flags {
    Flags {
        user_present: bits & 0x01 != 0,
        user_verified: bits & 0x04 != 0,
        backup_eligible: bits & 0x08 != 0,
        backup_state: bits & 0x10 != 0,
    }
}
