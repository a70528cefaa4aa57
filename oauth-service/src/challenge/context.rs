//! What a client asks of the pages: the `oidc_context` of login and consent requests (contract 3.2, 3.5).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};
use shared_types::contract::OidcContext;

use crate::protocol::{acr::WantedAcr, claims_request, params::Params};

/// The context of an authorization request whose `id_token_hint`, if any, has been verified when it came in.
pub(crate) fn of(params: &Params, default_acr: &[String]) -> OidcContext {
    let words =
        |name| params.get(name).map(|text| text.split_whitespace().map(str::to_owned).collect()).unwrap_or_default();
    let claims = params.get("claims").and_then(claims_request::parse);
    let none = Map::new();
    let acr = WantedAcr::of(claims.as_ref().unwrap_or(&none), params.get("acr_values"), default_acr);
    let text = |name| params.get(name).map(str::to_owned);
    OidcContext {
        acr_values: acr.values,
        ui_locales: words("ui_locales"),
        display: text("display"),
        id_token_hint_claims: params.get("id_token_hint").and_then(payload),
        login_hint: text("login_hint"),
        claims,
    }
}

/// The claims of a compact JWS, its signature not looked at.
fn payload(token: &str) -> Option<Map<String, Value>> {
    let body = token.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(body).ok()?).ok()
}

#[cfg(test)]
mod tests;
