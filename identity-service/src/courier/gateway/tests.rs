//! A small HTTP server, and what goes to it.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::Mutex,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared_types::id::MessageId;

use super::*;
use crate::{
    app::Cx,
    courier::{
        enqueue::{self, Mail as Letter, Template},
        worker::tests::Place,
    },
    model::{
        address::Via,
        mail::{DispatchStatus, MailStatus},
    },
};

/// A request that came in.
#[derive(Debug, Clone)]
pub(in crate::courier) struct Asked {
    pub(in crate::courier) line: String,
    pub(in crate::courier) headers: Vec<(String, String)>,
    pub(in crate::courier) body: String,
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

/// A server that answers what it is told to: status and body; 200 and nothing when nothing is left.
#[derive(Clone, Default)]
pub(in crate::courier) struct Sink {
    port: u16,
    asked: Arc<Mutex<Vec<Asked>>>,
    script: Arc<Mutex<VecDeque<(u16, String)>>>,
}

impl Sink {
    pub(in crate::courier) fn start(script: &[(u16, &str)]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let script = script.iter().map(|(status, body)| (*status, (*body).to_owned())).collect();
        let sink = Self {
            port: listener.local_addr().unwrap().port(),
            asked: Arc::default(),
            script: Arc::new(Mutex::new(script)),
        };
        let own = sink.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                own.answer(stream);
            }
        });
        sink
    }

    pub(in crate::courier) fn url(&self) -> String {
        format!("http://127.0.0.1:{}/messages", self.port)
    }

    pub(in crate::courier) fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap().clone()
    }

    fn answer(&self, stream: TcpStream) {
        let mut reader = BufReader::new(stream);
        let mut line = String::new();
        let mut next = |reader: &mut BufReader<TcpStream>| {
            line.clear();
            reader.read_line(&mut line).unwrap();
            line.trim_end().to_owned()
        };
        let first = next(&mut reader);
        let mut headers = Vec::new();
        loop {
            let line = next(&mut reader);
            let Some((name, value)) = line.split_once(": ") else { break };
            headers.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        let length = headers.iter().find(|(name, _)| name == "content-length").map_or(0, |(_, n)| n.parse().unwrap());
        let mut body = vec![0; length];
        reader.read_exact(&mut body).unwrap();
        self.asked.lock().unwrap().push(Asked { line: first, headers, body: String::from_utf8(body).unwrap() });
        let (status, body) = self.script.lock().unwrap().pop_front().unwrap_or((200, String::new()));
        let answer =
            format!("HTTP/1.1 {status} Said\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}", body.len());
        let _ = reader.get_mut().write_all(answer.as_bytes());
    }
}

/// A service whose text messages go to a sink, and its e-mail too when it is told so.
async fn place(sink: &Sink, more: Value) -> Place {
    let mut request = json!({"url": sink.url()});
    for (name, value) in more.as_object().unwrap() {
        request[name] = value.clone();
    }
    Place::with(
        "memory",
        1,
        json!({
            "delivery_strategy": "http",
            "http": {"request_config": request},
            "channels": [{"id": "sms", "type": "http", "request_config": request}],
        }),
    )
    .await
}

async fn post(place: &Place, via: Via, template: Template) -> MessageId {
    let mut cx = Cx::begin(&place.env, Arc::from("test"));
    cx.request_headers = Arc::new([("Accept-Language".to_owned(), vec!["de".to_owned()])].into());
    let letter = Letter { recipient: "+491701234567".to_owned(), via, template, data: template.sample() };
    place.env.db.write(move |conn| enqueue::mail(conn, &cx, letter.clone())).await.unwrap().unwrap()
}

#[tokio::test]
async fn the_built_in_body_and_the_configured_headers() {
    let sink = Sink::start(&[(204, "")]);
    let more = json!({
        "headers": {"X-Tag": "a"},
        "auth": {"type": "api_key", "config": {"name": "X-Key", "value": "secret", "in": "header"}},
    });
    let place = place(&sink, more).await;
    let id = post(&place, Via::Sms, Template::VerificationCodeValid).await;
    assert_eq!(place.work().await, 1);
    let asked = sink.asked().remove(0);
    assert_eq!(asked.line, "POST /messages HTTP/1.1");
    for (name, value) in
        [("x-tag", "a"), ("x-key", "secret"), ("content-type", "application/json"), ("idempotency-key", &id.text())]
    {
        assert_eq!(asked.header(name), Some(value), "{name}");
    }
    let mut body = asked.json();
    let text = body["body"].take();
    assert!(text.as_str().unwrap().ends_with("@id.example.org #402813"), "{text}");
    let url = body["verification_url"].take();
    assert!(url.as_str().is_some_and(|url| url.contains("code=402813")), "{url}");
    let expected = json!({
        "recipient": "+491701234567", "template_type": "verification_code_valid", "to": "ada@example.org",
        "recovery_code": null, "recovery_url": null, "verification_url": null, "verification_code": "402813",
        "subject": "", "body": null,
    });
    assert_eq!(body, expected);
    let (mail, dispatches) = place.mail(id).await;
    assert_eq!((mail.status, mail.kind, mail.channel.as_str()), (MailStatus::Sent, MailType::Sms, "sms"));
    assert!(mail.sealed.is_empty());
    assert_eq!(dispatches.len(), 1);
}

#[tokio::test]
async fn a_body_in_jsonnet_is_given_everything() {
    let sink = Sink::start(&[]);
    let body = format!("base64://{}", STANDARD.encode("function(ctx) ctx"));
    let place = place(&sink, json!({"body": body})).await;
    post(&place, Via::Email, Template::LoginCodeValid).await;
    assert_eq!(place.work().await, 1);
    let ctx = sink.asked().remove(0).json();
    assert_eq!(ctx["subject"], "Use code 402813 to log in");
    assert!(ctx["body"].as_str().is_some_and(|body| body.contains("402813") && !body.contains('<')), "{ctx}");
    assert!(ctx["html_body"].as_str().is_some_and(|body| body.starts_with("<!doctype html>")), "{ctx}");
    assert_eq!((&ctx["message_type"], &ctx["template_type"]), (&json!("email"), &json!("login_code_valid")));
    assert_eq!(ctx["template_data"], Template::LoginCodeValid.sample());
    assert_eq!(ctx["request_headers"], json!({"Accept-Language": ["de"]}));
}

/// Snippets written for the reference look for it there.
#[tokio::test]
async fn the_code_of_a_text_message_for_recovery_has_two_names() {
    let sink = Sink::start(&[]);
    let place = place(&sink, json!({})).await;
    post(&place, Via::Sms, Template::RecoveryCodeValid).await;
    assert_eq!(place.work().await, 1);
    let body = sink.asked().remove(0).json();
    assert_eq!((&body["recovery_code"], &body["verification_code"]), (&json!("402813"), &json!("402813")));
}

#[tokio::test]
async fn whatever_is_not_2xx_is_tried_again_and_given_up_in_the_end() {
    let sink = Sink::start(&[(500, "402813 could not be sent"), (429, ""), (302, ""), (200, "")]);
    let place = place(&sink, json!({})).await;
    let id = post(&place, Via::Sms, Template::LoginCodeValid).await;
    for _ in 0..3 {
        assert_eq!(place.work().await, 1);
        place.clock.advance(chrono::Duration::hours(2));
    }
    let (mail, dispatches) = place.mail(id).await;
    assert_eq!((mail.status, mail.send_count), (MailStatus::Abandoned, 3));
    assert!(dispatches.iter().all(|one| one.status == DispatchStatus::Failed));
    let told = dispatches[0].error.as_deref().unwrap();
    assert!(told.contains("500") && !told.contains("402813"), "{told}");
    assert_eq!(place.work().await, 0);
}

#[tokio::test]
async fn a_snippet_that_fails_is_told_and_one_that_cancels_ends_it() {
    for (snippet, status, told) in [
        ("function(ctx) error 'nonsense'", MailStatus::Queued, "nonsense"),
        ("function(ctx) error 'cancel'", MailStatus::Abandoned, "says that there is none"),
    ] {
        let sink = Sink::start(&[]);
        let body = format!("base64://{}", STANDARD.encode(snippet));
        let place = place(&sink, json!({"body": body})).await;
        let id = post(&place, Via::Sms, Template::LoginCodeValid).await;
        assert_eq!(place.work().await, 1);
        let (mail, dispatches) = place.mail(id).await;
        assert_eq!(mail.status, status);
        assert!(dispatches[0].error.as_deref().is_some_and(|error| error.contains(told)), "{dispatches:?}");
        assert!(sink.asked().is_empty());
    }
}

/// Nothing pretends to be sent.
#[tokio::test]
async fn without_a_channel_a_text_message_is_given_up_at_once() {
    let place = Place::with("memory", 1, json!({"smtp": {"connection_uri": "smtp://127.0.0.1:9/"}})).await;
    let id = post(&place, Via::Sms, Template::VerifiableAddressChanged).await;
    let (mail, dispatches) = place.mail(id).await;
    assert_eq!((mail.status, mail.send_count), (MailStatus::Abandoned, 0));
    assert!(mail.sealed.is_empty());
    assert_eq!(dispatches[0].error.as_deref(), Some("no channel for text messages is configured"));
    assert_eq!(place.work().await, 0);
}

/// A provider that does not answer has the text messages wait, and no mail.
#[tokio::test]
async fn who_does_not_answer_keeps_no_mail_waiting() {
    let silent = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://127.0.0.1:{}/", silent.local_addr().unwrap().port());
    let sink = Sink::start(&[]);
    let place = Place::with(
        "memory",
        1,
        json!({
            "delivery_strategy": "http",
            "http": {"request_config": {"url": sink.url()}},
            "channels": [{"id": "sms", "type": "http", "request_config": {"url": url}}],
        }),
    )
    .await;
    post(&place, Via::Sms, Template::LoginCodeValid).await;
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let worker = crate::courier::Worker::new(&place.env).unwrap().unwrap();
    let running = tokio::spawn(worker.run(async { drop(stopped.await) }));
    // The text message is on its way: its provider has taken the connection.
    let waiting = tokio::task::spawn_blocking(move || silent.accept().unwrap()).await.unwrap();
    let id = post(&place, Via::Email, Template::LoginCodeValid).await;
    while place.mail(id).await.0.status != MailStatus::Sent {
        tokio::task::yield_now().await;
    }
    drop(waiting);
    stop.send(()).unwrap();
    running.await.unwrap();
}
