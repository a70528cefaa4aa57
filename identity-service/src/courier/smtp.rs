//! Hands mails to the next hop by SMTP (RFC 5321): STARTTLS required, TLS from the first byte, or in clear, as
//! configured. What the server says decides whether a mail is tried again.

mod probe;

use std::{net::SocketAddr, path::PathBuf, time::Duration};

use lettre::{
    Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
    transport::smtp::{
        authentication::{Credentials, DEFAULT_MECHANISMS},
        client::{AsyncSmtpConnection, Identity, TlsParameters},
        extension::ClientId,
    },
};
use shared_types::{http::client::is_public, time::Time};
use tokio::time::timeout;

pub(crate) use self::probe::{SmtpStage, greet};
use super::{Trouble, chain, enqueue::Content};
use crate::{
    config::{Smtp, SmtpSecurity},
    model::mail::Mail,
};

/// How long a connection may take to stand, TLS and authentication included.
const CONNECT: Duration = Duration::from_secs(10);
/// How long the server may take over one mail. Giving up while it thinks about the body would send it twice.
const TRANSACTION: Duration = Duration::from_mins(1);

/// Stands between the two forms of a mail. Without digits: programs take the first run of six for the code.
const BOUNDARY: &str = "=_portico_alternative_forms_of_one_mail";

/// Why mails cannot be sent with this configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SetupError {
    /// The sender's address is none.
    #[error("courier.smtp.from_address: {0:?} is not an email address")]
    From(String),
    /// A header cannot be sent.
    #[error("courier.smtp.headers: {0:?} is not the name of a header")]
    Header(String),
    /// A file cannot be read.
    #[error("{}: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// TLS cannot be set up.
    #[error("courier.smtp: {0}")]
    Tls(lettre::transport::smtp::Error),
}

/// Everything needed to send.
pub(super) struct Sender {
    smtp: Smtp,
    hello: ClientId,
    from: Mailbox,
    headers: Vec<HeaderValue>,
    tls: Option<TlsParameters>,
}

impl Sender {
    /// Checks the configuration.
    pub(super) fn new(smtp: &Smtp) -> Result<Self, SetupError> {
        let address = smtp.from_address.parse().map_err(|_| SetupError::From(smtp.from_address.clone()))?;
        let header = |(name, value): &(String, String)| {
            let name = HeaderName::new_from_ascii(name.clone()).map_err(|_| SetupError::Header(name.clone()))?;
            Ok(HeaderValue::new(name, value.clone()))
        };
        Ok(Self {
            hello: ClientId::Domain(smtp.local_name.clone()),
            from: Mailbox::new(smtp.from_name.clone(), address),
            headers: smtp.headers.iter().map(header).collect::<Result<_, _>>()?,
            tls: tls(smtp)?,
            smtp: smtp.clone(),
        })
    }

    /// A connection that is ready to take mails. Whatever is wrong with it says nothing about a mail, so every
    /// failure passes.
    pub(super) async fn connect(&self) -> Result<Line, Trouble> {
        let connecting = async {
            let there = self.addresses().await.map_err(Trouble::Passing)?;
            self.try_connect(&there).await.map_err(|error| Trouble::Passing(chain(&error)))
        };
        match timeout(CONNECT, connecting).await {
            Ok(connected) => connected.map(Line),
            Err(_) => Err(Trouble::Passing(format!("no connection to {} within 10 seconds", self.smtp.host))),
        }
    }

    /// Where the server is; public addresses alone where the configuration says so.
    async fn addresses(&self) -> Result<Vec<SocketAddr>, String> {
        let Smtp { host, port, public_only, .. } = &self.smtp;
        let found = tokio::net::lookup_host((host.as_str(), *port)).await;
        let found = found.map_err(|error| format!("{host} cannot be found: {error}"))?;
        let may: Vec<SocketAddr> = found.filter(|there| !public_only || is_public(there.ip())).collect();
        if may.is_empty() {
            return Err(format!(
                "{host} is in a private network, which clients.smtp.disallow_private_ip_ranges refuses"
            ));
        }
        Ok(may)
    }

    async fn try_connect(&self, there: &[SocketAddr]) -> Result<AsyncSmtpConnection, lettre::transport::smtp::Error> {
        let at_once = self.tls.clone().filter(|_| self.smtp.security == SmtpSecurity::Implicit);
        let mut line = AsyncSmtpConnection::connect_tokio1(there, Some(CONNECT), &self.hello, at_once, None).await?;
        if let Some(tls) = self.tls.clone().filter(|_| self.smtp.security == SmtpSecurity::StartTls) {
            // Fails when the server does not offer it: nothing is ever sent in clear by surprise.
            line.starttls(tls, &self.hello).await?;
        }
        if let Some((user, password)) = &self.smtp.user {
            let credentials = Credentials::new(user.clone(), password.expose().clone());
            line.auth(DEFAULT_MECHANISMS, &credentials).await?;
        }
        Ok(line)
    }

    /// The mail as it travels. Its `Message-ID` stays the same over all attempts, so that a receiver can tell a
    /// repetition.
    pub(super) fn message(&self, mail: &Mail, content: &Content, now: Time) -> Result<Message, Trouble> {
        let recipient =
            mail.recipient.parse().map_err(|_| Trouble::Final("the recipient is not an address".to_owned()))?;
        let id = format!("<{}@{}>", mail.id, self.from.email.domain());
        let mut message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, recipient))
            .subject(&content.subject)
            .date(now.into())
            .message_id(Some(id))
            // RFC 3834 §5: nobody's out-of-office note needs to come back.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ));
        for header in &self.headers {
            message = message.raw_header(header.clone());
        }
        let body = MultiPart::alternative()
            .boundary(BOUNDARY)
            .singlepart(SinglePart::plain(content.text.clone()))
            .singlepart(SinglePart::html(content.html.clone()));
        message.multipart(body).map_err(|error| Trouble::Final(chain(&error)))
    }
}

/// One connection to the next hop.
pub(super) struct Line(AsyncSmtpConnection);

impl Line {
    /// Hands one mail over.
    pub(super) async fn send(&mut self, message: &Message) -> Result<(), Trouble> {
        let bytes = message.formatted();
        match timeout(TRANSACTION, self.0.send(message.envelope(), &bytes)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) if error.is_permanent() || error.is_client() => Err(Trouble::Final(chain(&error))),
            Ok(Err(error)) => Err(Trouble::Passing(chain(&error))),
            Err(_) => Err(Trouble::Passing("the server did not take the mail within 60 seconds".to_owned())),
        }
    }

    /// Says goodbye; a server that does not answer is not waited for.
    pub(super) async fn close(mut self) {
        let _ = timeout(Duration::from_secs(2), self.0.abort()).await;
    }
}

fn tls(smtp: &Smtp) -> Result<Option<TlsParameters>, SetupError> {
    if smtp.security == SmtpSecurity::Plain {
        return Ok(None);
    }
    let name = smtp.server_name.clone().unwrap_or_else(|| smtp.host.clone());
    let mut builder = TlsParameters::builder(name)
        .dangerous_accept_invalid_certs(smtp.skip_verify)
        .dangerous_accept_invalid_hostnames(smtp.skip_verify);
    if let Some((cert, key)) = &smtp.client_cert {
        let identity = Identity::from_pem(&file(cert)?, &file(key)?).map_err(SetupError::Tls)?;
        builder = builder.identify_with(identity);
    }
    builder.build().map(Some).map_err(SetupError::Tls)
}

fn file(path: &PathBuf) -> Result<Vec<u8>, SetupError> {
    std::fs::read(path).map_err(|error| SetupError::File { path: path.clone(), error })
}

#[cfg(test)]
pub(super) mod tests;
