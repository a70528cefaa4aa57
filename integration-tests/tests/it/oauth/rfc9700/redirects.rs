//! Tricks with redirect URIs: none but the registered text is ever redirected to.

use integration_tests::{login::Authorization, person::Answer, settings::Engine, world::World};
use serde_json::json;

use super::super::{SCOPE, Scene, assert_error, assert_shown, location, scene, sent};
use crate::support::on_sqlite;

on_sqlite!(
    what_looks_like_a_registered_uri_is_none,
    loopback_addresses_differ_in_the_port_alone,
    an_answer_needs_one_redirect_uri,
    uris_unfit_for_a_browser_are_not_registered_to_any_use,
    logout_redirects_are_compared_as_strictly,
);

const REGISTERED: &str = "https://app.example/cb";

/// What a sloppy comparison, or a parser other than the browser's, takes for it.
const LOOKALIKES: [&str; 49] = [
    "https://app.example/cb/",
    "https://app.example//cb",
    "https://app.example/./cb",
    "https://app.example/x/../cb",
    "https://app.example/cb%2f",
    "https://app.example/%63b",
    "https://app.example/cb?",
    "https://app.example/cb?x=1",
    "https://app.example/cb#",
    "https://app.example/cb#fragment",
    "https://app.example/cb;x",
    "https://app.example:443/cb",
    "https://app.example.:443/cb",
    "https://app.example./cb",
    "https://APP.example/cb",
    "HTTPS://app.example/cb",
    "http://app.example/cb",
    "//app.example/cb",
    "///app.example/cb",
    "/cb",
    "cb",
    "\\\\app.example\\cb",
    "https:\\\\app.example\\cb",
    "https:/app.example/cb",
    "https:app.example/cb",
    "https://app.example\\cb",
    "https://app.example/cb\\",
    "https://app.example@evil.example/cb",
    "https://user@app.example/cb",
    "https://app.example:443@evil.example/cb",
    "https://evil.example\\@app.example/cb",
    "https://evil.example/@app.example/cb",
    "https://evil.example?app.example/cb",
    "https://evil.example#https://app.example/cb",
    "https://app.example.evil.example/cb",
    "https://evil-app.example/cb",
    "https://app.example%00.evil.example/cb",
    "https://app.example/cb\r\nLocation: https://evil.example/",
    "https://app.example/cb%0d%0aLocation:%20https://evil.example/",
    "https://app.example/cb\u{0}",
    " https://app.example/cb",
    "https://app.example/cb ",
    "https://app.example/cb\t",
    "https://\u{430}pp.example/cb",
    "https://app\u{3002}example/cb",
    "https://app.example\u{ff0f}cb",
    "https://app.example\u{200b}/cb",
    "javascript:alert(1)//https://app.example/cb",
    "data:text/html,https://app.example/cb",
];

/// Asks for a code to be sent to this URI.
async fn ask(scene: &Scene, client_id: &str, uri: &str) -> anyhow::Result<Answer> {
    let url = Authorization::new(&scene.world, client_id, SCOPE)?.with("redirect_uri", uri).url;
    scene.look(url.as_str(), &[]).await
}

/// 2.1 and 4.1.3: "When comparing client redirection URIs against pre-registered URIs, authorization servers MUST utilize exact string
/// matching except for port numbers in localhost redirection URIs of native apps." The same for pushed requests (RFC 9126 2.4).
async fn what_looks_like_a_registered_uri_is_none(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client = scene.register(json!({ "redirect_uris": [REGISTERED] })).await?;
    let good = ask(&scene, &client, REGISTERED).await?;
    assert!(location(&good).as_str().starts_with(&scene.world.identity_url("/login")), "{:?}", good.headers);
    for uri in LOOKALIKES {
        let answer = ask(&scene, &client, uri).await?;
        assert_eq!(answer.status, 302, "{uri:?}: {}", answer.body);
        assert_shown(&scene, &answer, "invalid_request");
        assert_eq!(sent(&answer, "code"), None);
        let form =
            [("client_id", client.as_str()), ("response_type", "code"), ("redirect_uri", uri), ("scope", "profile")];
        assert_error(&scene.post("/oauth2/par", &[], &form).await?, 400, "invalid_request");
    }
    Ok(())
}

/// RFC 8252 7.3: "The authorization server MUST allow any port to be specified at the time of the request for loopback IP redirect
/// URIs"; RFC 9700 2.1: and nothing else may differ.
async fn loopback_addresses_differ_in_the_port_alone(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let client =
        scene.register(json!({ "redirect_uris": ["http://127.0.0.1/cb?app=1", "http://[::1]:80/cb"] })).await?;
    for uri in [
        "http://127.0.0.1:1/cb?app=1",
        "http://127.0.0.1:65535/cb?app=1",
        "http://127.0.0.1/cb?app=1",
        "http://[::1]:49152/cb",
    ] {
        let answer = ask(&scene, &client, uri).await?;
        assert!(
            location(&answer).as_str().starts_with(&scene.world.identity_url("/login")),
            "{uri}: {:?}",
            answer.headers
        );
    }
    for uri in [
        "http://127.0.0.1:1/cb",
        "http://127.0.0.1:1/cb?app=2",
        "http://127.0.0.1:1/cb?app=1&more=2",
        "http://127.0.0.1:1/cb/?app=1",
        "http://127.0.0.1:65536/cb?app=1",
        "http://127.0.0.1:0x50/cb?app=1",
        "http://127.0.0.1:-1/cb?app=1",
        "http://127.0.0.1:1:2/cb?app=1",
        "http://127.0.0.1:80@evil.example/cb?app=1",
        "http://evil.example:80@127.0.0.1:80/cb?app=1",
        "http://127.0.0.1:1\\@evil.example/cb?app=1",
        "http://127.0.0.1.evil.example/cb?app=1",
        "http://127.0.0.2:1/cb?app=1",
        "http://127.1:1/cb?app=1",
        "http://0x7f000001:1/cb?app=1",
        "http://2130706433:1/cb?app=1",
        "http://0177.0.0.1:1/cb?app=1",
        "http://localhost:1/cb?app=1",
        "http://[::ffff:127.0.0.1]:1/cb?app=1",
        "http://[0:0:0:0:0:0:0:1]:1/cb",
        "https://127.0.0.1:1/cb?app=1",
        "http://127.0.0.1:1/cb?app=1#f",
        "http://\u{ff11}27.0.0.1:1/cb?app=1",
    ] {
        assert_shown(&scene, &ask(&scene, &client, uri).await?, "invalid_request");
    }
    Ok(())
}

/// RFC 6749 3.1: "Request and response parameters MUST NOT be included more than once", and OpenID Connect Core 3.1.2.1: redirect_uri is
/// REQUIRED; with several registered URIs none is chosen for the client (RFC 6749 3.1.2.3).
async fn an_answer_needs_one_redirect_uri(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let both = json!({ "redirect_uris": [REGISTERED, "https://app.example/other"], "scope": "openid profile" });
    let client = scene.register(both).await?;
    let mut twice = Authorization::new(&scene.world, &client, "openid")?.with("redirect_uri", REGISTERED).url;
    twice.query_pairs_mut().append_pair("redirect_uri", "https://app.example/other");
    assert_shown(&scene, &scene.look(twice.as_str(), &[]).await?, "invalid_request");
    for scope in ["openid", "profile"] {
        let absent = Authorization::new(&scene.world, &client, scope)?.without("redirect_uri").url;
        assert_shown(&scene, &scene.look(absent.as_str(), &[]).await?, "invalid_request");
    }
    Ok(())
}

/// RFC 6749 3.1.2: "The redirection endpoint URI MUST be an absolute URI [...]. The endpoint URI MUST NOT include a fragment
/// component"; 10.15 and RFC 9700 4.11: nor may it be one that runs in the browser.
async fn uris_unfit_for_a_browser_are_not_registered_to_any_use(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    for uri in [
        "/relative",
        "app.example/cb",
        "https://app.example/cb#fragment",
        "https://user:secret@app.example/cb",
        "javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "file:///etc/passwd",
        "https:app.example/cb",
        "https://app.example/cb\\x",
        "https://app.example/c b",
        "https://\u{430}pp.example/cb",
    ] {
        let body = json!({ "redirect_uris": [uri], "token_endpoint_auth_method": "none" });
        let answer = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
        assert_error(&answer, 400, "invalid_redirect_uri");
    }
    Ok(())
}

/// RP-Initiated Logout 1.0, 3: "the OP MUST NOT perform post-logout redirection if the post_logout_redirect_uri value supplied does not
/// exactly match one of the previously registered post_logout_redirect_uris values."
async fn logout_redirects_are_compared_as_strictly(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let home = "http://127.0.0.1:5555/bye";
    let client = scene.register(json!({ "post_logout_redirect_uris": [home] })).await?;
    let tokens = scene.tokens_of(&client).await?;
    let hint = super::super::text(&tokens, "id_token")?;
    for uri in [
        "http://127.0.0.1:5556/bye",
        "http://127.0.0.1:5555/bye/",
        "http://127.0.0.1:5555/bye?x=1",
        "http://127.0.0.1:5555/bye#x",
        "http://127.0.0.1:5555/BYE",
        "http://127.0.0.1:5555@evil.example/bye",
        "//127.0.0.1:5555/bye",
        "https://evil.example/bye",
        "javascript:alert(1)",
    ] {
        let query = [("id_token_hint", hint), ("post_logout_redirect_uri", uri), ("state", "some-state")];
        let url = url::Url::parse_with_params(&scene.at("/oauth2/sessions/logout"), query)?;
        assert_shown(&scene, &scene.look(url.as_str(), &[]).await?, "invalid_request");
    }
    Ok(())
}
