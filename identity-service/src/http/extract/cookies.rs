//! Our cookies: names, attributes, and how they are read and written (contract §3.1, §3.2).

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest,
    cookie::{Cookie, Expiration, SameSite as Site, time},
};
use sha2::{Digest as _, Sha256};
use shared_types::{seal::SealError, secret::Secret, time::Time};

use crate::{
    app::Cx,
    config::{Config, CookieAttributes, SameSite},
    http::reply::hex,
    session::cookie::{self, SessionCookie},
};

/// How long browsers keep the CSRF cookie.
const CSRF_DAYS: i64 = 365;

/// The name of the CSRF cookie: it hashes the base URL exactly as it is configured.
pub(crate) fn csrf_name(config: &Config) -> String {
    let hash = Sha256::digest(config.serve.public.base_url_text.as_bytes());
    format!("csrf_token_{}", hex(&hash))
}

/// The value of the CSRF cookie, as sent.
pub(crate) fn csrf_value(request: &HttpRequest, config: &Config) -> Option<String> {
    request.cookie(&csrf_name(config)).map(|cookie| cookie.value().to_owned())
}

/// A CSRF cookie. Where it cannot be Secure it is Lax: browsers refuse `None` without `Secure`.
pub(crate) fn csrf_cookie(config: &Config, value: &str) -> Cookie<'static> {
    let mut attributes = config.cookies.clone();
    if !attributes.secure {
        attributes.same_site = SameSite::Lax;
    }
    let mut cookie = dressed(csrf_name(config), value.to_owned(), &attributes);
    cookie.set_max_age(time::Duration::days(CSRF_DAYS));
    cookie
}

/// What the session cookie of a request holds, if it is one of ours.
pub(crate) fn session_value(request: &HttpRequest, cx: &Cx) -> Option<SessionCookie> {
    let sent = request.cookie(&cx.config.session.cookie_name)?;
    cookie::open(cx, sent.value())
}

/// A session cookie; it lives as long as the session when sessions outlive the browser.
pub(crate) fn session_cookie(cx: &Cx, token: &Secret<String>, expires_at: Time) -> Result<Cookie<'static>, SealError> {
    let config = &cx.config.session;
    let mut cookie = dressed(config.cookie_name.clone(), cookie::seal(cx, token, expires_at)?, &config.cookie);
    if config.persistent {
        let seconds = (expires_at - cx.now).num_seconds().max(0);
        cookie.set_max_age(time::Duration::seconds(seconds));
        if let Ok(at) = time::OffsetDateTime::from_unix_timestamp(expires_at.timestamp()) {
            cookie.set_expires(Expiration::DateTime(at));
        }
    }
    Ok(cookie)
}

/// A cookie that takes the session cookie away.
pub(crate) fn clear_session_cookie(config: &Config) -> Cookie<'static> {
    let mut cookie = dressed(config.session.cookie_name.clone(), String::new(), &config.session.cookie);
    cookie.make_removal();
    cookie
}

/// What carries things over a visit to another site (contract §3.5).
pub(crate) const CONTINUITY: &str = "ory_kratos_continuity";
/// What of it is about sign-in at a provider.
const AT_PROVIDER: &str = "ory_kratos_oidc_auth_code_session";
/// How long a visit may last.
const AWAY_MINUTES: i64 = 30;

/// The cookie by which a browser is known when it comes back from a provider. It is Lax whatever others are: coming back
/// is a navigation from another site.
pub(crate) fn continuity(cx: &Cx, ticket: &str) -> Result<Cookie<'static>, SealError> {
    let content = BTreeMap::from([(AT_PROVIDER, ticket)]);
    let value = cx.secrets.cookies.seal_packed(CONTINUITY, &*cx.entropy, &content)?;
    let mut cookie = dressed(CONTINUITY.to_owned(), value, &host_only(&cx.config));
    cookie.set_max_age(time::Duration::minutes(AWAY_MINUTES));
    Ok(cookie)
}

/// A cookie that takes it away.
pub(crate) fn clear_continuity(config: &Config) -> Cookie<'static> {
    let mut cookie = dressed(CONTINUITY.to_owned(), String::new(), &host_only(config));
    cookie.make_removal();
    cookie
}

/// What makes a browser the holder of a trial's report.
pub(crate) const TRIAL: &str = "ory_kratos_test_flow";

/// The cookie of a browser that has tried a provider.
pub(crate) fn trial(cx: &Cx, proof: String, expires_at: Time) -> Cookie<'static> {
    let mut attributes = cx.config.cookies.clone();
    if !attributes.secure {
        attributes.same_site = SameSite::Lax;
    }
    let mut cookie = dressed(TRIAL.to_owned(), proof, &attributes);
    cookie.set_max_age(time::Duration::seconds((expires_at - cx.now).num_seconds().max(0)));
    cookie
}

/// A cookie that takes it away.
pub(crate) fn clear_trial(config: &Config) -> Cookie<'static> {
    let mut cookie = dressed(TRIAL.to_owned(), String::new(), &config.cookies);
    cookie.make_removal();
    cookie
}

/// What says which language a browser was last spoken to in, when it was by wish of a link or a client.
pub(crate) const LOCALE: &str = "portico_locale";

/// The cookie of a browser that is spoken to in a language. It is gone when the browser is closed.
pub(crate) fn locale(config: &Config, tag: &str) -> Cookie<'static> {
    dressed(LOCALE.to_owned(), tag.to_owned(), &host_only(config))
}

fn host_only(config: &Config) -> CookieAttributes {
    CookieAttributes { same_site: SameSite::Lax, domain: None, ..config.cookies.clone() }
}

/// What a browser shows that comes back from a provider.
pub(crate) fn ticket(request: &HttpRequest, cx: &Cx) -> Option<String> {
    let sent = request.cookie(CONTINUITY)?;
    // Ours are shorter; a longer one need not be opened.
    if sent.value().len() > 1024 {
        return None;
    }
    let mut content: BTreeMap<String, String> = cx.secrets.cookies.open_packed(CONTINUITY, sent.value()).ok()?;
    content.remove(AT_PROVIDER)
}

fn dressed(name: String, value: String, attributes: &CookieAttributes) -> Cookie<'static> {
    let mut cookie = Cookie::new(name, value);
    cookie.set_http_only(true);
    cookie.set_secure(attributes.secure);
    cookie.set_path(attributes.path.clone());
    cookie.set_same_site(match attributes.same_site {
        SameSite::Lax => Site::Lax,
        SameSite::Strict => Site::Strict,
        SameSite::None => Site::None,
    });
    if let Some(domain) = &attributes.domain {
        cookie.set_domain(domain.clone());
    }
    cookie
}
