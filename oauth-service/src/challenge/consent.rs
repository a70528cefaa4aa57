//! The consent leg's hand-over (contract 3.8, 3.9): what the consent page is asked and what it answers.

use serde_json::Value;
use shared_types::{
    contract::{AcceptConsent, ConsentRequest, RedirectTo, RejectRequest},
    id::GrantId,
};
use url::Url;

use super::{
    ChallengeError, context, fingerprint,
    jar::{Jar, Leg},
    rejection,
    request::{self, Behind, Origin},
    seal::{self, Envelope, Purpose},
    url as urls,
};
use crate::{
    app::Cx,
    model::challenge::{Answer, ConsentAnswer, ConsentChallenge, ConsentVerifier, HowLoggedIn, KnownLogin, Passage},
    protocol::{authorization_details, error::OAuthError, params::Params, scope},
};

/// More than any audience in use.
const LONGEST_AUDIENCE: usize = 2_048;

/// Who logged in, how, and whether a remembered consent answers already.
pub(crate) struct LoggedIn {
    pub(crate) flow: Passage,
    pub(crate) login: KnownLogin,
    pub(crate) how: HowLoggedIn,
    pub(crate) skip: bool,
}

/// Sends the browser to the consent page with a challenge.
pub(crate) async fn ask(cx: &Cx, jar: &mut Jar, origin: Origin<'_>, logged_in: LoggedIn) -> Result<Url, OAuthError> {
    let LoggedIn { mut flow, login, how, skip } = logged_in;
    flow.csrf = jar.csrf_value(cx, Leg::Consent, &origin.client.id);
    let page = &cx.config.urls.consent;
    let envelope = Envelope {
        purpose: Purpose::ConsentChallenge,
        carrier: page,
        expires_at: request::expires_at(cx, flow.requested_at),
        stranger: None,
    };
    let challenge = ConsentChallenge {
        flow,
        grant: GrantId::random(cx.entropy.as_ref()),
        request: origin.carried(),
        login,
        how,
        skip,
    };
    let sealed = seal::seal(cx, &envelope, &challenge).await?;
    Ok(urls::with_params(page, &[("consent_challenge", &sealed)]))
}

/// The consent request behind a challenge, for the consent page.
pub(crate) async fn read(cx: &Cx, text: &str) -> Result<ConsentRequest, ChallengeError> {
    let (challenge, behind) = open(cx, text).await?;
    request::check_unused(cx, challenge.flow.id, &behind.request_url).await?;
    Ok(ConsentRequest {
        challenge: text.to_owned(),
        consent_request_id: challenge.grant.hex(),
        requested_scope: behind.scope(),
        requested_access_token_audience: behind.audience(),
        authorization_details: details_of(&behind),
        skip: challenge.skip,
        subject: challenge.login.subject,
        oidc_context: context::of(&behind.params, &behind.client.default_acr_values),
        client: behind.client.to_json(),
        request_url: behind.request_url.to_string(),
        login_challenge: challenge.flow.id.hex(),
        login_session_id: challenge.flow.session.text(),
        acr: challenge.how.acr,
        amr: challenge.how.amr,
        context: challenge.how.context,
    })
}

/// Takes the consent page's yes.
pub(crate) async fn accept(cx: &Cx, text: &str, body: AcceptConsent) -> Result<RedirectTo, ChallengeError> {
    let (mut challenge, behind) = open(cx, text).await?;
    let answer = ConsentAnswer {
        scope: body.grant_scope.unwrap_or_default(),
        audience: body.grant_access_token_audience.unwrap_or_default(),
        details: body.grant_authorization_details.unwrap_or_default(),
        session: body.session.unwrap_or_default(),
        remember: body.remember,
        remember_for: body.remember_for.max(0),
        handled_at: cx.now,
    };
    check_accept(&answer)?;
    check_details(&answer.details, &details_of(&behind))?;
    if let Some(context) = body.context {
        challenge.how.context = context;
    }
    let subject = &challenge.login.subject;
    tracing::info!(client_id = %behind.client.id, %subject, skip = challenge.skip, "consent accepted");
    answered(cx, challenge, &behind, Answer::Accepted(answer)).await
}

/// Takes the consent page's no.
pub(crate) async fn reject(cx: &Cx, text: &str, body: RejectRequest) -> Result<RedirectTo, ChallengeError> {
    let (challenge, behind) = open(cx, text).await?;
    let rejection = rejection::of(body, "access_denied");
    let subject = &challenge.login.subject;
    tracing::info!(client_id = %behind.client.id, %subject, error = %rejection.error, "consent rejected");
    answered(cx, challenge, &behind, Answer::Rejected(rejection)).await
}

async fn answered(
    cx: &Cx,
    challenge: ConsentChallenge,
    behind: &Behind,
    answer: Answer<ConsentAnswer>,
) -> Result<RedirectTo, ChallengeError> {
    let envelope = Envelope {
        purpose: Purpose::ConsentVerifier,
        carrier: &behind.request_url,
        expires_at: request::expires_at(cx, challenge.flow.requested_at),
        stranger: None,
    };
    let ConsentChallenge { flow, grant, login, how, skip, .. } = challenge;
    let fingerprint = fingerprint::of(&behind.params);
    let verifier = ConsentVerifier { flow, grant, fingerprint, login, how, skip, answer };
    let sealed = seal::seal(cx, &envelope, &verifier).await?;
    Ok(RedirectTo { redirect_to: behind.answered("consent_verifier", &sealed) })
}

async fn open(cx: &Cx, text: &str) -> Result<(ConsentChallenge, Behind), ChallengeError> {
    let opened: Option<ConsentChallenge> = seal::open(cx, Purpose::ConsentChallenge, text).await?;
    let challenge = opened.ok_or_else(ChallengeError::unknown)?;
    request::check_age(cx, &challenge.flow)?;
    let behind = request::behind(cx, &challenge.request).await?;
    Ok((challenge, behind))
}

/// The details a request that passed the matrix asks for.
fn details_of(behind: &Behind) -> Vec<Value> {
    let text = behind.params.get("authorization_details");
    text.and_then(|text| authorization_details::parse(text).ok()).unwrap_or_default()
}

/// The page may grant less than was asked for, and may enrich it (RFC 9396 7.1), but grants no other kind of thing.
fn check_details(granted: &[Value], asked: &[Value]) -> Result<(), ChallengeError> {
    for detail in granted {
        authorization_details::check(detail).map_err(|error| {
            ChallengeError::invalid(format!("The field 'grant_authorization_details' is malformed: {error}"))
        })?;
    }
    let known = |name: &str| asked.iter().any(|detail| authorization_details::type_of(detail) == Some(name));
    match authorization_details::first_unknown(granted, known) {
        None => Ok(()),
        Some(name) => Err(ChallengeError::invalid(format!(
            "The field 'grant_authorization_details' grants the type '{name}', which was not asked for."
        ))),
    }
}

/// A grant may be anything the page decides, asked for or not, but each scope must be one word: tokens carry them blank-separated.
fn check_accept(answer: &ConsentAnswer) -> Result<(), ChallengeError> {
    if answer.scope.iter().any(|granted| !scope::is_token(granted)) {
        return Err(ChallengeError::invalid("The field 'grant_scope' holds a text that cannot be a scope."));
    }
    for audience in &answer.audience {
        request::check_text("grant_access_token_audience", audience, LONGEST_AUDIENCE)?;
    }
    Ok(())
}

/// The consent page's answer, brought back by a browser with the request it answers.
pub(crate) async fn verifier(cx: &Cx, text: &str, params: &Params) -> Result<ConsentVerifier, OAuthError> {
    let opened: Option<ConsentVerifier> = seal::open(cx, Purpose::ConsentVerifier, text).await?;
    let verifier = request::check_verifier(opened, |verifier| &verifier.fingerprint, params)?;
    request::check_verifier_age(cx, &verifier.flow)?;
    Ok(verifier)
}
