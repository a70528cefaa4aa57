//! The cookies of one request and the changes its answer makes to them (contract 3.10). Attributes that follow from the
//! configuration alone are added where the answer is written.

use std::net::IpAddr;

use shared_types::{
    entropy::random_token,
    id::{ClientId, LoginSessionId},
    secret::constant_time_eq,
    time::GoDuration,
};

use super::murmur3;
use crate::{
    app::Cx,
    protocol::error::{OAuthCode, OAuthError},
    token::imported,
};

const SESSION_PURPOSE: &str = "cookie.session";
const CSRF_PURPOSE: &str = "cookie.csrf";

/// Which leg a CSRF cookie protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leg {
    Login,
    Consent,
    /// Before there is a client.
    Device,
}

/// One cookie to be set or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct CookieChange {
    pub(crate) name: String,
    /// `None` removes the cookie.
    pub(crate) value: Option<String>,
    pub(crate) max_age: GoDuration,
    pub(crate) path: String,
    /// The page of session management reads it by script.
    pub(crate) readable: bool,
}

/// A browser as one request shows it: where it is, the cookies that came, and the changes that go.
#[derive(Debug)]
pub(crate) struct Jar {
    address: IpAddr,
    sent: Vec<(String, String)>,
    changes: Vec<CookieChange>,
    /// Named by a cookie of the server whose data came here.
    adopted: Option<LoginSessionId>,
}

impl Jar {
    /// A jar of the cookies a browser sent.
    pub(crate) fn new(address: IpAddr, sent: Vec<(String, String)>) -> Self {
        Self { address, sent, changes: Vec::new(), adopted: None }
    }

    /// Where the browser is, as far as trusted proxies tell it.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }

    /// The changes to write into the answer.
    pub(crate) fn into_changes(self) -> Vec<CookieChange> {
        self.changes
    }

    /// A cookie's value; where the workaround for old browsers is on, its twin's in its place.
    fn get(&self, cx: &Cx, name: &str) -> Option<&str> {
        let find = |wanted: &str| self.sent.iter().find(|(known, _)| known == wanted).map(|(_, value)| value.as_str());
        find(name).or_else(|| if cx.config.cookies.legacy_workaround { find(&format!("{name}_legacy")) } else { None })
    }

    fn change(&mut self, change: CookieChange) {
        self.changes.retain(|known| known.name != change.name);
        self.changes.push(change);
    }

    /// The value that ties this browser to a flow of this client. A browser that holds one keeps it, so that two tabs with the same
    /// client do not disturb each other.
    pub(crate) fn csrf_value(&mut self, cx: &Cx, leg: Leg, client: &ClientId) -> String {
        let name = csrf_name(cx, leg, client);
        let known = self.get(cx, &name).and_then(|sealed| open_csrf(cx, &name, sealed));
        let value = known.unwrap_or_else(|| random_token(cx.entropy.as_ref()));
        let sealed = cx.cookie_sealer.seal_text(&purpose_of(&name), cx.entropy.as_ref(), value.as_bytes());
        let max_age = cx.config.ttl.login_consent_request;
        self.change(CookieChange { name, value: Some(sealed), max_age, path: "/".to_owned(), readable: false });
        value
    }

    /// Refuses a verifier that comes back in another browser than the one it left.
    pub(crate) fn check_csrf(&self, cx: &Cx, leg: Leg, client: &ClientId, expected: &str) -> Result<(), OAuthError> {
        let forbidden = |why: &'static str| OAuthError::new(OAuthCode::RequestForbidden).because(why);
        let name = csrf_name(cx, leg, client);
        let sealed = self.get(cx, &name).ok_or_else(|| {
            forbidden(
                "No CSRF cookie came with the request. Cookies may be blocked, or the flow began in another browser.",
            )
        })?;
        let value = open_csrf(cx, &name, sealed).ok_or_else(|| forbidden("The CSRF cookie cannot be read."))?;
        if constant_time_eq(value.as_bytes(), expected.as_bytes()) {
            Ok(())
        } else {
            Err(forbidden("The CSRF cookie belongs to another flow."))
        }
    }

    /// Takes a session cookie that is not ours for what it is worth: another server may have made it whose logins came here.
    pub(crate) async fn adopt(&mut self, cx: &Cx) -> Result<(), OAuthError> {
        let name = cx.config.cookies.names.session.clone();
        let foreign = self.get(cx, &name).filter(|value| !value.is_empty() && own_session(cx, value).is_none());
        if let Some(value) = foreign {
            self.adopted = imported::session_of(cx, &name, value).await?;
        }
        Ok(())
    }

    /// The login session this browser names.
    pub(crate) fn session(&self, cx: &Cx) -> Option<LoginSessionId> {
        let sealed = self.get(cx, &cx.config.cookies.names.session)?;
        own_session(cx, sealed).or(self.adopted)
    }

    /// Lets the browser name its session for so long.
    pub(crate) fn set_session(&mut self, cx: &Cx, session: LoginSessionId, max_age: GoDuration) {
        let value = cx.cookie_sealer.seal_text(SESSION_PURPOSE, cx.entropy.as_ref(), session.text().as_bytes());
        let name = cx.config.cookies.names.session.clone();
        let path = cx.config.cookies.session_path.clone();
        self.change(CookieChange { name, value: Some(value), max_age, path: path.clone(), readable: false });
        // Who is logged in has changed, so what clients compare changes too.
        let (name, value) = (state_name(cx), Some(random_token(cx.entropy.as_ref())));
        self.change(CookieChange { name, value, max_age, path, readable: true });
    }

    /// What this browser shows clients of its login (OpenID Connect Session Management 1.0, 4.2); empty without one.
    pub(crate) fn browser_state(&self, cx: &Cx) -> &str {
        self.get(cx, &state_name(cx)).unwrap_or_default()
    }

    /// Takes the session cookie away.
    pub(crate) fn remove_session(&mut self, cx: &Cx) {
        let name = cx.config.cookies.names.session.clone();
        let path = cx.config.cookies.session_path.clone();
        for (name, readable) in [(name, false), (state_name(cx), true)] {
            let path = path.clone();
            self.change(CookieChange { name, value: None, max_age: GoDuration::default(), path, readable });
        }
    }
}

fn own_session(cx: &Cx, sealed: &str) -> Option<LoginSessionId> {
    let plain = cx.cookie_sealer.open_text(SESSION_PURPOSE, sealed).ok()?;
    LoginSessionId::parse(std::str::from_utf8(&plain).ok()?).ok()
}

/// The cookie that says nothing but whether the login has changed.
pub(crate) fn state_name(cx: &Cx) -> String {
    format!("{}_state", cx.config.cookies.names.session)
}

fn csrf_name(cx: &Cx, leg: Leg, client: &ClientId) -> String {
    let base = match leg {
        Leg::Login => &cx.config.cookies.names.login_csrf,
        Leg::Consent => &cx.config.cookies.names.consent_csrf,
        Leg::Device => return cx.config.cookies.names.device_csrf.clone(),
    };
    format!("{base}_{}", murmur3::hash(client.as_str()))
}

/// Bound to the cookie's name, so that one leg's cookie is nothing under the other's name.
fn purpose_of(name: &str) -> String {
    format!("{CSRF_PURPOSE}.{name}")
}

fn open_csrf(cx: &Cx, name: &str, sealed: &str) -> Option<String> {
    String::from_utf8(cx.cookie_sealer.open_text(&purpose_of(name), sealed).ok()?).ok()
}
