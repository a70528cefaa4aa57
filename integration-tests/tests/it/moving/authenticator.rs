//! The answers of an authenticator whose keys are known.

use anyhow::Context as _;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use openssl::{hash::MessageDigest, pkey::PKey, sha::sha256, sign::Signer};
use serde_json::{Value, json};

use super::{node, text};

/// The options a form holds in an input: its value, or the call of a script it names.
pub(super) fn options(flow: &Value, name: &str) -> Value {
    let input = node(flow, name);
    let inside =
        |call: &str| call.split_once('(').and_then(|(_, rest)| rest.rsplit_once(')')).map(|(it, _)| it.to_owned());
    let value = Some(text(&input["value"])).filter(|value| value.starts_with('{')).map(str::to_owned);
    let found = value.or_else(|| inside(text(&input["onclick"]))).unwrap_or_default();
    serde_json::from_str(&found).unwrap_or_default()
}

/// What the authenticator says to a challenge: user present and verified, one use later than at its making.
pub(super) fn answer(key: &Value, options: Value) -> anyhow::Result<String> {
    let options = if options["publicKey"].is_null() { options } else { options["publicKey"].clone() };
    let challenge = options["challenge"].as_str().with_context(|| format!("a challenge in {options}"))?;
    let client = json!({"type": "webauthn.get", "challenge": challenge, "origin": key["origin"]}).to_string();
    let data = [&sha256(b"localhost")[..], &[5, 0, 0, 0, 2]].concat();
    let signed = [&data[..], &sha256(client.as_bytes())[..]].concat();
    let private = PKey::private_key_from_pem(text(&key["key"]).as_bytes())?;
    let signature = Signer::new(MessageDigest::sha256(), &private)?.sign_oneshot_to_vec(&signed)?;
    let encoded = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    Ok(json!({
        "id": key["id"], "rawId": key["id"], "type": "public-key",
        "response": {
            "clientDataJSON": encoded(client.as_bytes()), "authenticatorData": encoded(&data),
            "signature": encoded(&signature), "userHandle": text(&key["handle"]).trim_end_matches('='),
        },
    })
    .to_string())
}
