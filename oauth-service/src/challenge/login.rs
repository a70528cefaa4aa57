//! The login leg's hand-over (contract 3.4 to 3.6): what the login page is asked and what it answers.

use shared_types::{
    contract::{AcceptLogin, LoginRequest, RedirectTo, RejectRequest},
    entropy::Entropy,
    id::LoginSessionId,
    time::whole_seconds,
};
use url::Url;

use super::{
    ChallengeError, context, fingerprint,
    jar::{Jar, Leg},
    kept, rejection,
    request::{self, Behind, Origin},
    seal::{self, Envelope, Purpose},
    url as urls,
};
use crate::{
    app::Cx,
    model::{
        challenge::{
            Answer, AuthFlowId, HowLoggedIn, KnownLogin, LoginAnswer, LoginChallenge, LoginVerifier, Passage, Rejection,
        },
        login_session::LoginSession,
    },
    protocol::{
        error::{OAuthCode, OAuthError},
        params::Params,
    },
};

/// A subject is at most 255 bytes (OpenID Connect Core 2).
const LONGEST_SUBJECT: usize = 255;
/// More than any `acr`, `amr` or foreign session id in use.
const LONGEST_WORD: usize = 512;

/// Sends the browser to the login page (or, for `prompt=registration`, to the registration page) with a challenge.
pub(crate) async fn ask(
    cx: &Cx,
    jar: &mut Jar,
    origin: Origin<'_>,
    known: Option<&LoginSession>,
) -> Result<Url, OAuthError> {
    let page = page(cx, origin.params);
    let flow = Passage {
        id: AuthFlowId::random(cx.entropy.as_ref()),
        csrf: jar.csrf_value(cx, Leg::Login, &origin.client.id),
        session: known.map_or_else(|| new_session(cx.entropy.as_ref()), |session| session.id),
        requested_at: cx.now,
    };
    let stranger = known.is_none().then(|| jar.address());
    let how = known.map(|session| HowLoggedIn {
        acr: session.acr.clone(),
        amr: session.amr.clone(),
        context: serde_json::Value::Null,
    });
    let known = known
        .map(|session| KnownLogin { subject: session.subject.clone(), authenticated_at: session.authenticated_at });
    let envelope = Envelope {
        purpose: Purpose::LoginChallenge,
        carrier: &page,
        expires_at: request::expires_at(cx, cx.now),
        stranger,
    };
    let challenge = LoginChallenge { flow, request: origin.carried(), known, how: how.unwrap_or_default() };
    let sealed = seal::seal(cx, &envelope, &challenge).await?;
    Ok(urls::with_params(&page, &[("login_challenge", &sealed)]))
}

fn new_session(entropy: &dyn Entropy) -> LoginSessionId {
    LoginSessionId::random(entropy)
}

fn page(cx: &Cx, params: &Params) -> Url {
    let registers = params.get("prompt").is_some_and(|list| list.split_whitespace().any(|word| word == "registration"));
    let page = if registers { &cx.config.urls.registration } else { &cx.config.urls.login };
    match params.get("identity_schema") {
        Some(schema) => urls::with_params(page, &[("identity_schema", schema)]),
        None => page.clone(),
    }
}

/// The login request behind a challenge, for the login page.
pub(crate) async fn read(cx: &Cx, text: &str) -> Result<LoginRequest, ChallengeError> {
    let (challenge, behind) = open(cx, text).await?;
    request::check_unused(cx, challenge.flow.id, &behind.request_url).await?;
    let skip = challenge.known.is_some();
    Ok(LoginRequest {
        challenge: text.to_owned(),
        requested_scope: behind.scope(),
        requested_access_token_audience: behind.audience(),
        skip,
        subject: challenge.known.map(|known| known.subject).unwrap_or_default(),
        oidc_context: context::of(&behind.params, &behind.client.default_acr_values),
        client: behind.client.to_json(),
        request_url: behind.request_url.to_string(),
        session_id: challenge.flow.session.text(),
    })
}

/// Takes the login page's yes; the answer says where the browser goes with it.
pub(crate) async fn accept(cx: &Cx, text: &str, body: AcceptLogin) -> Result<RedirectTo, ChallengeError> {
    let (challenge, behind) = open(cx, text).await?;
    check_accept(&body)?;
    if challenge.known.as_ref().is_some_and(|known| known.subject != body.subject) {
        return another_person(cx, challenge, &behind).await;
    }
    let skip = challenge.known.is_some();
    let login = challenge
        .known
        .clone()
        .unwrap_or_else(|| KnownLogin { subject: body.subject.clone(), authenticated_at: whole_seconds(cx.now) });
    let answer = LoginAnswer {
        login,
        remember: body.remember || skip,
        remember_for: body.remember_for.max(0),
        extend: body.extend_session_lifespan,
        how: HowLoggedIn {
            // A remembered login was made the way it was made, whatever the page says nothing about.
            acr: body.acr.unwrap_or_else(|| challenge.how.acr.clone()),
            amr: body.amr.unwrap_or_else(|| challenge.how.amr.clone()),
            context: body.context.unwrap_or_default(),
        },
        forced_subject: body.force_subject_identifier.filter(|subject| !subject.is_empty()),
        identity_provider_session_id: body.identity_provider_session_id.filter(|id| !id.is_empty()),
    };
    tracing::info!(client_id = %behind.client.id, subject = %answer.login.subject, skip, "login accepted");
    answered(cx, challenge, &behind, Answer::Accepted(answer)).await
}

/// The page accepted another person than the remembered one: the same request once more, with a fresh login, unless nobody may be
/// asked for one.
async fn another_person(cx: &Cx, challenge: LoginChallenge, behind: &Behind) -> Result<RedirectTo, ChallengeError> {
    let list = behind.params.get("prompt").unwrap_or_default();
    let asks = |wanted: &str| list.split_whitespace().any(|word| word == wanted);
    if asks("none") {
        let required = OAuthError::new(OAuthCode::LoginRequired);
        let rejection = Rejection { error: required.code.as_str().to_owned(), description: required.description() };
        return answered(cx, challenge, behind, Answer::Rejected(rejection)).await;
    }
    let prompt = if asks("consent") { "login consent" } else { "login" };
    let params = behind.params.without(&["prompt"]).with("prompt", prompt);
    let url = match &behind.request_uri {
        None => request::request_url(cx, &params),
        Some(uri) => {
            let again = kept::again(cx, uri, &params).await?.ok_or_else(ChallengeError::unknown)?;
            request::kept_url(cx, &behind.client, &again)
        }
    };
    Ok(RedirectTo { redirect_to: url.into() })
}

/// Takes the login page's no.
pub(crate) async fn reject(cx: &Cx, text: &str, body: RejectRequest) -> Result<RedirectTo, ChallengeError> {
    let (challenge, behind) = open(cx, text).await?;
    let rejection = rejection::of(body, "access_denied");
    tracing::info!(client_id = %behind.client.id, error = %rejection.error, "login rejected");
    answered(cx, challenge, &behind, Answer::Rejected(rejection)).await
}

async fn answered(
    cx: &Cx,
    challenge: LoginChallenge,
    behind: &Behind,
    answer: Answer<LoginAnswer>,
) -> Result<RedirectTo, ChallengeError> {
    let envelope = Envelope {
        purpose: Purpose::LoginVerifier,
        carrier: &behind.request_url,
        expires_at: request::expires_at(cx, challenge.flow.requested_at),
        stranger: None,
    };
    let verifier = LoginVerifier {
        fingerprint: fingerprint::of(&behind.params),
        skip: challenge.known.is_some(),
        flow: challenge.flow,
        answer,
    };
    let sealed = seal::seal(cx, &envelope, &verifier).await?;
    Ok(RedirectTo { redirect_to: behind.answered("login_verifier", &sealed) })
}

async fn open(cx: &Cx, text: &str) -> Result<(LoginChallenge, Behind), ChallengeError> {
    let opened: Option<LoginChallenge> = seal::open(cx, Purpose::LoginChallenge, text).await?;
    let challenge = opened.ok_or_else(ChallengeError::unknown)?;
    request::check_age(cx, &challenge.flow)?;
    let behind = request::behind(cx, &challenge.request).await?;
    Ok((challenge, behind))
}

fn check_accept(body: &AcceptLogin) -> Result<(), ChallengeError> {
    if body.subject.is_empty() {
        return Err(ChallengeError::invalid("The field 'subject' is missing or empty."));
    }
    request::check_text("subject", &body.subject, LONGEST_SUBJECT)?;
    request::check_text("acr", body.acr.as_deref().unwrap_or_default(), LONGEST_WORD)?;
    for word in body.amr.iter().flatten() {
        request::check_text("amr", word, LONGEST_WORD)?;
    }
    let forced = body.force_subject_identifier.as_deref().unwrap_or_default();
    request::check_text("force_subject_identifier", forced, LONGEST_SUBJECT)?;
    let foreign = body.identity_provider_session_id.as_deref().unwrap_or_default();
    request::check_text("identity_provider_session_id", foreign, LONGEST_WORD)
}

/// The login page's answer, brought back by a browser with the request it answers.
pub(crate) async fn verifier(cx: &Cx, text: &str, params: &Params) -> Result<LoginVerifier, OAuthError> {
    let opened: Option<LoginVerifier> = seal::open(cx, Purpose::LoginVerifier, text).await?;
    let verifier = request::check_verifier(opened, |verifier| &verifier.fingerprint, params)?;
    request::check_verifier_age(cx, &verifier.flow)?;
    Ok(verifier)
}
