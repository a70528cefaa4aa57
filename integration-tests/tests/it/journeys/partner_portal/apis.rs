//! The example APIs, asked with real tokens, and what the portal takes for a logout token.

use anyhow::{Context as _, ensure};
use integration_tests::{
    login::{self, Authorization},
    person::plain_client,
    program::RESOURCE,
};
use serde_json::{Value, json};

use super::{ADA, BEN, Visit};
use crate::oauth::{PASSWORD, text};

/// RFC 6750 3.1: 401 without an error, `invalid_token`, `insufficient_scope`; RFC 9470 3: `insufficient_user_authentication` with what is wanted.
pub(super) async fn answer_as_the_standards_say(visit: &Visit<'_>, apis: &[String]) -> anyhow::Result<()> {
    let ada = tokens(visit, ADA, Some(RESOURCE)).await?;
    let ben = tokens(visit, BEN, Some(RESOURCE)).await?;
    let for_nobody = tokens(visit, ADA, None).await?;
    for at in apis {
        for path in ["/orders", "/invoices", "/team"] {
            asked(at, path, Some(text(&ada, "access_token")?), 200, "").await?;
        }
        asked(at, "/orders", Some(text(&ben, "access_token")?), 200, "").await?;
        asked(at, "/orders", None, 401, "Bearer realm=\"partner-api\"").await?;
        for token in [text(&ada, "id_token")?, text(&for_nobody, "access_token")?, "abc"] {
            asked(at, "/orders", Some(token), 401, "error=\"invalid_token\"").await?;
        }
        for path in ["/invoices", "/team", "/bank"] {
            asked(at, path, Some(text(&ben, "access_token")?), 403, "error=\"insufficient_scope\"").await?;
        }
        let wanted = "acr_values=\"aal2\", max_age=\"300\"";
        let challenge = asked(at, "/bank", Some(text(&ada, "access_token")?), 401, wanted).await?;
        ensure!(challenge.contains("error=\"insufficient_user_authentication\""), "{at}: {challenge}");
    }
    refuses_what_is_no_logout_token(visit, text(&ada, "id_token")?).await
}

/// What a person's tokens are at a client beside the portal.
async fn tokens(visit: &Visit<'_>, email: &str, resource: Option<&str>) -> anyhow::Result<Value> {
    let fields = json!({ "audience": [RESOURCE], "access_token_strategy": "jwt" });
    let client = visit.world.client(fields).await?;
    let mut request = Authorization::new(visit.world, text(&client, "client_id")?, "openid")?;
    if let Some(resource) = resource {
        request = request.with("resource", resource);
    }
    let end = login::sign_in(&login::person()?, &request.url, email, PASSWORD).await?;
    request.exchange(visit.world, &end.parameter("code").context("a code")?).await?.expect(200)
}

/// One request; the challenge of its answer.
async fn asked(at: &str, path: &str, token: Option<&str>, status: u16, told: &str) -> anyhow::Result<String> {
    let mut request = plain_client()?.get(format!("{at}{path}"));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    let answer = request.send().await?;
    let challenge = answer.headers().get("www-authenticate").map_or("", |value| value.to_str().unwrap_or_default());
    ensure!(answer.status() == status && challenge.contains(told), "{at}{path}: {} {challenge}", answer.status());
    Ok(challenge.to_owned())
}

async fn refuses_what_is_no_logout_token(visit: &Visit<'_>, id_token: &str) -> anyhow::Result<()> {
    let client = plain_client()?;
    for body in [String::new(), "logout_token=a.b.c".to_owned(), format!("logout_token={id_token}")] {
        let request = client.post(format!("{}/auth/backchannel", visit.at)).body(body.clone());
        let answer = request.header("content-type", "application/x-www-form-urlencoded").send().await?;
        ensure!(answer.status() == 400, "{body}: {}", answer.status());
    }
    // Nor does a page of another site sign anybody out.
    let forged = client.post(format!("{}/auth/logout", visit.at)).header("origin", "https://evil.example");
    ensure!(forged.send().await?.status() == 403);
    let page = client.get(&visit.at).send().await?;
    let policy = page.headers().get("content-security-policy").context("a policy")?.to_str()?.to_owned();
    ensure!(policy.starts_with("default-src 'none'; script-src 'nonce-"), "{policy}");
    // Signing in leads back to the portal, and nowhere else.
    for elsewhere in ["//evil.example", "https://evil.example", "/%5Cevil.example"] {
        let answer = client.get(format!("{}/auth/login?return_to={elsewhere}", visit.at)).send().await?;
        ensure!(answer.status() == 303, "{}", answer.status());
        let place = answer.headers().get("location").context("a place")?.to_str()?;
        ensure!(place.starts_with(&visit.world.oauth_url("/oauth2/auth")), "{place}");
    }
    Ok(())
}
