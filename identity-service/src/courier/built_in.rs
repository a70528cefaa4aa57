//! The texts that come with the service: for each template a typed letter, in plain text and with markup, and as a text
//! message where there is one.
//!
//! No trait of an identity goes into them: whoever registers a stranger's address must not be able to choose what the
//! stranger reads.

use askama::Template as _;
use serde_json::Value;
use shared_types::time::Time;

use super::{enqueue::Content, template::Template};
use crate::model::address::Via;

/// Why a message could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum RenderError {
    /// The data lack what the template shows.
    #[error("a message of template {template} needs {name}")]
    Missing {
        /// The template.
        template: Template,
        /// The name of what is missing.
        name: &'static str,
    },
    /// There is no text message of this template.
    #[error("there is no text message of template {0}")]
    NotBySms(Template),
    /// The template failed.
    #[error("a message cannot be written")]
    Template(#[from] askama::Error),
}

/// A code to be typed where it was asked for.
struct CodeAlone {
    subject: String,
    code: String,
    lifespan: String,
    /// The host whose page a phone may fill the code into.
    domain: String,
}

/// A code, and a link that fills it in.
struct CodeAndLink {
    subject: String,
    code: String,
    url: String,
    lifespan: String,
    domain: String,
}

/// A link.
struct Link {
    subject: String,
    url: String,
    lifespan: String,
}

/// To somebody no account belongs to.
struct Stranger {
    subject: String,
}

/// That something was changed.
struct Notice {
    subject: String,
    account: String,
    moment: String,
}

/// One form of one letter.
macro_rules! form {
    ($name:ident $path:literal) => {
        #[derive(askama::Template)]
        #[template(path = $path)]
        struct $name;
    };
    ($name:ident $path:literal $data:ty) => {
        #[derive(askama::Template)]
        #[template(path = $path)]
        struct $name<'a> {
            letter: &'a $data,
        }
    };
}

form! { RecoveryHtml "email/recovery_valid.html" Link }
form! { RecoveryText "email/recovery_valid.txt" Link }
form! { RecoveryStrangerHtml "email/recovery_invalid.html" Stranger }
form! { RecoveryStrangerText "email/recovery_invalid.txt" }
form! { RecoveryCodeHtml "email/recovery_code_valid.html" CodeAlone }
form! { RecoveryCodeText "email/recovery_code_valid.txt" CodeAlone }
form! { RecoveryCodeSms "sms/recovery_code_valid.txt" CodeAlone }
form! { RecoveryCodeStrangerHtml "email/recovery_code_invalid.html" Stranger }
form! { RecoveryCodeStrangerText "email/recovery_code_invalid.txt" }
form! { VerificationHtml "email/verification_valid.html" Link }
form! { VerificationText "email/verification_valid.txt" Link }
form! { VerificationStrangerHtml "email/verification_invalid.html" Stranger }
form! { VerificationStrangerText "email/verification_invalid.txt" }
form! { VerificationCodeHtml "email/verification_code_valid.html" CodeAndLink }
form! { VerificationCodeText "email/verification_code_valid.txt" CodeAndLink }
form! { VerificationCodeSms "sms/verification_code_valid.txt" CodeAndLink }
form! { VerificationCodeStrangerHtml "email/verification_code_invalid.html" Stranger }
form! { VerificationCodeStrangerText "email/verification_code_invalid.txt" }
form! { LoginCodeHtml "email/login_code_valid.html" CodeAlone }
form! { LoginCodeText "email/login_code_valid.txt" CodeAlone }
form! { LoginCodeSms "sms/login_code_valid.txt" CodeAlone }
form! { RegistrationCodeHtml "email/registration_code_valid.html" CodeAlone }
form! { RegistrationCodeText "email/registration_code_valid.txt" CodeAlone }
form! { RegistrationCodeSms "sms/registration_code_valid.txt" CodeAlone }
form! { AddressChangedHtml "email/verifiable_address_changed.html" Notice }
form! { AddressChangedText "email/verifiable_address_changed.txt" Notice }
form! { AddressChangedSms "sms/verifiable_address_changed.txt" }
form! { KeyAddedHtml "email/authenticator_key_added.html" Notice }
form! { KeyAddedText "email/authenticator_key_added.txt" Notice }
form! { KeyAddedSms "sms/authenticator_key_added.txt" }

/// The message of a template, filled with data named as the contract has it (§8).
pub(super) fn content(template: Template, via: Via, data: &Value) -> Result<Content, RenderError> {
    let facts = Facts { template, data };
    match via {
        Via::Email => email(&facts),
        Via::Sms => Ok(Content { subject: String::new(), text: sms(&facts)?, html: String::new() }),
    }
}

/// Programs that test with our mails find them by these subjects, so they are those of the contract.
fn email(facts: &Facts<'_>) -> Result<Content, RenderError> {
    macro_rules! written {
        ($letter:ident $html:ident $text:expr) => {{
            let (html, text) = ($html { letter: &$letter }.render()?, $text.render()?);
            Ok(Content { subject: $letter.subject, text, html })
        }};
    }
    match facts.template {
        Template::RecoveryValid => {
            let letter = facts.link("Recover access to your account")?;
            written!(letter RecoveryHtml RecoveryText { letter: &letter })
        }
        Template::RecoveryInvalid => {
            let letter = stranger("Account access attempted");
            written!(letter RecoveryStrangerHtml RecoveryStrangerText)
        }
        Template::RecoveryCodeValid => {
            let letter = facts.code("to recover access to your account")?;
            written!(letter RecoveryCodeHtml RecoveryCodeText { letter: &letter })
        }
        Template::RecoveryCodeInvalid => {
            let letter = stranger("Account access attempted");
            written!(letter RecoveryCodeStrangerHtml RecoveryCodeStrangerText)
        }
        Template::VerificationValid => {
            let letter = facts.link("Please verify your email address")?;
            written!(letter VerificationHtml VerificationText { letter: &letter })
        }
        Template::VerificationInvalid => {
            let letter = stranger("Someone tried to verify this email address");
            written!(letter VerificationStrangerHtml VerificationStrangerText)
        }
        Template::VerificationCodeValid => {
            let letter = facts.code_and_link("to verify your account")?;
            written!(letter VerificationCodeHtml VerificationCodeText { letter: &letter })
        }
        Template::VerificationCodeInvalid => {
            let letter = stranger("Someone tried to verify this email address");
            written!(letter VerificationCodeStrangerHtml VerificationCodeStrangerText)
        }
        Template::LoginCodeValid => {
            let letter = facts.code("to log in")?;
            written!(letter LoginCodeHtml LoginCodeText { letter: &letter })
        }
        Template::RegistrationCodeValid => {
            let letter = facts.code("to complete your account registration")?;
            written!(letter RegistrationCodeHtml RegistrationCodeText { letter: &letter })
        }
        Template::VerifiableAddressChanged => {
            let letter = facts.notice("A verifiable address on your account was changed", "changed_at")?;
            written!(letter AddressChangedHtml AddressChangedText { letter: &letter })
        }
        Template::AuthenticatorKeyAdded => {
            let letter = facts.notice("A new sign-in method was added to your account", "added_at")?;
            written!(letter KeyAddedHtml KeyAddedText { letter: &letter })
        }
    }
}

/// Where a page of ours asked for the code, the last line lets the phone's browser fill it in there and nowhere else
/// (origin-bound one-time codes).
fn sms(facts: &Facts<'_>) -> Result<String, RenderError> {
    let text = match facts.template {
        Template::RecoveryCodeValid => RecoveryCodeSms { letter: &facts.code("")? }.render()?,
        Template::VerificationCodeValid => VerificationCodeSms { letter: &facts.code_and_link("")? }.render()?,
        Template::LoginCodeValid => LoginCodeSms { letter: &facts.code("")? }.render()?,
        Template::RegistrationCodeValid => RegistrationCodeSms { letter: &facts.code("")? }.render()?,
        Template::VerifiableAddressChanged => AddressChangedSms.render()?,
        Template::AuthenticatorKeyAdded => KeyAddedSms.render()?,
        Template::RecoveryValid
        | Template::RecoveryInvalid
        | Template::RecoveryCodeInvalid
        | Template::VerificationValid
        | Template::VerificationInvalid
        | Template::VerificationCodeInvalid => return Err(RenderError::NotBySms(facts.template)),
    };
    Ok(text.trim().to_owned())
}

/// What a message is about.
struct Facts<'a> {
    template: Template,
    data: &'a Value,
}

impl Facts<'_> {
    fn code(&self, purpose: &str) -> Result<CodeAlone, RenderError> {
        let code = self.text(self.template.secrets().0.unwrap_or_default())?;
        let subject = format!("Use code {code} {purpose}");
        Ok(CodeAlone { subject, lifespan: self.lifespan()?, domain: self.domain(), code })
    }

    fn code_and_link(&self, purpose: &str) -> Result<CodeAndLink, RenderError> {
        let CodeAlone { subject, code, lifespan, domain } = self.code(purpose)?;
        Ok(CodeAndLink { subject, code, url: self.url()?, lifespan, domain })
    }

    fn link(&self, subject: &str) -> Result<Link, RenderError> {
        Ok(Link { subject: subject.to_owned(), url: self.url()?, lifespan: self.lifespan()? })
    }

    fn notice(&self, subject: &str, when: &'static str) -> Result<Notice, RenderError> {
        let id = self.data.pointer("/identity/id").and_then(Value::as_str);
        Ok(Notice {
            subject: subject.to_owned(),
            account: id.ok_or(self.missing("identity.id"))?.to_owned(),
            moment: moment(&self.text(when)?),
        })
    }

    fn url(&self) -> Result<String, RenderError> {
        self.text(self.template.secrets().1.unwrap_or_default())
    }

    fn domain(&self) -> String {
        self.data.get("request_url_domain").and_then(Value::as_str).unwrap_or_default().to_owned()
    }

    fn lifespan(&self) -> Result<String, RenderError> {
        let name = "expires_in_minutes";
        self.data.get(name).and_then(Value::as_u64).map(lifespan).ok_or(self.missing(name))
    }

    fn text(&self, name: &'static str) -> Result<String, RenderError> {
        self.data.get(name).and_then(Value::as_str).map(str::to_owned).ok_or(self.missing(name))
    }

    const fn missing(&self, name: &'static str) -> RenderError {
        RenderError::Missing { template: self.template, name }
    }
}

fn stranger(subject: &str) -> Stranger {
    Stranger { subject: subject.to_owned() }
}

/// A length of time as one says it.
fn lifespan(minutes: u64) -> String {
    match minutes {
        0 | 1 => "1 minute".to_owned(),
        60 => "1 hour".to_owned(),
        _ if minutes.is_multiple_of(60) => format!("{} hours", minutes / 60),
        _ => format!("{minutes} minutes"),
    }
}

/// An instant as one says it; a text that is none stays as it is.
fn moment(text: &str) -> String {
    text.parse::<Time>().map_or_else(|_| text.to_owned(), |at| at.format("%-d %B %Y at %H:%M UTC").to_string())
}

#[cfg(test)]
mod tests;
