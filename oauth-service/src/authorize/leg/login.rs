//! The browser comes back from the login page (contract 3.7): its answer is checked against what the request asked for, the login is
//! kept, and the browser goes on to the consent page.

use shared_types::{
    db,
    id::{ClientId, LoginSessionId},
    time::{GoDuration, Time},
};
use url::Url;

use super::hint;
use crate::{
    app::Cx,
    authorize::{draft::Authorized, failure::Refusal, respond::Reply},
    challenge::{
        self,
        consent::LoggedIn,
        jar::{Jar, Leg},
    },
    model::{
        challenge::{Answer, LoginAnswer, LoginVerifier, Passage},
        client::Client,
        login_session::LoginSession,
    },
    protocol::error::{OAuthCode, OAuthError},
    protocol::redirect_uri,
    store::{consents, forced_subjects, login_sessions, used_nonces},
};

/// Takes the login page's answer.
pub(in crate::authorize) async fn run(
    cx: &Cx,
    jar: &mut Jar,
    authorized: &Authorized,
    text: &str,
) -> Result<Reply, Refusal> {
    let LoginVerifier { flow, skip, answer, .. } = challenge::login::verifier(cx, text, authorized.params()).await?;
    let answer = match answer {
        Answer::Accepted(answer) => answer,
        Answer::Rejected(rejection) => return Err(rejection.into()),
    };
    jar.check_csrf(cx, Leg::Login, &authorized.client().id, &flow.csrf)?;
    let login = Login { flow, skip, answer };
    if let Err(error) = login.satisfies(cx, authorized).await {
        if error.code == OAuthCode::LoginRequired {
            forget(cx, jar).await?;
        }
        return Err(error.into());
    }
    if !login.keep(cx, jar, authorized.client()).await? {
        // The remembered login was ended while the page was open. What it vouched for must be asked again.
        return super::start::run(cx, jar, authorized).await;
    }
    let skip = remembered_consent_covers(cx, authorized, &login.answer.login.subject).await?;
    if authorized.prompt().none && !skip {
        return Err(OAuthCode::ConsentRequired.into());
    }
    let Login { flow, answer: LoginAnswer { login, how, .. }, .. } = login;
    let logged_in = LoggedIn { flow, login, how, skip };
    let url = challenge::consent::ask(cx, jar, authorized.origin(), logged_in).await?;
    Ok(Reply::Page(url))
}

/// Ends the session this browser names.
async fn forget(cx: &Cx, jar: &mut Jar) -> Result<(), OAuthError> {
    if let Some(session) = jar.session(cx) {
        cx.db.write(move |conn| login_sessions::delete(conn, session)).await?;
    }
    jar.remove_session(cx);
    Ok(())
}

/// An accepted login on its way to being kept.
pub(in crate::authorize) struct Login {
    pub(in crate::authorize) flow: Passage,
    /// The page relied on a remembered login.
    pub(in crate::authorize) skip: bool,
    pub(in crate::authorize) answer: LoginAnswer,
}

impl Login {
    /// Whether the login is the one the request asked for (OpenID Connect Core 3.1.2.1: `prompt`, `max_age`, `id_token_hint`).
    async fn satisfies(&self, cx: &Cx, authorized: &Authorized) -> Result<(), OAuthError> {
        let required = |why: &'static str| Err(OAuthError::new(OAuthCode::LoginRequired).because(why));
        let prompt = authorized.prompt();
        if prompt.none && !self.skip {
            return required("The login page asked the person to log in.");
        }
        if prompt.wants_fresh_login() && self.skip {
            return required("The login page did not ask the person to log in again.");
        }
        let authenticated_at = self.answer.login.authenticated_at;
        let too_old = authorized.max_age().is_some_and(|age| age.is_exceeded(authenticated_at, cx.now));
        // A login made for this very request is young enough, however small max_age is and however long the page took.
        if self.skip && too_old {
            return required("The login is older than max_age allows.");
        }
        // OpenID Connect Core 5.5.1.1: without an essential acr "the Authorization Server MUST treat [it] as a failed authentication".
        if authorized.acr().refuses(&self.answer.how.acr) {
            return Err(OAuthError::new(OAuthCode::UnmetAuthenticationRequirements)
                .because("The login is of none of the classes the request wants."));
        }
        if !hint::is_wanted(cx, authorized, &self.answer.login.subject).await? {
            return required("The person who logged in is not the one the request wants.");
        }
        match hint::subject_of(cx, authorized).await? {
            Some(hinted) if !hint::names(cx, authorized, &hinted, &self.answer.login.subject).await? => {
                required("The person who logged in is not the one the id_token_hint names.")
            }
            _ => Ok(()),
        }
    }

    /// Writes the session and its cookie. `false`: the session a skipped login relied on is gone.
    pub(in crate::authorize) async fn keep(&self, cx: &Cx, jar: &mut Jar, client: &Client) -> Result<bool, OAuthError> {
        let lifetime = self.lifetime(cx);
        let forced = self.forced_subject(client);
        if self.skip {
            let (id, extend) = (self.flow.session, self.answer.extend);
            let until = cx.now + lifetime.chrono();
            let kept = cx.db.write(move |conn| renew(conn, id, extend.then_some(until), forced.as_ref())).await?;
            if kept && self.answer.extend {
                jar.set_session(cx, self.flow.session, lifetime);
            }
            return Ok(kept);
        }
        let session = self.session(cx, lifetime);
        // Who does not want to be remembered does not want an earlier login remembered either.
        let old = if self.answer.remember { None } else { jar.session(cx).filter(|old| *old != session.id) };
        let beginning = Beginning {
            flow: self.flow.clone(),
            until: challenge::expires_at(cx, self.flow.requested_at),
            session,
            old,
            forced,
        };
        if !cx.db.write(move |conn| beginning.store(conn)).await? {
            let why = "The login verifier has been used, and the login it made has ended.";
            return Err(OAuthError::new(OAuthCode::AccessDenied).because(why));
        }
        if self.answer.remember {
            jar.set_session(cx, self.flow.session, lifetime);
        } else if old.is_some() {
            jar.remove_session(cx);
        }
        Ok(true)
    }

    fn lifetime(&self, cx: &Cx) -> GoDuration {
        match u64::try_from(self.answer.remember_for) {
            Ok(seconds) if seconds > 0 => GoDuration::from_secs(seconds).min(LONGEST),
            _ => cx.config.ttl.authentication_session,
        }
    }

    fn session(&self, cx: &Cx, lifetime: GoDuration) -> LoginSession {
        LoginSession {
            id: self.flow.session,
            subject: self.answer.login.subject.clone(),
            authenticated_at: self.answer.login.authenticated_at,
            remember: self.answer.remember,
            identity_provider_session_id: self.answer.identity_provider_session_id.clone(),
            created_at: cx.now,
            expires_at: cx.now + lifetime.chrono(),
            acr: self.answer.how.acr.clone(),
            amr: self.answer.how.amr.clone(),
        }
    }

    /// The subject this client is to know the person under (pairwise clients alone).
    fn forced_subject(&self, client: &Client) -> Option<Forced> {
        let value = self.answer.forced_subject.clone().filter(|_| client.is_pairwise())?;
        Some(Forced { subject: self.answer.login.subject.clone(), client: client.id.clone(), value })
    }
}

/// Under which a login verifier is marked as used.
const PURPOSE: &str = "login verifier";
/// No login is remembered longer: ten years.
const LONGEST: GoDuration = GoDuration::from_secs(315_360_000);

/// A subject chosen by the login page for one client.
struct Forced {
    subject: String,
    client: ClientId,
    value: String,
}

impl Forced {
    fn store(&self, conn: &mut db::AnyConn) -> Result<(), db::Error> {
        forced_subjects::put(conn, &self.subject, &self.client, &self.value)
    }
}

fn renew(
    conn: &mut db::AnyConn,
    id: LoginSessionId,
    until: Option<Time>,
    forced: Option<&Forced>,
) -> Result<bool, db::Error> {
    if login_sessions::get(conn, id)?.is_none() {
        return Ok(false);
    }
    if let Some(until) = until {
        login_sessions::extend(conn, id, until)?;
    }
    forced.map_or(Ok(()), |forced| forced.store(conn))?;
    Ok(true)
}

/// A fresh login, about to be kept.
struct Beginning {
    flow: Passage,
    until: Time,
    session: LoginSession,
    old: Option<LoginSessionId>,
    forced: Option<Forced>,
}

impl Beginning {
    /// Writes the session. `false`: the same verifier made it before, and it has been ended since. A verifier that comes twice while its
    /// login lives changes nothing; it must not bring back what a logout took away.
    fn store(&self, conn: &mut db::AnyConn) -> Result<bool, db::Error> {
        let first = used_nonces::spend(conn, PURPOSE, self.flow.id.uuid().as_bytes(), self.until)?;
        if !first && login_sessions::get(conn, self.session.id)?.is_none() {
            return Ok(false);
        }
        login_sessions::put(conn, &self.session)?;
        if let Some(old) = self.old {
            login_sessions::delete(conn, old)?;
        }
        self.forced.as_ref().map_or(Ok(()), |forced| forced.store(conn))?;
        Ok(true)
    }
}

/// Whether the consent page need not ask: an earlier consent is remembered and covers what is asked for now (contract 3.8).
async fn remembered_consent_covers(cx: &Cx, authorized: &Authorized, subject: &str) -> Result<bool, OAuthError> {
    // What exactly is wanted differs from one request to the next.
    if authorized.prompt().consent || is_imitable(authorized) || !authorized.details().is_empty() {
        return Ok(false);
    }
    let (client_id, subject, now) = (authorized.client().id.clone(), subject.to_owned(), cx.now);
    let granted = cx.db.read(move |conn| consents::remembered_scope(conn, &client_id, &subject, now)).await?;
    let Some(granted) = granted else { return Ok(false) };
    Ok(cx.config.strategies.scope.first_refused(&granted, authorized.scope()).is_none())
}

/// A public client whose redirect URI another program could answer at: RFC 8252 8.6 wants the person asked each time.
fn is_imitable(authorized: &Authorized) -> bool {
    let safe = |uri: &Url| uri.scheme() == "https" || (uri.scheme() == "http" && redirect_uri::is_own_machine(uri));
    authorized.client().is_public() && !Url::parse(authorized.redirect().uri()).is_ok_and(|uri| safe(&uri))
}
