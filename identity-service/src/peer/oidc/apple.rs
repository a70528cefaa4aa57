//! Apple: our secret is a token we sign ourselves, and a person's name is told by the browser, once.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::jws::{ES256, JwsSigner as _};
use serde_json::{Map, Value, json};

use super::ProviderError;
use crate::{
    app::Cx,
    config::{AppleKey, Provider},
};

/// How long a secret is good for.
const LIFESPAN: i64 = 300;

/// A secret for the next minutes.
pub(super) fn client_secret(cx: &Cx, provider: &Provider, key: &AppleKey) -> Result<String, ProviderError> {
    let unfit = |_| ProviderError::Unfit("apple_private_key is no key on P-256 in PKCS#8");
    let signer = ES256.signer_from_pem(key.key.expose()).map_err(unfit)?;
    let now = cx.now.timestamp();
    let header = json!({"alg": "ES256", "kid": key.key_id}).to_string();
    let claims = json!({
        "iss": key.team, "iat": now, "exp": now + LIFESPAN, "aud": "https://appleid.apple.com", "sub": provider.client_id,
    });
    let mut token = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims.to_string()));
    let signature = signer.sign(token.as_bytes()).map_err(unfit)?;
    token.push('.');
    URL_SAFE_NO_PAD.encode_string(signature, &mut token);
    Ok(token)
}

/// Adds the name the browser has sent. Nothing vouches for it, as for any name.
pub(super) fn add_name(claims: &mut Map<String, Value>, user: &str) {
    let user: Value = serde_json::from_str(user).unwrap_or_default();
    for (pointer, names) in
        [("/name/firstName", &["given_name"][..]), ("/name/lastName", &["last_name", "family_name"])]
    {
        let Some(part) = user.pointer(pointer).and_then(Value::as_str).filter(|part| part.len() <= 200) else {
            continue;
        };
        for name in names {
            claims.entry(*name).or_insert_with(|| json!(part));
        }
    }
}
