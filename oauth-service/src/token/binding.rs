//! Tokens that are good in one client's hands alone: bound to a key it proves to have (RFC 9449) or to the certificate of its connection
//! (RFC 8705 3).

use crate::{
    app::Cx,
    model::{client::Client, token::Confirmation},
    protocol::error::{OAuthCode, OAuthError},
};

/// What the access token of this answer is bound to, given what the request proved.
pub(crate) fn of_access(cx: &Cx, client: &Client, proven: &Confirmation) -> Result<Confirmation, OAuthError> {
    if client.dpop_bound_access_tokens && proven.jkt.is_none() {
        return Err(OAuthError::new(OAuthCode::InvalidDpopProof)
            .because("The client is registered for tokens that are bound to a key, and sent no proof."));
    }
    let by_certificate = client.tls_client_certificate_bound_access_tokens;
    if by_certificate && proven.x5t_s256.is_none() {
        return Err(OAuthError::new(OAuthCode::InvalidRequest)
            .because("The client is registered for tokens that are bound to its certificate, and showed none."));
    }
    let bound = Confirmation { jkt: proven.jkt.clone(), x5t_s256: proven.x5t_s256.clone().filter(|_| by_certificate) };
    if cx.config.oauth2.profile.demands_bound_tokens() && bound.is_empty() {
        return Err(OAuthError::new(OAuthCode::InvalidRequest)
            .because("Tokens are issued to who proves possession of a key alone: by DPoP or by a certificate."));
    }
    Ok(bound)
}

/// What a request of this client has to prove for its tokens, `shown` in the place of each key.
pub(crate) fn demanded(cx: &Cx, client: &Client, shown: &str) -> Confirmation {
    let by_certificate = client.tls_client_certificate_bound_access_tokens;
    let by_key = client.dpop_bound_access_tokens || cx.config.oauth2.profile.demands_bound_tokens() && !by_certificate;
    Confirmation { jkt: by_key.then(|| shown.to_owned()), x5t_s256: by_certificate.then(|| shown.to_owned()) }
}

/// What the refresh token is bound to. A confidential client proves who it is whenever it refreshes; a public one cannot, so its
/// refresh token is bound to its key (RFC 9449 5, RFC 8705 4).
pub(crate) fn of_refresh(client: &Client, proven: &Confirmation) -> Confirmation {
    if client.is_public() { proven.clone() } else { Confirmation::default() }
}

/// Whether who asks has what a code or a refresh token is bound to.
pub(crate) fn is_held(bound: &Confirmation, proven: &Confirmation) -> bool {
    let same = |bound: &Option<String>, proven: &Option<String>| bound.is_none() || bound == proven;
    same(&bound.jkt, &proven.jkt) && same(&bound.x5t_s256, &proven.x5t_s256)
}
