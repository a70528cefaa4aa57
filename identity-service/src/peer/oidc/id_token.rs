//! ID tokens: signed by a key of the provider, for us, now, and for this question (OpenID Connect Core, 3.1.3.7).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use josekit::{
    JoseError,
    jwk::Jwk,
    jws::{ES256, ES384, ES512, EdDSA, JwsVerifier, PS256, PS384, PS512, RS256, RS384, RS512},
};
use serde_json::{Map, Value};
use shared_types::secret::constant_time_eq;

use super::{
    Found, ProviderError, Tokens, claims,
    directory::{self, Place},
    preset, token,
};
use crate::{
    app::Cx,
    config::{Provider, ProviderKind},
};

/// Clocks differ.
const LEEWAY: i64 = 60;
/// No ID token is longer.
const LONGEST: usize = 64 << 10;

/// What a token must be for, beside our client.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted<'a> {
    /// The question it answers; nothing where there was none.
    pub(super) nonce: Option<&'a str>,
    /// Clients that stand for ours.
    pub(super) audiences: &'a [String],
}

/// The claims of a token that can be believed.
pub(super) async fn verified(
    cx: &Cx,
    provider: &Provider,
    place: &Place,
    token: &str,
    wanted: Wanted<'_>,
) -> Result<Map<String, Value>, ProviderError> {
    let signed = Signed::read(token).ok_or(ProviderError::Untrusted("the ID token is none"))?;
    if !place.algorithms.is_empty() && !place.algorithms.contains(&signed.algorithm) {
        return Err(ProviderError::Untrusted("the ID token's algorithm is not one of the provider's"));
    }
    let known = directory::keys(cx, provider, place, false).await?;
    if !signed.is_of(&known) {
        // The provider may have a new key.
        let known = directory::keys(cx, provider, place, true).await?;
        if !signed.is_of(&known) {
            return Err(ProviderError::Untrusted("the ID token was signed by none of the provider's keys"));
        }
    }
    check(cx, provider, place, &signed.claims, wanted)?;
    Ok(signed.claims)
}

/// A token that a program got for itself and hands in. Few kinds of providers say enough in it (contract §4.7).
pub(crate) async fn handed_in(
    cx: &Cx,
    provider: &Provider,
    token: &str,
    nonce: Option<&str>,
) -> Result<Found, ProviderError> {
    if !preset::takes_tokens(provider.kind) {
        return Err(ProviderError::Unfit("This provider does not support that an ID token is handed in."));
    }
    let place = directory::place(cx, provider).await?;
    let swapped = match provider.kind {
        ProviderKind::NetId => Some(token::swapped(cx, provider, &place, token).await?),
        _ => None,
    };
    let token = swapped.as_deref().unwrap_or(token);
    let wanted = Wanted { nonce: None, audiences: &provider.other_audiences };
    let raw = verified(cx, provider, &place, token, wanted).await?;
    match (raw.get("nonce").and_then(Value::as_str).filter(|held| !held.is_empty()), nonce) {
        (Some(held), Some(nonce)) if constant_time_eq(held.as_bytes(), nonce.as_bytes()) => {}
        (Some(_), Some(_)) => return Err(ProviderError::Untrusted("the ID token is for another nonce")),
        (Some(_), None) => return Err(ProviderError::Unfit("The field id_token_nonce is missing.")),
        (None, _) if preset::may_lack_nonce(provider.kind, &raw) => {}
        (None, _) => return Err(ProviderError::Untrusted("the ID token has no nonce")),
    }
    let claims = claims::normal(&raw).ok_or(ProviderError::Untrusted("it names no subject"))?;
    let tokens = Tokens { id: token.to_owned(), ..Tokens::default() };
    Ok(Found { claims, userinfo: None, tokens })
}

/// A compact JWS, taken apart (RFC 7515, 3.1).
struct Signed<'a> {
    algorithm: String,
    key: Option<String>,
    input: &'a str,
    signature: Vec<u8>,
    claims: Map<String, Value>,
}

impl<'a> Signed<'a> {
    fn read(token: &'a str) -> Option<Self> {
        if token.len() > LONGEST {
            return None;
        }
        let (input, signature) = token.rsplit_once('.')?;
        let (header, payload) = input.split_once('.')?;
        let decoded = |text: &str| URL_SAFE_NO_PAD.decode(text).ok();
        let header: Map<String, Value> = serde_json::from_slice(&decoded(header)?).ok()?;
        let word = |name: &str| header.get(name).and_then(Value::as_str).map(str::to_owned);
        // RFC 7515, 4.1.11: who does not know an extension that must be known refuses.
        if header.contains_key("crit") {
            return None;
        }
        Some(Self {
            algorithm: word("alg")?,
            key: word("kid"),
            input,
            signature: decoded(signature)?,
            claims: serde_json::from_slice(&decoded(payload)?).ok()?,
        })
    }

    /// Whether one of these keys has signed it. A token that names a key is that key's or nobody's.
    fn is_of(&self, set: &Value) -> bool {
        let keys = set.get("keys").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object);
        let named = |key: &&Map<String, Value>| match &self.key {
            Some(kid) => key.get("kid").and_then(Value::as_str) == Some(kid),
            None => true,
        };
        keys.filter(named).any(|key| self.is_by(key))
    }

    /// Whether that key has signed it: the algorithm must be one the key itself is for.
    fn is_by(&self, key: &Map<String, Value>) -> bool {
        let text = |name: &str| key.get(name).and_then(Value::as_str);
        let for_signing = text("use").is_none_or(|purpose| purpose == "sig");
        let for_algorithm = text("alg").is_none_or(|alg| alg == self.algorithm);
        let fits = match (text("kty"), text("crv")) {
            (Some("RSA"), _) => self.algorithm.starts_with("RS") || self.algorithm.starts_with("PS"),
            (Some("EC"), Some("P-256")) => self.algorithm == "ES256",
            (Some("EC"), Some("P-384")) => self.algorithm == "ES384",
            (Some("EC"), Some("P-521")) => self.algorithm == "ES512",
            (Some("OKP"), _) => self.algorithm == "EdDSA",
            _ => false,
        };
        if !(for_signing && for_algorithm && fits) {
            return false;
        }
        // Keys may be marked for encryption of keys in ways verifiers stumble over; what counts was looked at above.
        let mut key = key.clone();
        key.remove("key_ops");
        let Ok(jwk) = Jwk::from_map(key) else { return false };
        let verifier = verifier(&self.algorithm, &jwk).and_then(Result::ok);
        verifier.is_some_and(|verifier| verifier.verify(self.input.as_bytes(), &self.signature).is_ok())
    }
}

/// The verifier of an algorithm that signs with a private key; there is no other.
fn verifier(alg: &str, jwk: &Jwk) -> Option<Result<Box<dyn JwsVerifier>, JoseError>> {
    fn boxed(verifier: impl JwsVerifier + 'static) -> Box<dyn JwsVerifier> {
        Box::new(verifier)
    }
    Some(match alg {
        "RS256" => RS256.verifier_from_jwk(jwk).map(boxed),
        "RS384" => RS384.verifier_from_jwk(jwk).map(boxed),
        "RS512" => RS512.verifier_from_jwk(jwk).map(boxed),
        "PS256" => PS256.verifier_from_jwk(jwk).map(boxed),
        "PS384" => PS384.verifier_from_jwk(jwk).map(boxed),
        "PS512" => PS512.verifier_from_jwk(jwk).map(boxed),
        "ES256" => ES256.verifier_from_jwk(jwk).map(boxed),
        "ES384" => ES384.verifier_from_jwk(jwk).map(boxed),
        "ES512" => ES512.verifier_from_jwk(jwk).map(boxed),
        "EdDSA" => EdDSA.verifier_from_jwk(jwk).map(boxed),
        _ => return None,
    })
}

fn check(
    cx: &Cx,
    provider: &Provider,
    place: &Place,
    claims: &Map<String, Value>,
    wanted: Wanted<'_>,
) -> Result<(), ProviderError> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str);
    let number = |name: &str| claims.get(name).and_then(Value::as_f64);
    let own = |name: &str| name == provider.client_id || wanted.audiences.iter().any(|known| known == name);
    let issuer = place.issuer.as_deref().unwrap_or_default();
    if text("iss").is_none_or(|iss| !preset::is_issuer(provider.kind, issuer, iss, claims)) {
        return Err(ProviderError::Untrusted("the ID token is another issuer's"));
    }
    let audiences: Vec<&str> = match claims.get("aud") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    if !audiences.iter().any(|name| own(name)) {
        return Err(ProviderError::Untrusted("the ID token is for somebody else"));
    }
    match text("azp") {
        Some(party) if !own(party) => {
            return Err(ProviderError::Untrusted("the ID token was given to somebody else"));
        }
        None if audiences.len() > 1 => {
            return Err(ProviderError::Untrusted("the ID token is for several, and does not say for whom it was made"));
        }
        _ => {}
    }
    #[expect(clippy::cast_precision_loss, reason = "seconds since 1970 are far below what a double holds exactly")]
    let (now, leeway) = (cx.now.timestamp() as f64, LEEWAY as f64);
    if number("exp").is_none_or(|exp| exp + leeway <= now) {
        return Err(ProviderError::Untrusted("the ID token has expired"));
    }
    if number("nbf").or_else(|| number("iat")).is_some_and(|from| from - leeway > now) {
        return Err(ProviderError::Untrusted("the ID token is not valid yet"));
    }
    match wanted.nonce {
        Some(nonce) if text("nonce").is_none_or(|held| !constant_time_eq(held.as_bytes(), nonce.as_bytes())) => {
            Err(ProviderError::Untrusted("the ID token answers another question"))
        }
        _ => Ok(()),
    }
}
