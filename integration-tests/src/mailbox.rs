//! A mail server of the tests' own: it takes every mail it is given over SMTP (RFC 5321) and keeps it.
//! It offers no STARTTLS; a refusal can be ordered, so that retries are seen.

mod mail;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use anyhow::Context as _;
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

pub use mail::Mail;

/// Every mail that came in, oldest first, for as long as the value lives.
pub struct Mailbox {
    port: u16,
    mails: watch::Receiver<Vec<Mail>>,
    refusals: Arc<AtomicUsize>,
    server: JoinHandle<()>,
}

impl Mailbox {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let port = listener.local_addr()?.port();
        let (sender, mails) = watch::channel(Vec::new());
        let sender = Arc::new(sender);
        let refusals = Arc::new(AtomicUsize::new(0));
        let refuse = refusals.clone();
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (sender, refuse) = (sender.clone(), refuse.clone());
                // A client that hangs up in the middle is its own affair.
                tokio::spawn(async move { converse(stream, &sender, &refuse).await });
            }
        });
        Ok(Self { port, mails, refusals, server })
    }

    /// The connection URI of a courier that delivers here.
    pub fn uri(&self) -> String {
        format!("smtp://127.0.0.1:{}/?disable_starttls=true", self.port)
    }

    /// The next mails are refused for now (451), so that the courier has to come again.
    pub fn refuse(&self, mails: usize) {
        self.refusals.store(mails, Ordering::SeqCst);
    }

    pub fn all(&self) -> Vec<Mail> {
        self.mails.borrow().clone()
    }

    /// The newest mail to this address, waiting for one if there is none yet.
    pub async fn newest(&self, to: &str) -> anyhow::Result<Mail> {
        self.after(to, 0).await
    }

    /// The newest mail to this address once more than `seen` have come.
    pub async fn after(&self, to: &str, seen: usize) -> anyhow::Result<Mail> {
        let mut mails = self.mails.clone();
        let arrived = async {
            loop {
                {
                    let to_them: Vec<Mail> = mails
                        .borrow_and_update()
                        .iter()
                        .filter(|mail| mail.to.iter().any(|known| known == to))
                        .cloned()
                        .collect();
                    if to_them.len() > seen {
                        return to_them.into_iter().next_back();
                    }
                }
                mails.changed().await.ok()?;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), arrived)
            .await
            .with_context(|| format!("no mail to {to} after 20 seconds"))?
            .with_context(|| format!("the mailbox was closed before a mail to {to}"))
    }
}

impl Drop for Mailbox {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn converse(stream: TcpStream, sender: &watch::Sender<Vec<Mail>>, refuse: &AtomicUsize) -> std::io::Result<()> {
    let (reader, mut writer) = stream.into_split();
    let mut lines = BufReader::new(reader);
    writer.write_all(b"220 mailbox\r\n").await?;
    let mut mail = Mail::default();
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let verb = line.split([' ', '\r', ':']).next().unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "EHLO" => b"250-mailbox\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN\r\n",
            "AUTH" => b"235 welcome\r\n",
            "MAIL" => {
                mail = Mail { from: address(&line), ..Mail::default() };
                b"250 go on\r\n"
            }
            "RCPT" if refused(refuse) => b"451 come again\r\n",
            "RCPT" => {
                mail.to.push(address(&line));
                b"250 go on\r\n"
            }
            "DATA" => {
                writer.write_all(b"354 end with a dot\r\n").await?;
                mail.source = read_data(&mut lines).await?;
                let taken = std::mem::take(&mut mail);
                sender.send_modify(|mails| mails.push(taken));
                b"250 kept\r\n"
            }
            "QUIT" => {
                writer.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            "HELO" | "NOOP" | "RSET" => b"250 fine\r\n",
            _ => b"500 not understood\r\n",
        };
        writer.write_all(answer).await?;
    }
}

fn refused(refuse: &AtomicUsize) -> bool {
    refuse.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1)).is_ok()
}

/// What stands between the angle brackets of MAIL and RCPT.
fn address(line: &str) -> String {
    line.split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'))
        .map_or_else(String::new, |(address, _)| address.to_owned())
}

/// The mail up to the single dot, with doubled dots undone (RFC 5321, 4.5.2).
async fn read_data(lines: &mut BufReader<tokio::net::tcp::OwnedReadHalf>) -> std::io::Result<String> {
    let mut source = String::new();
    loop {
        let mut bytes = Vec::new();
        if lines.read_until(b'\n', &mut bytes).await? == 0 || bytes == b".\r\n" {
            return Ok(source);
        }
        let line = String::from_utf8_lossy(&bytes);
        source.push_str(if line.starts_with("..") { line.get(1..).unwrap_or_default() } else { &line });
    }
}

#[cfg(test)]
mod tests;
