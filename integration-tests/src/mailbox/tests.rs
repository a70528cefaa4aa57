use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::Mailbox;

const CONVERSATION: &str = "EHLO test\r\nMAIL FROM:<no-reply@example.org>\r\nRCPT TO:<ada@example.org>\r\nDATA\r\n\
Subject: Your code\r\nContent-Type: multipart/alternative;\r\n boundary=\"b1\"\r\n\r\n\
--b1\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
H=C3=A9llo, use 12=\r\n3456 at http://127.0.0.1:1/verify?a=3Db now.\r\n..dot\r\n\
--b1\r\nContent-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nPGI+SGk8L2I+\r\n--b1--\r\n.\r\nQUIT\r\n";

#[tokio::test]
async fn a_mail_is_kept_and_can_be_read() {
    let mailbox = Mailbox::start().await.unwrap();
    let mut stream = tokio::net::TcpStream::connect(("127.0.0.1", mailbox.port)).await.unwrap();
    stream.write_all(CONVERSATION.as_bytes()).await.unwrap();
    let mut answers = String::new();
    stream.read_to_string(&mut answers).await.unwrap();
    assert!(answers.ends_with("221 bye\r\n"), "{answers}");

    let mail = mailbox.newest("ada@example.org").await.unwrap();
    assert_eq!(mail.header("subject").unwrap(), "Your code");
    assert_eq!(mail.code().unwrap(), "123456");
    assert_eq!(mail.link().unwrap(), "http://127.0.0.1:1/verify?a=b");
    assert!(mail.text().contains("Héllo") && mail.text().contains("\r\n.dot"));
    assert_eq!(mail.html().trim(), "<b>Hi</b>");
}
