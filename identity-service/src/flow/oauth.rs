//! The OAuth2 provider's part in a flow (contract §9): the challenge is read when a flow begins and answered when it ends.

use shared_types::{
    contract::AcceptLogin,
    id::{IdentityId, SessionId},
};
use url::Url;

use super::{FlowError, Refusal};
use crate::{
    app::Cx,
    model::{
        flow::OAuth2,
        identity::Identity,
        session::{Aal, Session},
    },
    peer::oauth::{self, PeerError},
    session::aal,
};

/// Who signed in, as the provider is told.
#[derive(Debug, Clone)]
pub(super) struct Signed {
    /// The subject of the tokens to come.
    pub(super) identity_id: IdentityId,
    /// Our session.
    pub(super) session_id: SessionId,
    /// The assurance level reached: `acr` of the tokens to come.
    pub(super) aal: Aal,
    /// The names of the methods used.
    pub(super) amr: Vec<String>,
}

impl Signed {
    /// The owner of a session.
    pub(super) fn of(session: &Session) -> Self {
        Self {
            identity_id: session.identity_id,
            session_id: session.id,
            aal: session.aal,
            amr: session.methods.iter().map(|method| method.method.clone()).collect(),
        }
    }
}

/// What a challenge asks for; no challenge asks for nothing, an empty one is a mistake.
pub(super) async fn request(cx: &Cx, challenge: Option<&str>) -> Result<Option<OAuth2>, FlowError> {
    let Some(challenge) = challenge else { return Ok(None) };
    if challenge.is_empty() {
        return Err(Refusal::Malformed("The login_challenge is empty.".to_owned()).into());
    }
    let request = oauth::login_request(cx, challenge).await.map_err(moved)?;
    Ok(Some(OAuth2 { challenge: challenge.to_owned(), request }))
}

/// Whether the client wishes for two factors and this person has them: `aal2` in `acr_values`, before `aal1` (RFC 9470 4). Without a
/// second factor the wish stays one, and `acr` tells the client.
pub(super) fn wants_second_factor(cx: &Cx, oauth2: &OAuth2, identity: &Identity) -> bool {
    let wanted = oauth2.request.oidc_context.acr_values.iter().find_map(|value| value.parse().ok());
    wanted == Some(Aal::Aal2) && aal::available(cx, identity) == Aal::Aal2
}

/// Tells the provider who signed in; where the browser goes on.
pub(super) async fn accept(cx: &Cx, challenge: &str, signed: &Signed) -> Result<Url, FlowError> {
    let session = &cx.config.session;
    let answer = AcceptLogin {
        subject: signed.identity_id.text(),
        identity_provider_session_id: Some(signed.session_id.text()),
        remember: session.persistent,
        remember_for: i64::try_from(session.lifespan.as_secs()).unwrap_or(i64::MAX),
        acr: Some(signed.aal.as_str().to_owned()),
        amr: Some(signed.amr.clone()),
        ..AcceptLogin::default()
    };
    oauth::accept_login(cx, challenge, &answer).await.map_err(moved)
}

/// A challenge that was answered before is no failure: the provider says where the browser belongs.
fn moved(error: PeerError) -> FlowError {
    match error {
        PeerError::Answered(url) => FlowError::Moved(url),
        other => FlowError::Provider(other),
    }
}
