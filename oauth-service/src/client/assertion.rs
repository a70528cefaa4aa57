//! Clients that authenticate by a signed assertion: `private_key_jwt` and `client_secret_jwt` (RFC 7523 3, OpenID Connect Core 9;
//! contract 2.8).
//!
//! An assertion is good once. It is marked as used only after everything else about it has been found right, so that a stranger's
//! attempt cannot use one up.

use chrono::Duration;
use josekit::jws::{HS256, HS384, HS512};
use serde_json::{Map, Value};
use shared_types::{
    secret::Secret,
    time::{Time, from_numeric_date},
};

use super::{
    keys::{self, ClientKeyError},
    secret::readable,
};
use crate::{
    app::Cx,
    config::{Profile, below},
    key::compact::Compact,
    model::client::Client,
    protocol::{
        alg::Alg,
        error::{OAuthCode, OAuthError},
    },
    store::used_nonces::Nonce,
    token::imported,
};

/// `client_assertion_type` (RFC 7523 2.2).
pub(super) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// Under which an assertion is marked as used.
const PURPOSE: &str = "client assertion";
/// Clocks differ by so much (FAPI 2.0 Security Profile 5.3.2.1).
const LEEWAY: Duration = Duration::seconds(10);
/// An assertion that is good for longer is refused: its mark would have to be kept for as long.
const LONGEST: Duration = Duration::hours(24);

/// The method an assertion belongs to, by its header, and the client that made it, by its claims. Neither is proven.
pub(super) fn claimed(assertion: &str) -> Option<(&'static str, String)> {
    let compact = Compact::parse(assertion).ok()?;
    let method = if compact.header("alg")?.starts_with("HS") { "client_secret_jwt" } else { "private_key_jwt" };
    Some((method, compact.unverified().get("sub")?.as_str()?.to_owned()))
}

/// Checks an assertion and marks it as used.
pub(super) async fn check(cx: &Cx, client: &Client, method: &str, assertion: &str) -> Result<(), OAuthError> {
    let registered = client.token_endpoint_auth_signing_alg.as_str();
    let profile = cx.config.oauth2.profile;
    let said = Compact::parse(assertion).ok().and_then(|compact| compact.header("alg").map(str::to_owned));
    if !profile.allows_alg(said.as_deref().unwrap_or_default()) {
        return Err(invalid("The security profile allows PS256, ES256 and EdDSA."));
    }
    let claims = if method == "client_secret_jwt" {
        by_secret(cx, client, assertion, registered)?
    } else {
        by_key(cx, client, assertion, Alg::parse(registered)).await?
    };
    let until = times(cx.now, &claims)?;
    names(cx, client, &claims)?;
    once(cx, client, &claims, until).await
}

async fn by_key(
    cx: &Cx,
    client: &Client,
    assertion: &str,
    registered: Option<Alg>,
) -> Result<Map<String, Value>, OAuthError> {
    keys::verify(cx, client, assertion, registered).await.map_err(|error| {
        let refused = invalid(format!("The client_assertion cannot be accepted: {error}."));
        match error {
            ClientKeyError::Unreachable(_) => refused.caused_by(error),
            _ => refused,
        }
    })
}

fn by_secret(cx: &Cx, client: &Client, assertion: &str, registered: &str) -> Result<Map<String, Value>, OAuthError> {
    let compact =
        Compact::parse(assertion).map_err(|error| invalid(format!("The client_assertion cannot be read: {error}.")))?;
    let alg = compact.header("alg").unwrap_or_default();
    if !registered.is_empty() && registered != alg {
        return Err(invalid("The client_assertion is not signed by the registered algorithm."));
    }
    let hmac = match alg {
        "HS256" => HS256,
        "HS384" => HS384,
        "HS512" => HS512,
        _ => return Err(invalid("The algorithm of the client_assertion is not supported.")),
    };
    let verifies = |secret: &Secret<String>| {
        hmac.verifier_from_bytes(secret.expose()).is_ok_and(|verifier| compact.is_verified_by(&verifier))
    };
    if readable(cx, client).iter().any(verifies) {
        return Ok(compact.into_claims());
    }
    Err(invalid("The client_assertion is not signed with the client_secret."))
}

/// `exp`, `nbf` and `iat`; the instant at which the assertion ends.
fn times(now: Time, claims: &Map<String, Value>) -> Result<Time, OAuthError> {
    let at = |name: &str| claims.get(name).and_then(Value::as_f64).and_then(from_numeric_date);
    let exp = at("exp").ok_or_else(|| invalid("The client_assertion has no exp."))?;
    if exp <= now - LEEWAY {
        return Err(invalid("The client_assertion has expired."));
    }
    if exp > now + LONGEST {
        return Err(invalid("The client_assertion is good for more than a day."));
    }
    if ["nbf", "iat"].into_iter().filter_map(at).any(|begins| begins > now + LEEWAY) {
        return Err(invalid("The client_assertion is not good yet."));
    }
    Ok(exp + LEEWAY)
}

/// Who made it, of whom it speaks, and for whom it is.
fn names(cx: &Cx, client: &Client, claims: &Map<String, Value>) -> Result<(), OAuthError> {
    for name in ["iss", "sub"] {
        if claims.get(name).and_then(Value::as_str) != Some(client.id.as_str()) {
            return Err(invalid(format!("The {name} of the client_assertion must be the client_id.")));
        }
    }
    if cx.config.oauth2.profile == Profile::Fapi2 {
        // FAPI 2.0 5.3.2.1: the issuer, as a text.
        let issuer = claims.get("aud").and_then(Value::as_str) == Some(cx.config.urls.issuer.as_str());
        return if issuer {
            Ok(())
        } else {
            Err(invalid("The aud of the client_assertion must be the issuer, and a text."))
        };
    }
    let accepted = audiences(cx);
    let named = |value: &Value| value.as_str().is_some_and(|text| accepted.iter().any(|known| known == text));
    let good = match claims.get("aud") {
        Some(Value::Array(several)) => several.iter().any(named),
        Some(one) => named(one),
        None => false,
    };
    if good {
        Ok(())
    } else {
        Err(invalid("The aud of the client_assertion must be the issuer or the token endpoint."))
    }
}

/// What an assertion may call this server: its issuer, or the endpoint it is sent to (RFC 7523 3, RFC 9126 2).
pub(crate) fn audiences(cx: &Cx) -> Vec<String> {
    let urls = &cx.config.urls;
    let issuer = urls.issuer.clone();
    let below_issuer = format!("{}/oauth2/token", issuer.trim_end_matches('/'));
    let own = ["oauth2/token", "oauth2/par", "oauth2/revoke", "oauth2/device/auth"];
    let own = own.into_iter().map(|path| below(&urls.public, path).to_string());
    own.chain([issuer, below_issuer]).chain(cx.config.discovery.token_url.clone()).collect()
}

async fn once(cx: &Cx, client: &Client, claims: &Map<String, Value>, until: Time) -> Result<(), OAuthError> {
    let jti = claims.get("jti").and_then(Value::as_str).filter(|jti| !jti.is_empty());
    let jti = jti.ok_or_else(|| invalid("The client_assertion has no jti."))?;
    if imported::knows_jti(cx, jti).await? {
        return Err(OAuthError::new(OAuthCode::JtiKnown));
    }
    let mark = openssl::sha::sha256(format!("{}\0{jti}", client.id).as_bytes());
    if cx.nonces.submit(Nonce { purpose: PURPOSE, digest: mark, expires_at: until }).await?.is_some() {
        return Ok(());
    }
    Err(OAuthError::new(OAuthCode::JtiKnown))
}

fn invalid(why: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidClient).because(why)
}
