use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpListener,
};

use serde_json::json;

use super::{
    super::tests::{Offer, Server},
    *,
};
use crate::config::Config;

fn smtp(uri: &str) -> Smtp {
    let config = json!({
        "dsn": "memory", "secrets": {"default": ["a secret for tests alone"]},
        "courier": {"smtp": {"connection_uri": uri, "from_address": "no-reply@portico.example"}},
    });
    Config::from_value(config).unwrap().courier.smtp.unwrap()
}

async fn stage(uri: &str) -> Option<SmtpStage> {
    greet(&smtp(uri)).await.err().map(|(stage, why)| {
        assert!(!why.is_empty());
        stage
    })
}

/// A server that takes mail of anybody and offers nothing else.
fn bare() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            stream.write_all(b"220 bare\r\n").unwrap();
            let reader = BufReader::new(stream.try_clone().unwrap());
            for _line in reader.lines().map_while(Result::ok) {
                if stream.write_all(b"250 bare\r\n").is_err() {
                    break;
                }
            }
        }
    });
    port
}

#[tokio::test]
async fn it_comes_as_far_as_a_mail_would() {
    let (plain, by_starttls, by_tls) =
        (Server::start(Offer::Plain, &[]), Server::start(Offer::StartTls, &[]), Server::start(Offer::Implicit, &[]));
    for server in [&plain, &by_starttls, &by_tls] {
        assert_eq!(stage(&server.uri()).await, None);
        assert!(server.seen().mails.is_empty(), "nothing is sent");
    }
    let user = |user: &str| format!("smtp://{user}@127.0.0.1:{}/?disable_starttls=true", plain.port);
    assert_eq!(stage(&user("portico:hunter2")).await, None);
    assert_eq!(stage(&user("portico:wrong")).await, Some(SmtpStage::Auth));
    assert_eq!(stage(&format!("smtp://127.0.0.1:{}/", plain.port)).await, Some(SmtpStage::NoStartTls));
    assert_eq!(stage(&format!("smtp://127.0.0.1:{}/", by_starttls.port)).await, Some(SmtpStage::StartTls));
    assert_eq!(stage(&format!("smtps://127.0.0.1:{}/", by_tls.port)).await, Some(SmtpStage::Connect));
    let unheard = format!("smtp://u:p@127.0.0.1:{}/?disable_starttls=true", bare());
    assert_eq!(stage(&unheard).await, Some(SmtpStage::NoAuth));
    assert_eq!(stage("smtp://no-such-host.invalid:25/").await, Some(SmtpStage::Find));
    let gone = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
    assert_eq!(stage(&format!("smtp://127.0.0.1:{gone}/")).await, Some(SmtpStage::Connect));
}

#[tokio::test]
async fn a_file_that_is_missing_is_told_before_anybody_is_asked() {
    let mut smtp = smtp("smtps://127.0.0.1:1/");
    smtp.client_cert = Some(("/no/such/cert".into(), "/no/such/key".into()));
    assert_eq!(greet(&smtp).await.unwrap_err().0, SmtpStage::SetUp);
}
