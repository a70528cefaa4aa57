//! OpenID Connect RP-Initiated, Back-Channel and Front-Channel Logout 1.0, and Session Management 1.0.

mod back_channel;
mod front_channel;
mod rp_initiated;
mod session_state;

use integration_tests::{
    login::{self, CALLBACK},
    person::{Page, Person},
};
use serde_json::Value;

use super::{Scene, keys::part, text};

/// A person logs in at a client, with a password or with the session that stands: the claims of the ID token, and the token.
async fn visit(scene: &Scene, person: &Person, client: &str) -> anyhow::Result<(Value, String)> {
    let authorization = scene.request_of(client)?;
    let page = person.open(authorization.url.as_str()).await?;
    let end = if page.url.as_str().starts_with(CALLBACK) {
        page
    } else if page.html.contains("name=\"password\"") {
        scene.sign_in_as(person, &authorization).await?
    } else {
        login::consent_to_all(person, &page).await?
    };
    let code = end.parameter("code").unwrap_or_else(|| panic!("no code at {}", end.url));
    let tokens = scene.exchange(&authorization, &code, &[], &[]).await?.expect(200)?;
    let id_token = text(&tokens, "id_token")?.to_owned();
    Ok((part(&id_token, 1), id_token))
}

/// Where a logout with these parameters leads.
async fn log_out(scene: &Scene, person: &Person, query: &[(&str, &str)]) -> anyhow::Result<Page> {
    let url = url::Url::parse_with_params(&scene.at("/oauth2/sessions/logout"), query)?;
    person.open(url.as_str()).await
}

/// Whether the server still knows who this browser is.
async fn is_known(scene: &Scene, person: &Person) -> anyhow::Result<bool> {
    let silent = scene.authorization()?.with("prompt", "none");
    let page = person.open(silent.url.as_str()).await?;
    Ok(page.parameter("error").as_deref() != Some("login_required"))
}
