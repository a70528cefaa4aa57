//! `id_token_hint`: the person the client thinks it is dealing with (contract 3.2; OpenID Connect Core 3.1.2.1).

use crate::{
    app::Cx,
    authorize::draft::Authorized,
    protocol::error::{OAuthCode, OAuthError},
    subject, token,
};

/// The `sub` of the hint, if the request has one and this server signed it. Its age does not matter.
pub(super) async fn subject_of(cx: &Cx, authorized: &Authorized) -> Result<Option<String>, OAuthError> {
    let Some(hint) = authorized.id_token_hint() else { return Ok(None) };
    let claims = token::id_token::read_hint(cx, hint).await?;
    let subject = claims.get("sub").and_then(serde_json::Value::as_str);
    let invalid = || OAuthError::new(OAuthCode::InvalidRequest).because("The id_token_hint names no subject.");
    subject.map(|subject| Some(subject.to_owned())).ok_or_else(invalid)
}

/// Whether the request leaves it open who the person is, or wants this one by `claims` (OpenID Connect Core 5.5.1).
pub(super) async fn is_wanted(cx: &Cx, authorized: &Authorized, person: &str) -> Result<bool, OAuthError> {
    let Some(wanted) = authorized.wanted_subjects() else { return Ok(true) };
    let shown = subject::seen(cx, authorized.client(), person).await?;
    Ok(wanted.iter().any(|wanted| *wanted == shown))
}

/// Whether the hinted `sub` is this person, by his own name or by the one this client knows him under.
pub(super) async fn names(cx: &Cx, authorized: &Authorized, hinted: &str, person: &str) -> Result<bool, OAuthError> {
    Ok(hinted == person || hinted == subject::seen(cx, authorized.client(), person).await?)
}
