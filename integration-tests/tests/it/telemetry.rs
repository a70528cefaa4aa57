//! What an operator's collector and log search see: spans in the caller's trace, log lines with the caller's request id.

use std::time::Duration;

use anyhow::Context as _;
use integration_tests::{
    binary::Binary,
    person::plain_client,
    settings::{Engine, Places, merge},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::TcpListener,
    sync::mpsc,
};

use crate::support::on_sqlite;

on_sqlite!(spans_join_the_callers_trace_and_lines_its_request_id, security_events_reach_a_web_hook);

const TRACE: [u8; 16] =
    [0x4b, 0xf9, 0x2f, 0x35, 0x77, 0xb3, 0x4d, 0xa6, 0xa3, 0xce, 0x92, 0x9d, 0x0e, 0x0e, 0x47, 0x36];

/// An OTLP collector, as far as one that answers 200 and hands on what it was sent goes.
async fn collector() -> anyhow::Result<(u16, mpsc::UnboundedReceiver<(String, Vec<u8>)>)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    let (sender, received) = mpsc::unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let sender = sender.clone();
            tokio::spawn(async move {
                let mut stream = BufReader::new(stream);
                while let Ok(Some(request)) = request(&mut stream).await {
                    let _ = sender.send(request);
                }
            });
        }
    });
    Ok((port, received))
}

/// The request line and the body of one request.
async fn request(stream: &mut BufReader<tokio::net::TcpStream>) -> std::io::Result<Option<(String, Vec<u8>)>> {
    let (mut first, mut length) = (String::new(), 0);
    if stream.read_line(&mut first).await? == 0 {
        return Ok(None);
    }
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or_default();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await?;
    stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n").await?;
    Ok(Some((first, body)))
}

async fn spans_join_the_callers_trace_and_lines_its_request_id(engine: Engine) -> anyhow::Result<()> {
    let (database, folder, places) =
        (engine.database().context("a database")?, tempfile::TempDir::new()?, Places::draw()?);
    let (port, mut received) = collector().await?;
    let mut settings = places.identity_settings(&database.dsn(), None);
    let endpoint = json!({ "otlp": { "server_url": format!("127.0.0.1:{port}"), "insecure": true } });
    merge(
        &mut settings,
        json!({
            "log": { "level": "info", "format": "json" },
            "tracing": { "provider": "otel", "service_name": "people", "providers": endpoint },
        }),
    );
    let mut service =
        Binary::start("identity-service", &["serve"], &settings, folder.path(), places.identity_public).await?;
    let trace = format!("{:032x}", u128::from_be_bytes(TRACE));
    let answer = plain_client()?
        .get(format!("{}/sessions/whoami", places.identity()))
        .header("traceparent", format!("00-{trace}-00f067aa0ba902b7-01"))
        .header("x-request-id", "order-4711")
        .send()
        .await?;
    assert_eq!(answer.status(), 401);
    // What is pending is sent before the service leaves.
    service.terminate()?;
    let exported = async {
        while let Some((line, body)) = received.recv().await {
            if line.starts_with("POST /v1/traces ") && body.windows(TRACE.len()).any(|part| part == TRACE) {
                return Some(body);
            }
        }
        None
    };
    let body = tokio::time::timeout(Duration::from_secs(20), exported).await?.context("no span of that trace came")?;
    assert!(body.windows(6).any(|part| part == b"people"), "the service's name is missing");

    let log = std::fs::read_to_string(folder.path().join("identity-service.log"))?;
    let lines: Vec<Value> =
        log.lines().map(serde_json::from_str).collect::<Result<_, _>>().with_context(|| log.clone())?;
    let line = lines.iter().find(|line| line.to_string().contains("order-4711")).with_context(|| log.clone())?;
    assert_eq!((line["status"].as_u64(), line["method"].as_str()), (Some(401), Some("GET")), "{line}");
    Ok(())
}

async fn security_events_reach_a_web_hook(engine: Engine) -> anyhow::Result<()> {
    let (database, folder, places) =
        (engine.database().context("a database")?, tempfile::TempDir::new()?, Places::draw()?);
    let (port, mut received) = collector().await?;
    let mut settings = places.identity_settings(&database.dsn(), None);
    let hook = json!({ "web_hook": { "url": format!("http://127.0.0.1:{port}/events") } });
    // What the log leaves out is handed over all the same.
    merge(&mut settings, json!({ "audit": hook, "log": { "level": "error", "format": "json" } }));
    let service =
        Binary::start("identity-service", &["serve"], &settings, folder.path(), places.identity_public).await?;
    let client = plain_client()?;
    let flow: Value = client.get(format!("{}/self-service/login/api", places.identity())).send().await?.json().await?;
    let body = json!({ "method": "password", "identifier": "nobody@example.org", "password": "a wild guess" });
    let answer = client
        .post(flow["ui"]["action"].as_str().context("an action")?)
        .header("x-request-id", "guess-1")
        .json(&body)
        .send()
        .await?;
    assert_eq!(answer.status(), 400);
    let (line, body) = tokio::time::timeout(Duration::from_secs(10), received.recv()).await?.context("a request")?;
    assert!(line.starts_with("POST /events "), "{line}");
    let told: Value = serde_json::from_slice(&body)?;
    let event = &told["events"][0];
    assert_eq!((event["event"].as_str(), event["request"].as_str()), (Some("LoginFailed"), Some("guess-1")), "{told}");
    assert!(event["time"].is_string() && event["client"].is_string(), "{told}");
    assert!(!told.to_string().contains("a wild guess") && !told.to_string().contains("nobody@example.org"), "{told}");
    drop(service);
    Ok(())
}
