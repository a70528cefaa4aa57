//! The browser comes back from the consent page (contract 3.9): the consent is kept, once, and the client gets its code. Both happen in
//! one write, so there is no consent without its code and no second code for a consent.

use shared_types::{contract::ConsentSession, db, id::LoginSessionId};

use super::subject;
use crate::{
    app::Cx,
    authorize::{
        draft::Authorized,
        failure::Refusal,
        respond::{self, Reply},
    },
    challenge::{
        self, claims, context,
        jar::{Jar, Leg},
    },
    model::{
        challenge::{Answer, ConsentAnswer, ConsentVerifier},
        consent::{Asked, Consent, Granted},
        token::{Code, Terms},
    },
    protocol::error::{OAuthCode, OAuthError},
    store::{consents, login_sessions, used_nonces},
    token::{self, code::NewCode},
};

/// Under which a consent verifier is marked as used.
const PURPOSE: &str = "consent verifier";

/// What became of a verifier.
enum Spent {
    Now,
    Before,
    /// The login it relies on has been ended meanwhile.
    LoggedOut,
}

/// Takes the consent page's answer.
pub(in crate::authorize) async fn run(
    cx: &Cx,
    jar: &mut Jar,
    authorized: &Authorized,
    text: &str,
) -> Result<Reply, Refusal> {
    let verifier = challenge::consent::verifier(cx, text, authorized.params()).await?;
    let ConsentVerifier { flow, answer, .. } = &verifier;
    let answer = match answer {
        Answer::Accepted(answer) => answer.clone(),
        Answer::Rejected(rejection) => return Err(rejection.clone().into()),
    };
    // Before the verifier is spent, so that a stranger who got hold of it cannot even spoil it.
    jar.check_csrf(cx, Leg::Consent, &authorized.client().id, &flow.csrf)?;
    let session = answer.session.clone();
    let consent = consent(cx, authorized, &verifier, answer)?;
    let (code, row) = token::code::mint(cx, new_code(cx, authorized, &consent, (flow.session, session)).await?)?;
    let scope = consent.granted.scope.clone();
    spend(cx, consent, row).await?;
    Ok(respond::granted(cx, authorized, code, &scope))
}

fn consent(
    cx: &Cx,
    authorized: &Authorized,
    verifier: &ConsentVerifier,
    answer: ConsentAnswer,
) -> Result<Consent, OAuthError> {
    Ok(Consent {
        grant_id: verifier.grant,
        flow_id: verifier.flow.id,
        client_id: authorized.client().id.clone(),
        subject: verifier.login.subject.clone(),
        login_session_id: Some(verifier.flow.session),
        asked: Asked {
            scope: authorized.scope().to_vec(),
            audience: authorized.audience().to_vec(),
            oidc_context: context::of(authorized.params()),
            // Without the hint: it is large, and the person's own data.
            request_url: challenge::request_url(cx, &authorized.params().without(&["id_token_hint"])).into(),
            acr: verifier.how.acr.clone(),
            amr: verifier.how.amr.clone(),
            skip: verifier.skip,
        },
        granted: Granted {
            scope: answer.scope,
            audience: answer.audience,
            session: claims::seal(cx, &answer.session)?,
            context: verifier.how.context.clone(),
            remember: answer.remember,
            remember_for: answer.remember_for,
            handled_at: answer.handled_at,
        },
        authenticated_at: verifier.login.authenticated_at,
        requested_at: verifier.flow.requested_at,
    })
}

/// What the code is to stand for.
async fn new_code(
    cx: &Cx,
    authorized: &Authorized,
    consent: &Consent,
    (login_session_id, session): (LoginSessionId, ConsentSession),
) -> Result<NewCode, OAuthError> {
    Ok(NewCode {
        grant_id: consent.grant_id,
        client_id: consent.client_id.clone(),
        shown_subject: subject::shown(cx, authorized.client(), &consent.subject).await?,
        subject: consent.subject.clone(),
        redirect_uri: authorized.redirect().as_sent().map(str::to_owned),
        scope: consent.granted.scope.clone(),
        audience: consent.granted.audience.clone(),
        nonce: authorized.nonce().map(str::to_owned),
        code_challenge: authorized.code_challenge().map(|challenge| challenge.as_str().to_owned()),
        auth_time: consent.authenticated_at,
        requested_at: consent.requested_at,
        acr: acr(consent),
        amr: consent.asked.amr.clone(),
        session,
        login_session_id,
        terms: Terms::default(),
    })
}

/// What the login page said; `0` where the client asked and the page said nothing (OpenID Connect Core 2, `acr`).
fn acr(consent: &Consent) -> Option<String> {
    let Asked { acr, oidc_context, .. } = &consent.asked;
    match acr.as_str() {
        "" => (!oidc_context.acr_values.is_empty()).then(|| "0".to_owned()),
        said => Some(said.to_owned()),
    }
}

/// Keeps the consent and its code. Of all who bring the same verifier, one succeeds.
async fn spend(cx: &Cx, consent: Consent, code: Code) -> Result<(), OAuthError> {
    let (session, until) = (consent.login_session_id, challenge::expires_at(cx, consent.requested_at));
    let write = move |conn: &mut db::AnyConn| -> Result<Spent, db::Error> {
        if let Some(session) = session
            && login_sessions::get(conn, session)?.is_none()
        {
            return Ok(Spent::LoggedOut);
        }
        // The mark outlives the consent: revoking one must not make its verifier good again.
        let first = used_nonces::spend(conn, PURPOSE, consent.flow_id.uuid().as_bytes(), until)?;
        if !first || !consents::insert(conn, &consent)? {
            return Ok(Spent::Before);
        }
        token::code::store(conn, &code)?;
        Ok(Spent::Now)
    };
    let denied = |why: &'static str| Err(OAuthError::new(OAuthCode::AccessDenied).because(why));
    match cx.db.write(write).await? {
        Spent::Now => Ok(()),
        Spent::Before => denied("The consent verifier has been used."),
        Spent::LoggedOut => denied("The login this consent relies on has ended."),
    }
}
