//! Trying the mail server without sending anything: how far one comes.

use std::time::Duration;

use lettre::transport::smtp::{
    authentication::{Credentials, DEFAULT_MECHANISMS},
    client::AsyncSmtpConnection,
};
use tokio::time::timeout;

use super::{CONNECT, Sender};
use crate::{
    config::{Smtp, SmtpSecurity},
    courier::chain,
};

/// What was not reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SmtpStage {
    /// A file or a value of the configuration cannot be used.
    SetUp,
    /// The host has no address.
    Find,
    /// Nobody answers, or not as a mail server.
    Connect,
    /// STARTTLS is not offered.
    NoStartTls,
    /// The certificate is not believed.
    StartTls,
    /// AUTH is not offered.
    NoAuth,
    /// User and password are refused.
    Auth,
}

#[cfg(test)]
mod tests;

/// Goes as far as a mail would, says goodbye, and sends none.
pub(crate) async fn greet(smtp: &Smtp) -> Result<(), (SmtpStage, String)> {
    let sender = Sender::new(smtp).map_err(|error| (SmtpStage::SetUp, error.to_string()))?;
    match timeout(CONNECT, steps(&sender)).await {
        Ok(outcome) => outcome,
        Err(_) => Err((SmtpStage::Connect, "no answer within 10 seconds".to_owned())),
    }
}

async fn steps(sender: &Sender) -> Result<(), (SmtpStage, String)> {
    let smtp = &sender.smtp;
    let there = sender.addresses().await.map_err(|why| (SmtpStage::Find, why))?;
    let failed = |stage| move |error: lettre::transport::smtp::Error| (stage, chain(&error));
    let at_once = sender.tls.clone().filter(|_| smtp.security == SmtpSecurity::Implicit);
    let connecting = AsyncSmtpConnection::connect_tokio1(there.as_slice(), Some(CONNECT), &sender.hello, at_once, None);
    let mut line = connecting.await.map_err(failed(SmtpStage::Connect))?;
    if let Some(tls) = sender.tls.clone().filter(|_| smtp.security == SmtpSecurity::StartTls) {
        if !line.can_starttls() {
            return Err((SmtpStage::NoStartTls, "mails would travel in clear".to_owned()));
        }
        line.starttls(tls, &sender.hello).await.map_err(failed(SmtpStage::StartTls))?;
    }
    if let Some((user, password)) = &smtp.user {
        if !DEFAULT_MECHANISMS.iter().any(|way| line.server_info().supports_auth_mechanism(*way)) {
            return Err((SmtpStage::NoAuth, "it offers no AUTH that is known here".to_owned()));
        }
        let credentials = Credentials::new(user.clone(), password.expose().clone());
        line.auth(DEFAULT_MECHANISMS, &credentials).await.map_err(failed(SmtpStage::Auth))?;
    }
    let _ = timeout(Duration::from_secs(2), line.quit()).await;
    Ok(())
}
