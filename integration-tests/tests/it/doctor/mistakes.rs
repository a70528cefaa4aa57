//! The usual mistakes, told where they are made: on a page, in an answer, in the log.

use integration_tests::{
    person::plain_client,
    settings::{Engine, loopback, merge},
};
use serde_json::{Value, json};

use super::bench;
use crate::support::{on_both, on_sqlite};

on_both!(a_redirect_uri_that_is_not_registered);
on_sqlite!(an_origin_that_is_not_allowed, cookies_that_do_not_come);

async fn a_redirect_uri_that_is_not_registered(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let mut settings = bench.oauth_settings();
    // The page that tells of it is the service's own.
    merge(&mut settings, json!({"urls": {"error": null}}));
    let _service = bench.start_oauth(&settings).await?;
    let client = plain_client()?;
    let body = json!({"client_id": "portal", "grant_types": ["authorization_code"], "response_types": ["code"],
        "redirect_uris": ["https://portal.example.org/secret-path"], "scope": "openid", "token_endpoint_auth_method": "none"});
    let admin = format!("{}/admin/clients", loopback(bench.places.oauth_admin));
    let made = client.post(admin).bearer_auth(&bench.places.oauth_key).json(&body).send().await?;
    assert_eq!(made.status(), 201);
    for (sent, differs_in) in [
        ("http://portal.example.org/secret-path", "scheme"),
        ("https://portal.example.com/secret-path", "host"),
        ("https://portal.example.org:8443/secret-path", "port"),
        ("https://portal.example.org/cb", "path"),
        ("https://portal.example.org/secret-path/", "slash at the end"),
    ] {
        let auth = format!("{}/oauth2/auth", bench.places.oauth());
        let query = [
            ("client_id", "portal"),
            ("response_type", "code"),
            ("scope", "openid"),
            ("state", "a long state"),
            ("redirect_uri", sent),
        ];
        let reply = client.get(reqwest::Url::parse_with_params(&auth, query)?).send().await?;
        let place = reply.headers().get("location").map(|to| to.to_str().unwrap_or_default().to_owned());
        let text: String = match place {
            Some(to) => {
                let to = reqwest::Url::parse(&to)?;
                to.query_pairs().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join(" ")
            }
            None => reply.text().await?,
        };
        assert!(text.contains(&format!("What differs from the nearest of them: {differs_in}.")), "{sent}: {text}");
        let registered = text.replace(sent, "").contains("portal.example.org/secret-path");
        assert!(!registered, "a stranger is not told what is registered: {text}");
    }
    let log = bench.log("oauth-service");
    let line = log.lines().find(|line| line.contains("slash at the end")).unwrap_or_default();
    assert!(line.contains("https://portal.example.org/secret-path") && line.contains("\"client\":\"portal\""), "{log}");
    Ok(())
}

async fn an_origin_that_is_not_allowed(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let cors =
        json!({"serve": {"public": {"cors": {"enabled": true, "allowed_origins": ["https://app.example.org"]}}}});
    let (mut identity, mut oauth) = (bench.identity_settings("smtp://127.0.0.1:1/"), bench.oauth_settings());
    merge(&mut identity, cors.clone());
    merge(&mut oauth, cors);
    let _identity = bench.start_identity(&identity).await?;
    let _oauth = bench.start_oauth(&oauth).await?;
    let client = plain_client()?;
    let own = bench.places.identity();
    for url in [format!("{own}/sessions/whoami"), format!("{}/.well-known/jwks.json", bench.places.oauth())] {
        for origin in
            ["https://other.example.org", "https://other.example.org", "https://app.example.org", own.as_str()]
        {
            let reply = client.get(&url).header("origin", origin).send().await?;
            let shared = reply.headers().contains_key("access-control-allow-origin");
            assert_eq!(shared, origin == "https://app.example.org", "{url} {origin}");
        }
    }
    for name in ["identity-service", "oauth-service"] {
        let log = bench.log(name);
        let told: Vec<&str> = log.lines().filter(|line| line.contains("are refused (CORS)")).collect();
        let of_other = told.iter().filter(|line| line.contains("https://other.example.org")).count();
        assert_eq!(of_other, 1, "{name}: {log}");
        assert!(log.contains("serve.public.cors.allowed_origins"), "{name}: {log}");
    }
    assert!(!bench.log("identity-service").contains(&format!("scripts of {own}")));
    Ok(())
}

async fn cookies_that_do_not_come(engine: Engine) -> anyhow::Result<()> {
    let bench = bench!(engine);
    let _service = bench.start_identity(&bench.identity_settings("smtp://127.0.0.1:1/")).await?;
    let client = plain_client()?;
    let begin = format!("{}/self-service/login/browser", bench.places.identity());
    let flow: Value = client.get(begin).header("accept", "application/json").send().await?.json().await?;
    let action = flow["ui"]["action"].as_str().unwrap_or_default().to_owned();
    let submit = async |headers: &[(&str, &str)]| {
        let mut request =
            client.post(&action).header("accept", "application/json").json(&json!({"method": "password"}));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let reply = request.send().await?;
        assert_eq!(reply.status(), 403);
        let body: Value = reply.json().await?;
        anyhow::Ok(body["error"]["details"]["hint"].as_str().unwrap_or_default().to_owned())
    };
    let hint = submit(&[]).await?;
    assert!(
        hint.contains("no cookies at all") && hint.contains("cookies.domain") && hint.contains("same_site"),
        "{hint}"
    );
    let hint = submit(&[("cookie", "another=1")]).await?;
    assert!(hint.starts_with("The CSRF cookie did not come along"), "{hint}");
    let hint = submit(&[("host", "login.example.org")]).await?;
    assert!(hint.contains("another host") && hint.contains("serve.public.base_url"), "{hint}");
    assert!(!hint.contains("login.example.org"), "{hint}");
    Ok(())
}
