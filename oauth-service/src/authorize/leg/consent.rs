//! The browser comes back from the consent page (contract 3.9): the consent is kept, once, and the client gets what it asked for. Both
//! happen in one write, so there is no consent without its code and no second code for a consent.

use shared_types::db;

use super::issue::{self, Behind, Rows};
use crate::{
    app::Cx,
    authorize::{
        draft::Authorized,
        failure::Refusal,
        respond::{self, Reply},
        session_state,
    },
    challenge::{
        self, claims, context,
        jar::{Jar, Leg},
        kept,
    },
    model::{
        challenge::{Answer, ConsentAnswer, ConsentVerifier},
        consent::{Asked, Consent, Granted},
    },
    protocol::error::{OAuthCode, OAuthError},
    store::{consents, login_sessions, session_clients, used_nonces},
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
    let behind =
        Behind { login_session_id: flow.session, session: answer.session.clone(), details: answer.details.clone() };
    let consent = consent(cx, authorized, &verifier, answer)?;
    let issued = issue::issue(cx, authorized, &consent, behind).await?;
    spend(cx, consent, issued.rows, authorized.pushed().map(str::to_owned)).await?;
    let mut fields = issued.fields;
    fields.extend(session_state::of(cx, jar, authorized).map(|state| ("session_state", state)));
    Ok(respond::granted(cx, authorized, fields).await)
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
            oidc_context: context::of(authorized.params(), &authorized.client().default_acr_values),
            request_url: authorized.origin().url(cx).into(),
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

/// Keeps the consent and what came of it. Of all who bring the same verifier, one succeeds.
async fn spend(cx: &Cx, consent: Consent, rows: Rows, pushed: Option<String>) -> Result<(), OAuthError> {
    let (session, until) = (consent.login_session_id, challenge::expires_at(cx, consent.requested_at));
    let write = move |conn: &mut db::AnyConn| -> Result<Spent, db::Error> {
        if let Some(session) = session
            && login_sessions::get(conn, session)?.is_none()
        {
            return Ok(Spent::LoggedOut);
        }
        // The mark outlives the consent: revoking one must not make its verifier good again.
        let first = used_nonces::spend(conn, PURPOSE, consent.flow_id.uuid().as_bytes(), until)?;
        // RFC 9126 4: what was pushed is answered once, however many browsers began it.
        let fresh = match &pushed {
            Some(uri) => kept::answer(conn, uri, until)?,
            None => true,
        };
        if !first || !fresh || !consents::insert(conn, &consent)? {
            return Ok(Spent::Before);
        }
        if let Some(session) = session {
            session_clients::add(conn, session, &consent.client_id)?;
        }
        rows.store(conn)?;
        Ok(Spent::Now)
    };
    let denied = |why: &'static str| Err(OAuthError::new(OAuthCode::AccessDenied).because(why));
    match cx.db.write(write).await? {
        Spent::Now => Ok(()),
        Spent::Before => denied("The consent verifier, or the request, has been used."),
        Spent::LoggedOut => denied("The login this consent relies on has ended."),
    }
}
