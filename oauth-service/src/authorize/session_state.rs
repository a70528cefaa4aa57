//! `session_state`: lets a client notice that the login in this browser has changed (OpenID Connect Session Management 1.0, 2 and 4.2).

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use shared_types::entropy::random_token;
use url::Url;

use super::draft::Authorized;
use crate::{app::Cx, challenge::jar::Jar, protocol::scope};

/// The value for this client and this browser. The page behind `check_session_iframe` makes the same from the same parts.
pub(super) fn of(cx: &Cx, jar: &Jar, authorized: &Authorized) -> Option<String> {
    if !scope::is_openid(authorized.scope()) {
        return None;
    }
    let uri = Url::parse(authorized.redirect().uri()).ok()?;
    let origin = matches!(uri.scheme(), "http" | "https").then(|| uri.origin().ascii_serialization())?;
    let (salt, id) = (random_token(cx.entropy.as_ref()), &authorized.client().id);
    let text = format!("{id} {origin} {} {salt}", jar.browser_state(cx));
    Some(format!("{}.{salt}", URL_SAFE_NO_PAD.encode(openssl::sha::sha256(text.as_bytes()))))
}
