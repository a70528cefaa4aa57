//! A mail server of the test's own: takes every mail and keeps it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

/// A mail as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) to: String,
    /// Headers and bodies, quoted-printable undone as far as tests need it.
    pub(crate) text: String,
}

/// What has come in.
#[derive(Debug, Clone)]
pub(crate) struct Mailbox {
    pub(crate) port: u16,
    mails: Arc<Mutex<Vec<Mail>>>,
}

impl Mailbox {
    /// Opens one on a free port.
    pub(crate) async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let mails = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&mails);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&kept)));
            }
        });
        Self { port, mails }
    }

    /// How the service is told of it.
    pub(crate) fn uri(&self) -> String {
        format!("smtp://127.0.0.1:{}/?disable_starttls=true", self.port)
    }

    /// Everything that came for an address.
    pub(crate) fn to(&self, address: &str) -> Vec<Mail> {
        self.mails.lock().unwrap().iter().filter(|mail| mail.to == address).cloned().collect()
    }

    /// The `nth` mail to an address, once it is there.
    pub(crate) async fn wait(&self, address: &str, nth: usize) -> Mail {
        for _ in 0..400 {
            if let Some(mail) = self.to(address).get(nth) {
                return mail.clone();
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("mail {nth} to {address} did not come; there are {:?}", self.mails.lock().unwrap());
    }
}

impl Mail {
    /// The first run of six digits of the body.
    pub(crate) fn code(&self) -> String {
        let body = self.text.split_once("\r\n\r\n").map_or("", |(_, body)| body);
        let mut run = String::new();
        for c in body.chars().chain([' ']) {
            if c.is_ascii_digit() {
                run.push(c);
            } else if run.len() == 6 {
                return run;
            } else {
                run.clear();
            }
        }
        panic!("no code in {}", self.text);
    }

    /// The first address of the verification endpoint in it.
    pub(crate) fn link(&self) -> String {
        self.link_to("/self-service/verification?")
    }

    /// The first address in it that goes on like this.
    pub(crate) fn link_to(&self, path: &str) -> String {
        let at = self.text.find(path).expect("a link");
        let start = self.text[..at].rfind("http").expect("an address");
        let end = self.text[at..].find(['"', '\r', '\n', ' ', '>', '<', ')']).map_or(self.text.len(), |end| at + end);
        self.text[start..end].replace("&amp;", "&")
    }
}

async fn serve(stream: TcpStream, mails: Arc<Mutex<Vec<Mail>>>) {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    let _ = write.write_all(b"220 mailbox\r\n").await;
    let mut to = String::new();
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.split([' ', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let reply: &[u8] = match verb.as_str() {
            "EHLO" | "HELO" => b"250 mailbox\r\n",
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                b"250 ok\r\n"
            }
            "DATA" => {
                let _ = write.write_all(b"354 go on\r\n").await;
                let mut text = String::new();
                while let Ok(Some(line)) = lines.next_line().await {
                    if line == "." {
                        break;
                    }
                    text.push_str(line.strip_prefix('.').unwrap_or(&line));
                    text.push_str("\r\n");
                }
                mails.lock().unwrap().push(Mail { to: to.clone(), text: unquoted(&text) });
                b"250 kept\r\n"
            }
            "QUIT" => {
                let _ = write.write_all(b"221 bye\r\n").await;
                return;
            }
            _ => b"250 ok\r\n",
        };
        if write.write_all(reply).await.is_err() {
            return;
        }
    }
}

/// Soft line breaks and escapes of quoted-printable undone; enough for codes and links.
fn unquoted(text: &str) -> String {
    text.replace("=\r\n", "").replace("=3D", "=").replace("=3d", "=").replace("=26", "&")
}
