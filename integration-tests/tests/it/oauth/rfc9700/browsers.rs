//! What browsers do with answers: no leak by referrer, no frame around a page, no password sent on, no script of another origin.

use integration_tests::{
    login::{self, CALLBACK},
    person::{Answer, plain_client},
    settings::Engine,
    world::World,
};
use serde_json::json;

use super::super::{EMAIL, PASSWORD, Scene, location, scene, text};
use crate::support::on_sqlite;

on_sqlite!(
    pages_leak_nothing_and_stand_in_no_frame,
    redirects_do_not_repeat_what_was_posted,
    scripts_of_other_origins_do_not_reach_the_authorization_endpoint,
    nothing_of_an_answer_is_cached,
    what_one_browser_began_no_other_finishes,
);

#[track_caller]
fn assert_private(answer: &Answer) {
    let header = |name: &str| answer.header(name).unwrap_or_default().to_owned();
    assert!(header("cache-control").contains("no-store"), "{:?}", answer.headers);
    assert_eq!(header("referrer-policy"), "no-referrer", "{:?}", answer.headers);
    let policy = header("content-security-policy");
    assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
    assert_eq!(answer.header("access-control-allow-origin"), None);
    for foreign in ["<script src=\"http", "<img src=\"http", "<link rel=\"stylesheet\" href=\"http"] {
        assert!(!answer.body.contains(foreign), "{foreign} in {}", answer.body);
    }
}

/// 4.2.4: "The page [...] rendered as a result of the OAuth authorization response and the authorization endpoint SHOULD NOT include
/// third-party resources or links to external sites", and suppress the Referer header; 4.16: "Authorization servers MUST prevent
/// clickjacking attacks."
async fn pages_leak_nothing_and_stand_in_no_frame(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let person = login::person()?;
    let login = person.open(scene.authorization()?.url.as_str()).await?;
    assert_private(&scene.look(login.url.as_str(), &[]).await?);
    let consent =
        person.press(&login, ("method", "password"), &[("identifier", EMAIL), ("password", PASSWORD)]).await?;
    let page = person.request(plain_client()?.get(consent.url.clone())).await?;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_private(&page);
    let silent = scene.authorization()?.with("response_mode", "form_post").with("prompt", "none");
    let form = scene.look(silent.url.as_str(), &[]).await?;
    assert_eq!((form.status, form.header("referrer-policy")), (200, Some("no-referrer")), "{:?}", form.headers);
    assert!(
        form.header("content-security-policy").is_some_and(|policy| policy.contains("frame-ancestors")),
        "{:?}",
        form.headers
    );
    Ok(())
}

/// Every hop from the login page to the client, with the status it was made by.
async fn hops(scene: &Scene) -> anyhow::Result<Vec<(u16, String)>> {
    let person = login::person()?;
    let page = person.open(scene.authorization()?.url.as_str()).await?;
    let consent = person.press(&page, ("method", "password"), &[("identifier", EMAIL), ("password", PASSWORD)]).await?;
    let form = integration_tests::form::Form::with_button(&consent.html, "action", "accept")?;
    let url = consent.url.join(&form.action)?;
    let fields = form.press("action", "accept");
    let mut answer = person.request(plain_client()?.post(url).form(&fields)).await?;
    let mut hops = Vec::new();
    for _ in 0..5 {
        let next = location(&answer);
        hops.push((answer.status, next.to_string()));
        if next.as_str().starts_with(CALLBACK) {
            return Ok(hops);
        }
        answer = person.request(plain_client()?.get(next)).await?;
    }
    anyhow::bail!("the client is not reached: {hops:?}")
}

/// 4.12: "AS which redirect a request that potentially contains user credentials MUST NOT use the HTTP 307 status code for redirection.
/// [...] status code 303 (See Other) SHOULD be used."
async fn redirects_do_not_repeat_what_was_posted(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let hops = hops(&scene).await?;
    assert!(hops.iter().all(|(status, _)| matches!(status, 302 | 303)), "{hops:?}");
    assert_eq!(hops.last().map(|(status, _)| *status), Some(303), "{hops:?}");
    Ok(())
}

/// 2.6: "Authorization servers MUST NOT support CORS at the authorization endpoint"; where it is switched on, the token endpoint has it
/// and the authorization endpoint has not.
async fn scripts_of_other_origins_do_not_reach_the_authorization_endpoint(engine: Engine) -> anyhow::Result<()> {
    let cors =
        json!({ "serve": { "public": { "cors": { "enabled": true, "allowed_origins": ["https://app.example"] } } } });
    let scene = scene!(World::on(engine).oauth(cors));
    let origin = [("origin", "https://app.example"), ("access-control-request-method", "POST")];
    let with = |path: &str, method: &str| {
        let url = scene.world.oauth_url(path);
        let client = plain_client();
        let method: anyhow::Result<_> = method.parse().map_err(anyhow::Error::from);
        async move {
            let mut request = client?.request(method?, url);
            for (name, value) in origin {
                request = request.header(name, value);
            }
            Answer::read(request.send().await?).await
        }
    };
    let open = with("/oauth2/token", "OPTIONS").await?;
    assert_eq!(open.header("access-control-allow-origin"), Some("https://app.example"), "{:?}", open.headers);
    for method in ["OPTIONS", "GET", "POST"] {
        let url = scene.authorization()?.url;
        let shut = with(&format!("/oauth2/auth?{}", url.query().unwrap_or_default()), method).await?;
        assert_eq!(shut.header("access-control-allow-origin"), None, "{method}: {:?}", shut.headers);
    }
    Ok(())
}

/// RFC 6749 5.1, RFC 7662 4, RFC 7591 3.2.1, RFC 9126 2.2: answers with secrets have Cache-Control no-store.
async fn nothing_of_an_answer_is_cached(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let tokens = scene.tokens().await?;
    let bearer = format!("Bearer {}", text(&tokens, "access_token")?);
    let mut answers = vec![
        scene.get("/userinfo", &[("authorization", &bearer)]).await?,
        scene.post("/oauth2/token", &[], &[("grant_type", "refresh_token"), ("client_id", "nobody")]).await?,
        scene.post("/oauth2/par", &[], &[("client_id", scene.client_id.as_str())]).await?,
        scene.look(scene.authorization()?.url.as_str(), &[]).await?,
        scene.look(scene.authorization()?.with("prompt", "none").url.as_str(), &[]).await?,
    ];
    answers.push(scene.refresh(text(&tokens, "refresh_token")?).await?);
    for answer in answers {
        assert!(answer.header("cache-control").is_some_and(|value| value.contains("no-store")), "{answer:?}");
    }
    Ok(())
}

/// 2.1 and 4.7: "Clients and authorization servers MUST prevent CSRF": an attacker who has logged in himself cannot have the victim's
/// browser finish it, neither at the login nor at the consent.
async fn what_one_browser_began_no_other_finishes(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let endpoint = scene.at("/oauth2/auth?");
    let attacker = login::person()?.ending_at(&endpoint);
    let page = attacker.open(scene.authorization()?.url.as_str()).await?;
    let logged_in =
        attacker.press(&page, ("method", "password"), &[("identifier", EMAIL), ("password", PASSWORD)]).await?;
    assert!(logged_in.parameter("login_verifier").is_some(), "{}", logged_in.url);
    let victim = login::person()?;
    let forged = victim.open(logged_in.url.as_str()).await?;
    assert_eq!(
        (forged.parameter("code"), forged.parameter("error").as_deref()),
        (None, Some("request_forbidden")),
        "{}",
        forged.url
    );

    let consent = attacker.open(logged_in.url.as_str()).await?;
    let agreed = login::consent_to_all(&attacker, &consent).await?;
    assert!(agreed.parameter("consent_verifier").is_some(), "{}", agreed.url);
    let forged = victim.open(agreed.url.as_str()).await?;
    assert_eq!(
        (forged.parameter("code"), forged.parameter("error").as_deref()),
        (None, Some("request_forbidden")),
        "{}",
        forged.url
    );
    // Whose it is may still finish, once.
    let end = attacker.open(agreed.url.as_str()).await?;
    assert!(end.parameter("code").is_some(), "{}", end.url);
    let again = attacker.open(agreed.url.as_str()).await?;
    assert_eq!(again.parameter("code"), None, "{}", again.url);
    Ok(())
}
