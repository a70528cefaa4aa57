//! The ways messages go out: e-mail by SMTP or by a request, text messages by a request.

use std::sync::Arc;

use super::{
    Trouble,
    enqueue::{Content, Matter},
    gateway::{self, Parcel},
    smtp::{Line, Sender, SetupError},
};
use crate::{
    app::Env,
    config::Request,
    model::mail::{Mail, MailType},
};

/// The channels of one worker.
pub(super) struct Channels {
    mail: Option<ByMail>,
    sms: Option<Request>,
}

enum ByMail {
    Smtp(Box<Sender>),
    Gateway(Box<Request>),
}

/// What stays open between two messages.
#[derive(Default)]
pub(super) struct Open(Option<Line>);

impl Channels {
    /// Those that are configured; the error says why one cannot be used.
    pub(super) fn new(env: &Env) -> Result<Self, SetupError> {
        let courier = &env.config.courier;
        let mail = match (&courier.mail_gateway, &courier.smtp) {
            (Some(request), _) => Some(ByMail::Gateway(Box::new(request.clone()))),
            (None, Some(smtp)) => Some(ByMail::Smtp(Box::new(Sender::new(smtp)?))),
            (None, None) => None,
        };
        Ok(Self { mail, sms: courier.sms_gateway.clone() })
    }

    /// The kinds of messages there is a way for.
    pub(super) fn kinds(&self) -> Vec<MailType> {
        let mail = self.mail.as_ref().map(|_| MailType::Email);
        mail.into_iter().chain(self.sms.as_ref().map(|_| MailType::Sms)).collect()
    }

    /// Sends a message.
    pub(super) async fn send(
        &self,
        env: &Arc<Env>,
        open: &mut Open,
        message: (&Mail, &Matter, &Content),
    ) -> Result<(), Trouble> {
        let (mail, matter, content) = message;
        let request = match (mail.kind, &self.mail, &self.sms) {
            (MailType::Email, Some(ByMail::Smtp(sender)), _) => return smtp(env, sender, open, mail, content).await,
            (MailType::Email, Some(ByMail::Gateway(request)), _) => &**request,
            (MailType::Sms, _, Some(request)) => request,
            (MailType::Email, None, _) | (MailType::Sms, _, None) => {
                return Err(Trouble::Passing(format!("there is no channel for {}", mail.kind)));
            }
        };
        gateway::send(env, request, &Parcel { mail, matter, content }).await
    }
}

impl Open {
    /// Says goodbye.
    pub(super) async fn close(self) {
        if let Some(line) = self.0 {
            line.close().await;
        }
    }
}

async fn smtp(env: &Env, sender: &Sender, open: &mut Open, mail: &Mail, content: &Content) -> Result<(), Trouble> {
    let message = sender.message(mail, content, env.clock.now())?;
    let mut line = match open.0.take() {
        Some(line) => line,
        None => sender.connect().await?,
    };
    match line.send(&message).await {
        Ok(()) => {
            open.0 = Some(line);
            Ok(())
        }
        Err(trouble) => {
            // Where the conversation stands is not certain; the next mail begins a new one.
            line.close().await;
            Err(trouble)
        }
    }
}
