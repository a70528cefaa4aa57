//! The subject a client sees: the real one, or one made for its sector alone (contract 2.7; OpenID Connect Core 8).

use openssl::sha::sha256;
use shared_types::secret::Digest;
use url::Url;

use crate::{
    app::Cx,
    model::client::{Client, Metadata},
    protocol::error::{OAuthCode, OAuthError},
    store::forced_subjects,
};

impl Metadata {
    /// Whether the client is shown subjects of its own.
    pub(crate) fn is_pairwise(&self) -> bool {
        self.subject_type == "pairwise"
    }
}

/// The subject as `client` sees it: the person's own name, or the one made or chosen for this client alone.
pub(crate) async fn seen(cx: &Cx, client: &Client, person: &str) -> Result<String, OAuthError> {
    if !client.is_pairwise() {
        return Ok(person.to_owned());
    }
    let (client_id, subject) = (client.id.clone(), person.to_owned());
    let forced = cx.db.read(move |conn| forced_subjects::find(conn, &subject, &client_id)).await?;
    shown(cx, client, person, forced.as_deref())
}

/// The subject as `client` sees it. `forced` is what the login provider gave in its place.
fn shown(cx: &Cx, client: &Client, subject: &str, forced: Option<&str>) -> Result<String, OAuthError> {
    if !client.is_pairwise() {
        return Ok(subject.to_owned());
    }
    let invalid = |why: &'static str| OAuthError::new(OAuthCode::InvalidRequest).because(why);
    if !cx.config.oidc.subject_types.iter().any(|name| name == "pairwise") {
        return Err(invalid("The client is registered for pairwise subjects, which this server does not make."));
    }
    if let Some(forced) = forced {
        return Ok(forced.to_owned());
    }
    let sector = sector(client).ok_or_else(|| {
        invalid("The client needs a sector_identifier_uri, because it has not exactly one redirect URI with a host.")
    })?;
    let text = format!("{sector}{subject}{}", cx.config.oidc.pairwise_salt.expose());
    // A digest's text is its 64 hexadecimal digits.
    Digest::from_slice(&sha256(text.as_bytes())).map(|hash| hash.hex()).ok_or_else(|| OAuthCode::ServerError.into())
}

/// What a client's sector is named by: its document, else the host of its only redirect URI.
fn sector(client: &Client) -> Option<String> {
    if !client.sector_identifier_uri.is_empty() {
        return Some(client.sector_identifier_uri.clone());
    }
    match client.redirect_uris.as_slice() {
        [only] => {
            let uri = Url::parse(only).ok()?;
            let host = uri.host_str()?;
            Some(uri.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests;
