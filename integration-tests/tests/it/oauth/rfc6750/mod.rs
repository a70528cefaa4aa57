//! RFC 6750, The OAuth 2.0 Authorization Framework: Bearer Token Usage, at the one protected resource there is: userinfo.

use integration_tests::{person::Answer, person::plain_client, settings::Engine, world::World};
use serde_json::json;

use super::{basic, scene, text};
use crate::support::on_sqlite;

on_sqlite!(
    a_token_comes_by_header_or_by_form,
    a_token_comes_one_way_at_a_time,
    refusals_say_how_to_do_better,
    profiles_take_no_token_from_an_address,
);

/// 2.1: "Resource servers MUST support this method", the header; 2.2: a form, by POST and of its own content type.
async fn a_token_comes_by_header_or_by_form(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let tokens = scene.tokens().await?;
    let token = text(&tokens, "access_token")?;
    for header in [format!("Bearer {token}"), format!("bearer {token}"), format!("BEARER {token}")] {
        scene.get("/userinfo", &[("authorization", &header)]).await?.expect(200)?;
        scene.post("/userinfo", &[("authorization", &header)], &[]).await?.expect(200)?;
    }
    scene.post("/userinfo", &[], &[("access_token", token)]).await?.expect(200)?;
    // The content is a form or nothing.
    let url = scene.at("/userinfo");
    let body = format!("access_token={token}");
    let request = plain_client()?.post(&url).header("content-type", "text/plain").body(body);
    assert_eq!(Answer::read(request.send().await?).await?.status, 401);
    let request = plain_client()?.post(&url).json(&json!({ "access_token": token }));
    assert_eq!(Answer::read(request.send().await?).await?.status, 401);
    for header in [
        format!("Basic {token}"),
        format!("Token {token}"),
        token.to_owned(),
        "Bearer".to_owned(),
        "Bearer ".to_owned(),
    ] {
        let answer = scene.get("/userinfo", &[("authorization", &header)]).await?;
        assert_eq!(answer.status, 401, "{header}: {}", answer.body);
    }
    Ok(())
}

/// 2: "Clients MUST NOT use more than one method to transmit the token in each request"; 3.1: a request that "uses more than one method
/// for including an access token, or is otherwise malformed" is an invalid_request, 400.
async fn a_token_comes_one_way_at_a_time(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let tokens = scene.tokens().await?;
    let token = text(&tokens, "access_token")?;
    let header = format!("Bearer {token}");
    let form = [("access_token", token)];
    let twice = [("access_token", token), ("access_token", token)];
    let by_query = format!("/userinfo?access_token={token}");
    let malformed = [
        scene.post("/userinfo", &[("authorization", &header)], &form).await?,
        scene.get(&by_query, &[("authorization", &header)]).await?,
        scene.post(&by_query, &[], &form).await?,
        scene.post("/userinfo", &[], &twice).await?,
    ];
    for answer in malformed {
        assert_eq!(answer.status, 400, "{}", answer.body);
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.contains("error=\"invalid_request\""), "{challenge}");
    }
    Ok(())
}

/// 3: "the resource server MUST include the HTTP WWW-Authenticate response header field"; 3.1: "If the request lacks any authentication
/// information [...] the resource server SHOULD NOT include an error code"; invalid_token 401, insufficient_scope 403.
async fn refusals_say_how_to_do_better(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let absent = scene.get("/userinfo", &[]).await?;
    assert_eq!((absent.status, absent.header("www-authenticate")), (401, Some("Bearer")), "{}", absent.body);
    let unknown = scene.get("/userinfo", &[("authorization", "Bearer ory_at_unknown.token")]).await?;
    assert_eq!(unknown.status, 401);
    let challenge = unknown.header("www-authenticate").unwrap_or_default();
    assert!(challenge.starts_with("Bearer ") && challenge.contains("error=\"invalid_token\""), "{challenge}");
    let (id, secret) = scene.confidential().await?;
    let form = [("grant_type", "client_credentials"), ("scope", "profile")];
    let own = scene.post("/oauth2/token", &[("authorization", &basic(&id, &secret))], &form).await?.expect(200)?;
    let narrow = scene.world.userinfo(text(&own, "access_token")?).await?;
    assert_eq!(narrow.status, 403, "{}", narrow.body);
    let challenge = narrow.header("www-authenticate").unwrap_or_default();
    assert!(
        challenge.contains("error=\"insufficient_scope\"") && challenge.contains("scope=\"openid\""),
        "{challenge}"
    );
    // 3: the text of the description needs no escaping.
    for answer in [&unknown, &narrow] {
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.bytes().all(|b| (b' '..=b'~').contains(&b) && b != b'\\'), "{challenge}");
    }
    Ok(())
}

/// 2.3: the query "SHOULD NOT be used"; OAuth 2.1, 5.2.1, and the FAPI 2.0 Security Profile, 5.3.4: "shall not accept access tokens in
/// the query".
async fn profiles_take_no_token_from_an_address(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine).oauth(json!({ "oauth2": { "profile": "oauth21" } })));
    let tokens = scene.tokens().await?;
    let token = text(&tokens, "access_token")?;
    assert_eq!(scene.get(&format!("/userinfo?access_token={token}"), &[]).await?.status, 401);
    scene.world.userinfo(token).await?.expect(200)?;
    Ok(())
}
