//! Bad input on every route of both services: unknown fields, wrong types, oversize bodies, malformed JSON, bad Unicode,
//! duplicate parameters, ids that are none, expired and foreign flows. Never a 500, and never an admin answer without a key.

mod input;
mod routes;

use anyhow::Context as _;
use chrono::Duration;
use integration_tests::{
    login,
    person::{Answer, plain_client},
    settings::Engine,
    world::World,
};
use serde_json::{Value, json};

use crate::{
    oauth::{EMAIL, PASSWORD, clock, scene},
    support::{on_both, on_sqlite, world},
};
use input::Input;
use routes::Route;

on_both!(bad_input_is_never_a_server_error);
on_sqlite!(
    admin_routes_ask_for_a_key,
    unknown_routes_are_not_found,
    expired_flows_say_so,
    foreign_flows_are_refused,
    the_service_answers_after_garbage_on_the_socket,
);

async fn bad_input_is_never_a_server_error(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine));
    let client = plain_client()?;
    let mut offences = Vec::new();
    for route in routes::all(&world) {
        for input in input::all(&route) {
            let answer = match send(&client, &route, &input).await {
                Ok(answer) => answer,
                // A body that is refused before it was read whole may end the connection.
                Err(_) if input.oversize() => continue,
                Err(error) => {
                    offences.push(format!("{} {}: {}: {error:#}", route.method, route.path, input.name));
                    continue;
                }
            };
            if answer.status >= 500 {
                offences.push(format!(
                    "{} {}: {}: {} {}",
                    route.method, route.path, input.name, answer.status, answer.body
                ));
            }
        }
    }
    for alive in [world.identity_url("/health/alive"), world.oauth_url("/health/alive")] {
        assert_eq!(client.get(alive).send().await?.status(), 200);
    }
    assert!(offences.is_empty(), "{} answers were server errors:\n{}", offences.len(), offences.join("\n"));
    world.stop().await;
    Ok(())
}

async fn send(client: &reqwest::Client, route: &Route, input: &Input) -> anyhow::Result<Answer> {
    let mut request = client.request(route.method.parse()?, format!("{}{}", route.url, input.query));
    if let Some(key) = &route.key {
        request = request.bearer_auth(key);
    }
    for (name, value) in &input.headers {
        request = request.header(*name, *value);
    }
    if let Some(body) = &input.body {
        request = request.body(body.clone());
    }
    Answer::read(request.send().await?).await
}

async fn admin_routes_ask_for_a_key(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine));
    let client = plain_client()?;
    let mut offences = Vec::new();
    for route in routes::all(&world).into_iter().filter(|route| route.key.is_some()) {
        // The admin prefix may be left out; the key may not.
        let unprefixed = route.url.replacen("/admin/", "/", 1);
        for url in [route.url.clone(), unprefixed] {
            for authorization in [None, Some("Bearer not-the-key"), Some("Basic Zm9vOmJhcg=="), Some("Bearer ")] {
                let mut request = client.request(route.method.parse()?, &url);
                request =
                    authorization.into_iter().fold(request, |request, value| request.header("authorization", value));
                let status = request.send().await?.status().as_u16();
                if status != 401 {
                    offences.push(format!("{} {url} with {authorization:?}: {status}", route.method));
                }
            }
        }
    }
    assert!(offences.is_empty(), "{}", offences.join("\n"));
    Ok(())
}

async fn unknown_routes_are_not_found(engine: Engine) -> anyhow::Result<()> {
    let world = world!(World::on(engine));
    let client = plain_client()?;
    for url in [
        world.identity_url("/nothing"),
        world.identity_url("/self-service/nothing/browser"),
        world.identity_url("/../../etc/passwd"),
        world.identity_url("/assets/../../Cargo.toml"),
        world.oauth_url("/nothing"),
        world.oauth_url("/.well-known/nothing"),
    ] {
        assert_eq!(client.get(&url).header("accept", "application/json").send().await?.status(), 404, "{url}");
    }
    Ok(())
}

async fn expired_flows_say_so(engine: Engine) -> anyhow::Result<()> {
    let clock = clock();
    let scene = scene!(World::on(engine).clock(&clock));
    let person = login::person()?;
    let flow = person.call("GET", &scene.world.identity_url("/self-service/login/browser"), None).await?.expect(200)?;
    clock.advance(Duration::hours(1) + Duration::seconds(1));
    let late = submit(&person, &flow).await?;
    assert_eq!(late.status, 410, "{}", late.body);
    let body = late.json()?;
    assert_eq!(body["error"]["id"], "self_service_flow_expired");
    assert!(body["use_flow_id"].is_string() && body["expired_at"].is_string() && body["since"].is_i64(), "{body}");
    let read =
        scene.world.identity_url(&format!("/self-service/login/flows?id={}", flow["id"].as_str().context("id")?));
    assert_eq!(person.call("GET", &read, None).await?.status, 410);
    Ok(())
}

async fn foreign_flows_are_refused(engine: Engine) -> anyhow::Result<()> {
    let scene = scene!(World::on(engine));
    let (victim, stranger) = (login::person()?, login::person()?);
    let url = scene.world.identity_url("/self-service/login/browser");
    let flow = victim.call("GET", &url, None).await?.expect(200)?;
    stranger.call("GET", &url, None).await?.expect(200)?;
    let refused = submit(&stranger, &flow).await?;
    assert_eq!(
        (refused.status, refused.json()?["error"]["id"].as_str()),
        (403, Some("security_csrf_violation")),
        "{}",
        refused.body
    );
    let read =
        scene.world.identity_url(&format!("/self-service/login/flows?id={}", flow["id"].as_str().context("id")?));
    assert_eq!(stranger.call("GET", &read, None).await?.status, 403);
    // A flow of one kind is not a flow of another.
    let other =
        scene.world.identity_url(&format!("/self-service/registration?flow={}", flow["id"].as_str().context("id")?));
    let body = json!({ "method": "password", "password": PASSWORD, "traits": { "email": EMAIL } });
    assert_eq!(victim.call("POST", &other, Some(&body)).await?.status, 404);
    Ok(())
}

async fn submit(person: &integration_tests::person::Person, flow: &Value) -> anyhow::Result<Answer> {
    let nodes = flow["ui"]["nodes"].as_array().context("nodes")?;
    let token = nodes.iter().find(|node| node["attributes"]["name"] == "csrf_token").context("a CSRF token")?;
    let body = json!({
        "method": "password", "identifier": EMAIL, "password": PASSWORD, "csrf_token": token["attributes"]["value"],
    });
    person.call("POST", flow["ui"]["action"].as_str().context("an action")?, Some(&body)).await
}

async fn the_service_answers_after_garbage_on_the_socket(engine: Engine) -> anyhow::Result<()> {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let world = world!(World::on(engine));
    let lines: [&[u8]; 5] = [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /\xff\xfe HTTP/1.1\r\nhost: x\r\n\r\n",
        b"POST /oauth2/token HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
        b"POST /oauth2/token HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nZZZ\r\n",
    ];
    for port in
        [world.places.identity_public, world.places.identity_admin, world.places.oauth_public, world.places.oauth_admin]
    {
        for line in lines {
            let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", port)).await?;
            stream.write_all(line).await?;
            stream.shutdown().await?;
            let mut answer = Vec::new();
            // Whether it answers or hangs up, it goes on.
            let _ = stream.read_to_end(&mut answer).await;
            let status = answer.get(9..10).unwrap_or_default();
            assert_ne!(status, b"5", "{:?} was answered {:?}", line, String::from_utf8_lossy(&answer));
        }
        let alive = plain_client()?.get(format!("http://127.0.0.1:{port}/health/alive")).send().await?;
        assert_eq!(alive.status(), 200, "{port}");
    }
    Ok(())
}
