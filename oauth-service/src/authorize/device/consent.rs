//! The consent leg of a device's request: what the person agreed to is kept, once, and waits for the device.

use shared_types::{
    contract::{ConsentSession, OidcContext},
    db,
};

use super::Asked;
use crate::{
    app::Cx,
    authorize::{Reply, failure::Refusal},
    challenge::{
        self, Origin, claims,
        jar::{Jar, Leg},
        url as urls,
    },
    model::{
        challenge::{Answer, ConsentAnswer, ConsentVerifier},
        consent::{Asked as AskedFor, Consent, Granted as Given},
        token::{Granted, Login, Session, Terms},
    },
    protocol::error::{OAuthCode, OAuthError},
    store::{consents, device_requests, login_sessions, session_clients, used_nonces},
    subject, token,
};

/// Under which a consent verifier is marked as used.
const PURPOSE: &str = "consent verifier";

/// Takes the consent page's answer.
pub(super) async fn answered(cx: &Cx, jar: &mut Jar, asked: &Asked, text: &str) -> Result<Reply, Refusal> {
    let verifier = challenge::consent::verifier(cx, text, &asked.params).await?;
    jar.check_csrf(cx, Leg::Consent, &asked.client.id, &verifier.flow.csrf)?;
    let answer = match &verifier.answer {
        Answer::Accepted(answer) => answer.clone(),
        Answer::Rejected(rejection) => {
            asked.deny(cx).await?;
            return Err(rejection.clone().into());
        }
    };
    let session = session(cx, asked, &verifier, &answer.session).await?;
    let granted = Granted {
        grant_id: Some(verifier.grant),
        client_id: asked.client.id.clone(),
        subject: verifier.login.subject.clone(),
        scope: answer.scope.clone(),
        audience: answer.audience.clone(),
        session: token::seal_session(cx, &session)?,
    };
    keep(cx, asked, consent(cx, asked, &verifier, answer)?, granted).await?;
    tracing::info!(client_id = %asked.client.id, subject = %verifier.login.subject, "a device was granted access");
    let client = [("client_id", asked.client.id.as_str())];
    Ok(Reply::Page(urls::with_params(&cx.config.urls.device_success, &client)))
}

/// What tokens of the device are to say.
async fn session(
    cx: &Cx,
    asked: &Asked,
    verifier: &ConsentVerifier,
    claims: &ConsentSession,
) -> Result<Session, OAuthError> {
    let ConsentVerifier { flow, login, how, .. } = verifier;
    let login = Login {
        shown_subject: subject::seen(cx, &asked.client, &login.subject).await?,
        session_id: flow.session,
        auth_time: login.authenticated_at,
        requested_at: asked.request.issued_at,
        nonce: None,
        acr: (!how.acr.is_empty()).then(|| how.acr.clone()),
        amr: how.amr.clone(),
    };
    Ok(Session {
        login: Some(login),
        access_token: claims.access_token.clone(),
        id_token: claims.id_token.clone(),
        terms: Terms::default(),
    })
}

fn consent(cx: &Cx, asked: &Asked, verifier: &ConsentVerifier, answer: ConsentAnswer) -> Result<Consent, OAuthError> {
    let origin = Origin { client: &asked.client, params: &asked.params, request_uri: None };
    Ok(Consent {
        grant_id: verifier.grant,
        flow_id: verifier.flow.id,
        client_id: asked.client.id.clone(),
        subject: verifier.login.subject.clone(),
        login_session_id: Some(verifier.flow.session),
        asked: AskedFor {
            scope: asked.request.scope.clone(),
            audience: asked.request.audience.clone(),
            oidc_context: OidcContext::default(),
            request_url: origin.url(cx).into(),
            acr: verifier.how.acr.clone(),
            amr: verifier.how.amr.clone(),
            skip: verifier.skip,
        },
        granted: Given {
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

/// What became of a verifier.
enum Kept {
    Now,
    Before,
    /// The login it relies on has been ended meanwhile.
    LoggedOut,
}

/// Keeps the consent and what waits for the device, in one write.
async fn keep(cx: &Cx, asked: &Asked, consent: Consent, granted: Granted) -> Result<(), OAuthError> {
    let (id, until) = (asked.request.id, challenge::expires_at(cx, consent.requested_at));
    let write = move |conn: &mut db::AnyConn| -> Result<Kept, db::Error> {
        if let Some(session) = consent.login_session_id
            && login_sessions::get(conn, session)?.is_none()
        {
            return Ok(Kept::LoggedOut);
        }
        // Of many that bring the same verifier one wins this, and with it all that follows.
        if !device_requests::grant(conn, id, &granted)? {
            return Ok(Kept::Before);
        }
        used_nonces::spend(conn, PURPOSE, consent.flow_id.uuid().as_bytes(), until)?;
        consents::insert(conn, &consent)?;
        if let Some(session) = consent.login_session_id {
            session_clients::add(conn, session, &consent.client_id)?;
        }
        Ok(Kept::Now)
    };
    let denied = |why: &'static str| Err(OAuthError::new(OAuthCode::AccessDenied).because(why));
    match cx.db.write(write).await? {
        Kept::Now => Ok(()),
        Kept::Before => denied("This request has been decided."),
        Kept::LoggedOut => denied("The login this consent relies on has ended."),
    }
}
