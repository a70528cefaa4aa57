//! A small SMTP server, and what the sender makes of what it says.

use std::{
    collections::VecDeque,
    io::{BufRead as _, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
};

use openssl::{
    asn1::Asn1Time,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    ssl::{SslAcceptor, SslMethod, SslVerifyMode},
    x509::{X509, X509NameBuilder},
};
use serde_json::json;
use shared_types::id::MessageId;

use super::*;
use crate::{
    config::Config,
    model::mail::{MailStatus, MailType},
};

/// What the server offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::courier) enum Offer {
    /// Nothing but mail.
    Plain,
    /// STARTTLS; mail is refused before it.
    StartTls,
    /// TLS from the first byte.
    Implicit,
    /// The same, for those alone who show a certificate.
    Certified,
}

/// What the server has seen.
#[derive(Debug, Clone, Default)]
pub(in crate::courier) struct Seen {
    /// Whole messages, in order.
    pub(in crate::courier) mails: Vec<String>,
    /// Whether they came over TLS.
    pub(in crate::courier) encrypted: Vec<bool>,
    /// Users that signed in, as they were sent.
    pub(in crate::courier) users: Vec<String>,
    /// Connections that were opened.
    pub(in crate::courier) connections: usize,
}

/// A server that says what it is told to.
#[derive(Clone)]
pub(in crate::courier) struct Server {
    pub(in crate::courier) port: u16,
    offer: Offer,
    seen: Arc<Mutex<Seen>>,
    /// What recipients are answered with; `250` when there is nothing left.
    script: Arc<Mutex<VecDeque<&'static str>>>,
}

impl Server {
    pub(in crate::courier) fn start(offer: Offer, script: &[&'static str]) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let server = Self {
            port: listener.local_addr().unwrap().port(),
            offer,
            seen: Arc::default(),
            script: Arc::new(Mutex::new(script.iter().copied().collect())),
        };
        let acceptor = acceptor(offer);
        let own = server.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (server, acceptor) = (own.clone(), Arc::clone(&acceptor));
                std::thread::spawn(move || server.serve(stream, &acceptor));
            }
        });
        server
    }

    pub(in crate::courier) fn seen(&self) -> Seen {
        self.seen.lock().unwrap().clone()
    }

    /// How a service is told of it.
    pub(in crate::courier) fn uri(&self) -> String {
        match self.offer {
            Offer::Plain => format!("smtp://127.0.0.1:{}/?disable_starttls=true", self.port),
            Offer::StartTls => format!("smtp://127.0.0.1:{}/?skip_ssl_verify=true", self.port),
            Offer::Implicit | Offer::Certified => format!("smtps://127.0.0.1:{}/?skip_ssl_verify=true", self.port),
        }
    }

    fn serve(&self, mut stream: TcpStream, acceptor: &SslAcceptor) {
        self.seen.lock().unwrap().connections += 1;
        if matches!(self.offer, Offer::Implicit | Offer::Certified) {
            if let Ok(stream) = acceptor.accept(stream) {
                self.talk(stream, true, true);
            }
        } else {
            let reader = stream.try_clone().unwrap();
            if self.talk_plain(reader, &mut stream) {
                stream.write_all(b"220 go ahead\r\n").unwrap();
                if let Ok(stream) = acceptor.accept(stream) {
                    self.talk(stream, true, false);
                }
            }
        }
    }

    /// The conversation in clear; true when it goes on with TLS.
    fn talk_plain(&self, reader: TcpStream, stream: &mut TcpStream) -> bool {
        if self.offer == Offer::Plain {
            self.talk(Both(reader, stream), false, true);
            return false;
        }
        stream.write_all(b"220 test\r\n").unwrap();
        let mut reader = BufReader::with_capacity(1, reader);
        loop {
            let mut line = String::new();
            if reader.read_line(&mut line).unwrap_or(0) == 0 {
                return false;
            }
            match line.get(..4).unwrap_or_default() {
                "EHLO" => stream.write_all(b"250-test\r\n250 STARTTLS\r\n").unwrap(),
                "STAR" => return true,
                "QUIT" => return false,
                _ => stream.write_all(b"530 TLS first\r\n").unwrap(),
            }
        }
    }

    fn talk(&self, stream: impl Read + Write, encrypted: bool, greet: bool) {
        let mut stream = BufReader::new(stream);
        let say = |stream: &mut BufReader<_>, text: &str| {
            let stream: &mut dyn Write = BufReader::get_mut(stream);
            let _ = stream.write_all(format!("{text}\r\n").as_bytes());
        };
        if greet {
            say(&mut stream, "220 test");
        }
        let mut line = String::new();
        while stream.read_line(&mut line).unwrap_or(0) > 0 {
            match line.get(..4).unwrap_or_default() {
                "EHLO" => say(&mut stream, "250-test\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN"),
                "AUTH" if line.contains(GOOD_USER) => {
                    self.seen.lock().unwrap().users.push(line.trim().to_owned());
                    say(&mut stream, "235 welcome");
                }
                "AUTH" => say(&mut stream, "535 who are you"),
                "RCPT" => {
                    let reply = self.script.lock().unwrap().pop_front().unwrap_or("250 ok");
                    say(&mut stream, reply);
                }
                "DATA" => {
                    say(&mut stream, "354 go ahead");
                    let mut mail = String::new();
                    while !mail.ends_with("\r\n.\r\n") && stream.read_line(&mut mail).unwrap_or(0) > 0 {}
                    let mut seen = self.seen.lock().unwrap();
                    seen.mails.push(mail);
                    seen.encrypted.push(encrypted);
                    drop(seen);
                    say(&mut stream, "250 taken");
                }
                "QUIT" => {
                    say(&mut stream, "221 bye");
                    return;
                }
                _ => say(&mut stream, "250 ok"),
            }
            line.clear();
        }
    }
}

/// `\0portico\0hunter2` in base64.
const GOOD_USER: &str = "AHBvcnRpY28AaHVudGVyMg==";

/// Two halves of one connection.
struct Both<'a>(TcpStream, &'a mut TcpStream);

impl Read for Both<'_> {
    fn read(&mut self, buf: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buf)
    }
}

impl Write for Both<'_> {
    fn write(&mut self, buf: &[u8]) -> std::io::Result<usize> {
        self.1.write(buf)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.1.flush()
    }
}

/// A key, and a certificate for it that nobody else has signed.
fn certificate() -> (PKey<Private>, X509) {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("CN", "localhost").unwrap();
    let name = name.build();
    let mut cert = X509::builder().unwrap();
    cert.set_subject_name(&name).unwrap();
    cert.set_issuer_name(&name).unwrap();
    cert.set_pubkey(&key).unwrap();
    cert.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    cert.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    cert.sign(&key, MessageDigest::sha256()).unwrap();
    (key, cert.build())
}

/// A server's side of TLS.
fn acceptor(offer: Offer) -> Arc<SslAcceptor> {
    let (key, cert) = certificate();
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls()).unwrap();
    acceptor.set_private_key(&key).unwrap();
    acceptor.set_certificate(&cert).unwrap();
    if offer == Offer::Certified {
        // Who signed it is not what these tests are about.
        acceptor.set_verify_callback(SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT, |_, _| true);
    }
    Arc::new(acceptor.build())
}

fn sender(uri: &str) -> Sender {
    let config = Config::from_value(json!({
        "dsn": "memory",
        "secrets": {"default": ["a secret for tests alone"]},
        "courier": {"smtp": {
            "connection_uri": uri, "from_address": "no-reply@portico.example", "from_name": "Portico",
            "headers": {"X-Tag": "täg"}, "local_name": "client.example",
        }},
    }))
    .unwrap();
    Sender::new(config.courier.smtp.as_ref().unwrap()).unwrap()
}

fn mail(recipient: &str) -> (Mail, Content, Time) {
    let now: Time = "2026-03-01T12:00:00Z".parse().unwrap();
    let mail = Mail {
        id: MessageId::parse("018f2d0c-0000-7000-8000-000000000001").unwrap(),
        status: MailStatus::Processing,
        kind: MailType::Email,
        recipient: recipient.to_owned(),
        template: "verification_code_valid".to_owned(),
        channel: "email".to_owned(),
        sealed: Vec::new(),
        send_count: 0,
        send_after: now,
        created_at: now,
        updated_at: now,
    };
    let content =
        Content { subject: "Grüße".to_owned(), text: "plain".to_owned(), html: "<p>marked up</p>".to_owned() };
    (mail, content, now)
}

async fn send(sender: &Sender, recipient: &str) -> Result<(), Trouble> {
    let (mail, content, now) = mail(recipient);
    let message = sender.message(&mail, &content, now)?;
    let mut line = sender.connect().await?;
    let outcome = line.send(&message).await;
    line.close().await;
    outcome
}

#[tokio::test]
async fn in_clear_when_told_so() {
    let server = Server::start(Offer::Plain, &[]);
    send(&sender(&server.uri()), "ada@example.org").await.unwrap();
    let seen = server.seen();
    assert_eq!((seen.mails.len(), seen.encrypted.as_slice()), (1, &[false][..]));
    let mail = &seen.mails[0];
    for line in [
        "From: Portico <no-reply@portico.example>",
        "To: ada@example.org",
        "Message-ID: <018f2d0c-0000-7000-8000-000000000001@portico.example>",
        "Date: Sun, 01 Mar 2026 12:00:00 +0000",
        "Auto-Submitted: auto-generated",
        "X-Tag: =?utf-8?",
        "text/plain",
        "text/html",
    ] {
        assert!(mail.contains(line), "{line} is not in {mail}");
    }
}

#[tokio::test]
async fn encrypted_from_the_start_or_by_starttls() {
    for offer in [Offer::StartTls, Offer::Implicit] {
        let server = Server::start(offer, &[]);
        send(&sender(&server.uri()), "ada@example.org").await.unwrap();
        assert_eq!(server.seen().encrypted, [true], "{offer:?}");
    }
}

/// A server that asks for a certificate is shown the configured one, and takes no mail without.
#[tokio::test]
async fn shows_the_configured_certificate() {
    let folder = tempfile::tempdir().unwrap();
    let (key, cert) = certificate();
    let (key_file, cert_file) = (folder.path().join("key.pem"), folder.path().join("cert.pem"));
    std::fs::write(&key_file, key.private_key_to_pem_pkcs8().unwrap()).unwrap();
    std::fs::write(&cert_file, cert.to_pem().unwrap()).unwrap();
    let server = Server::start(Offer::Certified, &[]);
    let with = |smtp: serde_json::Value| {
        let mut smtp = smtp;
        smtp["connection_uri"] = json!(server.uri());
        let config = Config::from_value(json!({"dsn": "memory", "courier": {"smtp": smtp}}));
        config.map(|config| Sender::new(config.courier.smtp.as_ref().unwrap()))
    };
    let shown = with(json!({"client_cert_path": cert_file, "client_key_path": key_file})).unwrap().unwrap();
    send(&shown, "ada@example.org").await.unwrap();
    let not_shown = with(json!({})).unwrap().unwrap();
    assert!(matches!(send(&not_shown, "ada@example.org").await, Err(Trouble::Passing(_))));
    assert_eq!(server.seen().mails.len(), 1);

    let half = with(json!({"client_cert_path": cert_file})).map(|_| ()).unwrap_err().to_string();
    assert!(half.contains("courier.smtp.client_cert_path"), "{half}");
    let missing = with(json!({"client_cert_path": "/no/such/file", "client_key_path": key_file})).unwrap();
    assert!(matches!(missing.map(|_| ()), Err(SetupError::File { .. })));
}

/// A server that offers no STARTTLS, or whose certificate nobody has signed, gets nothing.
#[tokio::test]
async fn nothing_goes_out_in_clear_by_surprise() {
    let plain = Server::start(Offer::Plain, &[]);
    let unsigned = Server::start(Offer::StartTls, &[]);
    for (server, port) in [(&plain, plain.port), (&unsigned, unsigned.port)] {
        let outcome = send(&sender(&format!("smtp://127.0.0.1:{port}/")), "ada@example.org").await;
        assert!(matches!(outcome, Err(Trouble::Passing(_))), "{outcome:?}");
        assert!(server.seen().mails.is_empty());
    }
}

#[tokio::test]
async fn signs_in_and_a_wrong_password_is_not_the_mails_fault() {
    let server = Server::start(Offer::Plain, &[]);
    let uri = |user: &str| format!("smtp://{user}@127.0.0.1:{}/?disable_starttls=true", server.port);
    send(&sender(&uri("portico:hunter2")), "ada@example.org").await.unwrap();
    assert_eq!(server.seen().users.len(), 1);
    let outcome = send(&sender(&uri("portico:wrong")), "ada@example.org").await;
    assert!(matches!(outcome, Err(Trouble::Passing(_))), "{outcome:?}");
}

#[tokio::test]
async fn what_the_server_says_decides() {
    let server = Server::start(Offer::Plain, &["550 no such mailbox", "451 later"]);
    let sender = sender(&server.uri());
    let outcome = send(&sender, "ada@example.org").await;
    assert!(matches!(&outcome, Err(Trouble::Final(why)) if why.contains("550")), "{outcome:?}");
    let outcome = send(&sender, "ada@example.org").await;
    assert!(matches!(&outcome, Err(Trouble::Passing(why)) if why.contains("451")), "{outcome:?}");
    assert!(matches!(send(&sender, "no address").await, Err(Trouble::Final(_))));
    send(&sender, "ada@example.org").await.unwrap();
}

#[tokio::test]
async fn a_server_that_is_gone() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    drop(listener);
    let outcome = send(&sender(&format!("smtps://127.0.0.1:{port}/")), "ada@example.org").await;
    assert!(matches!(outcome, Err(Trouble::Passing(_))), "{outcome:?}");
}

#[test]
fn a_setup_that_cannot_work_is_named() {
    let setup = |from: &str, header: &str| {
        let config = Config::from_value(json!({
            "dsn": "memory",
            "secrets": {"default": ["a secret for tests alone"]},
            "courier": {"smtp": {
                "connection_uri": "smtp://127.0.0.1/", "from_address": from, "headers": {header: "x"},
            }},
        }))
        .unwrap();
        Sender::new(config.courier.smtp.as_ref().unwrap()).map(|_| ()).unwrap_err().to_string()
    };
    assert!(setup("nobody", "X-Tag").starts_with("courier.smtp.from_address"));
    assert!(setup("a@example.org", "not a name").starts_with("courier.smtp.headers"));
}

#[tokio::test]
async fn a_private_network_is_refused_where_the_configuration_says_so() {
    let server = Server::start(Offer::Plain, &[]);
    let mut sender = sender(&format!("smtp://localhost:{}/?disable_starttls=true", server.port));
    sender.smtp.public_only = true;
    let Err(Trouble::Passing(why)) = sender.connect().await else { panic!("it was let through") };
    assert!(why.contains("private network"), "{why}");
    assert_eq!(server.seen.lock().unwrap().connections, 0);
}
