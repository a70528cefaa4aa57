//! Messages on other ways than by mail in our words: as text messages, in the operator's words, from a process of their
//! own.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, Mutex},
    time::Duration,
};

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use shared_types::on_both;

use super::world::{World, messages, parts};
use crate::world::{client, program};

/// A provider of text messages: keeps what it is given.
#[derive(Debug, Clone, Default)]
struct Phones {
    port: u16,
    kept: Arc<Mutex<Vec<Value>>>,
}

impl Phones {
    fn start() -> Self {
        let mut phones = Self::default();
        let shared = web::Data::new(phones.clone());
        let keep = |phones: web::Data<Self>, body: web::Json<Value>| async move {
            phones.kept.lock().unwrap().push(body.into_inner());
            HttpResponse::Accepted().finish()
        };
        let server = HttpServer::new(move || App::new().app_data(shared.clone()).route("/sms", web::post().to(keep)))
            .workers(1)
            .disable_signals()
            .bind("127.0.0.1:0")
            .unwrap();
        phones.port = server.addrs()[0].port();
        tokio::spawn(server.run());
        phones
    }

    /// How the service is told of it.
    fn config(&self) -> Value {
        let url = format!("http://127.0.0.1:{}/sms", self.port);
        json!({"courier": {"channels": [{"id": "sms", "type": "http", "request_config": {"url": url}}]}})
    }

    /// The first that came, once it is there.
    async fn wait(&self) -> Value {
        for _ in 0..400 {
            if let Some(first) = self.kept.lock().unwrap().first() {
                return first.clone();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("no text message came");
    }
}

/// People with a phone.
fn with_phones(mut over: Value) -> Value {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let schema = json!({"$id": "https://example.org/called.json", "type": "object", "properties": {"traits": {
    "type": "object", "additionalProperties": false, "properties": {
        "email": {"type": "string", "format": "email", "ory.sh/kratos": {
            "credentials": {"password": {"identifier": true}}}},
        "phone": {"type": "string", "format": "tel", "ory.sh/kratos": {"verification": {"via": "sms"}}}
    }}}});
    over["identity"] = json!({"default_schema_id": "called",
        "schemas": [{"id": "called", "url": format!("base64://{}", STANDARD.encode(schema.to_string()))}]});
    over
}

async fn listed(world: &World, query: &str) -> Value {
    let url = world.admin.join(&format!("admin/courier/messages{query}")).unwrap();
    client().get(url).send().await.unwrap().json().await.unwrap()
}

/// A message of a list, once it has this status.
async fn once(world: &World, query: &str, status: &str) -> Value {
    for _ in 0..400 {
        let message = listed(world, query).await[0].clone();
        if message["status"] == status {
            let id = message["id"].as_str().unwrap();
            return listed(world, &format!("/{id}")).await;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("{query} never became {status}: {}", listed(world, query).await);
}

on_both! {
    async fn a_phone_number_is_proven_by_a_text_message(dsn: String) {
        let phones = Phones::start();
        let world = World::start(&dsn, with_phones(phones.config())).await;
        let person = world.create_with("called", json!({"email": "anna@example.org", "phone": "+491701234567"})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/verification/browser").await;
        let asked = json!({"method": "code", "email": "+49 170 1234567"});
        let (status, flow) = parts(browser.submit(&flow, asked).await).await;
        assert_eq!((status, messages(&flow)), (200, vec![1_080_004]), "{flow}");

        let message = phones.wait().await;
        assert_eq!(message["recipient"], "+491701234567");
        assert_eq!(message["template_type"], "verification_code_valid");
        let code = message["verification_code"].as_str().unwrap();
        let last = message["body"].as_str().unwrap().lines().last().unwrap().to_owned();
        assert_eq!(last, format!("@127.0.0.1 #{code}"));

        let (status, flow) = parts(browser.submit(&flow, json!({"method": "code", "code": code})).await).await;
        assert_eq!((status, messages(&flow)), (200, vec![1_080_005]), "{flow}");
        let id = person["id"].as_str().unwrap();
        let url = world.admin.join(&format!("admin/identities/{id}")).unwrap();
        let person: Value = client().get(url).send().await.unwrap().json().await.unwrap();
        assert_eq!(person["verifiable_addresses"][0]["verified"], true);

        let sent = once(&world, "?recipient=%2B491701234567", "sent").await;
        assert_eq!((&sent["type"], &sent["channel"], &sent["send_count"]), (&json!("sms"), &json!("sms"), &json!(1)));
        assert_eq!(sent["dispatches"][0]["status"], "success");
        world.stop().await;
    }
}

on_both! {
    /// Without a channel for text messages there is no such way, and a number is no address.
    async fn without_a_channel_numbers_are_no_addresses(dsn: String) {
        let world = World::start(&dsn, with_phones(json!({}))).await;
        world.create_with("called", json!({"email": "anna@example.org", "phone": "+491701234567"})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/verification/browser").await;
        let asked = json!({"method": "code", "email": "+491701234567"});
        let (status, flow) = parts(browser.submit(&flow, asked).await).await;
        assert_eq!(status, 400, "{flow}");
        assert_eq!(listed(&world, "").await, json!([]));
        world.stop().await;
    }
}

on_both! {
    async fn the_operators_words_go_out(dsn: String) {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("verification_code/valid");
        std::fs::create_dir_all(&place).unwrap();
        std::fs::write(place.join("email.subject.gotmpl"), "Hallo {{ .Identity.traits.name | title }}\n").unwrap();
        let html = "<p>{{ .Identity.traits.name }}: <b>{{ .VerificationCode }}</b></p>";
        let over = json!({"courier": {
            "template_override_path": folder.path(),
            "templates": {"verification_code": {"valid": {"email": {"body": {"html": html}}}}},
        }});
        let world = World::start(&dsn, over).await;
        world.create_with("person", json!({"email": "anna@example.org", "name": "anna <b>"})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/verification/browser").await;
        parts(browser.submit(&flow, json!({"method": "code", "email": "anna@example.org"})).await).await;
        let mail = world.mailbox.wait("anna@example.org", 0).await;
        assert!(mail.text.contains("Subject: Hallo Anna <b>\r\n"), "{}", mail.text);
        assert!(mail.text.contains("<p>anna &lt;b&gt;: <b>"), "{}", mail.text);
        // What nobody wrote a text for says what comes with the service.
        assert!(mail.text.contains("Enter this code"), "{}", mail.text);
        let sent = once(&world, "?recipient=anna@example.org", "sent").await;
        assert_eq!(sent["subject"], "Hallo Anna <b>");
        world.stop().await;
    }
}

#[tokio::test]
async fn words_that_cannot_be_used_keep_the_service_from_starting() {
    let config = json!({
        "dsn": "memory", "auto_migrate": true, "secrets": {"default": ["a secret of the tests, long enough"]},
        "courier": {"templates": {"login_code": {"valid": {"email": {"subject": "Code {{ .LoginCode | now }}"}}}}},
    });
    let config = identity_service::config::Config::from_value(config).unwrap();
    let error = identity_service::app::App::build(config, identity_service::app::Seams::default()).await.unwrap_err();
    let told = format!("{error:#}");
    assert!(told.contains("courier.templates.login_code.valid.email.subject"), "{told}");
    assert!(told.contains("function now is not supported"), "{told}");
}

/// Ends with the test, however that ends.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn watch(config: &Path, metrics_port: u16) -> Process {
    let port = metrics_port.to_string();
    let mut command = Command::new(program());
    command.args(["courier", "watch", "--expose-metrics-port", &port, "-c"]).arg(config);
    Process(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap())
}

on_both! {
    /// Two further processes beside one that only queues: each message is sent once, and figures tell of it.
    async fn processes_of_their_own_send_what_is_queued(dsn: String) {
        let world = World::start(&dsn, json!({"watch-courier": false})).await;
        for number in 0..12 {
            let email = format!("p{number}@example.org");
            world.create(&email).await;
            let browser = world.browser();
            let flow = browser.begin("/self-service/verification/browser").await;
            parts(browser.submit(&flow, json!({"method": "code", "email": email})).await).await;
        }
        assert_eq!(listed(&world, "?status=queued&page_size=50").await.as_array().unwrap().len(), 12);
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("kratos.yml");
        let config = json!({
            "dsn": dsn, "dev": true, "secrets": {"default": ["a secret of the tests, long enough"]},
            "courier": {
                "smtp": {"connection_uri": world.mailbox.uri()}, "worker": {"pull_count": 2, "pull_wait": "20ms"},
            },
        });
        std::fs::write(&file, config.to_string()).unwrap();
        let free = || std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let ports = [free(), free()];
        let _processes = ports.map(|port| watch(&file, port));
        for number in 0..12 {
            world.mailbox.wait(&format!("p{number}@example.org"), 0).await;
        }
        for _ in 0..400 {
            if listed(&world, "?status=sent&page_size=50").await.as_array().unwrap().len() == 12 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        for number in 0..12 {
            assert_eq!(world.mailbox.to(&format!("p{number}@example.org")).len(), 1);
        }
        let mut counted = 0;
        for port in ports {
            let url = format!("http://127.0.0.1:{port}/metrics/prometheus");
            let figures = client().get(url).send().await.unwrap().text().await.unwrap();
            let sent = figures.lines().find(|line| {
                line.starts_with("courier_dispatches_total{") && line.contains("outcome=\"sent\"")
            });
            counted += sent.map_or(0, |line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap());
        }
        assert_eq!(counted, 12);
        world.stop().await;
    }
}

on_both! {
    /// The reference has an object there, and client libraries decode one.
    async fn a_failed_attempt_is_listed_with_an_error_object(dsn: String) {
        let nobody = json!({"courier": {"message_retries": 0, "channels": [
            {"id": "sms", "type": "http", "request_config": {"url": "http://127.0.0.1:9/sms"}}]}});
        let world = World::start(&dsn, with_phones(nobody)).await;
        world.create_with("called", json!({"email": "anna@example.org", "phone": "+491701234567"})).await;
        let browser = world.browser();
        let flow = browser.begin("/self-service/verification/browser").await;
        browser.submit(&flow, json!({"method": "code", "email": "+491701234567"})).await;
        let failed = once(&world, "?recipient=%2B491701234567", "abandoned").await;
        let attempt = &failed["dispatches"][0];
        assert_eq!((&attempt["status"], &attempt["error"]["code"]), (&json!("failed"), &json!(500)), "{failed}");
        assert!(attempt["error"]["message"].is_string(), "{failed}");
        world.stop().await;
    }
}
