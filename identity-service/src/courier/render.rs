//! Writes mails: subject, plain text, and the same with markup, each from its own template.

use askama::Template as _;
use serde_json::Value;

use super::enqueue::{Content, Template};

/// Why a mail could not be written.
#[derive(Debug, thiserror::Error)]
pub(super) enum RenderError {
    /// The data lack what the template shows.
    #[error("a mail of template {template} needs {name}")]
    Missing {
        /// The template.
        template: Template,
        /// The name of what is missing.
        name: &'static str,
    },
    /// The template failed.
    #[error("a mail cannot be written")]
    Template(#[from] askama::Error),
}

/// The two forms of one mail; each takes the same data.
macro_rules! letter {
    ($html:ident $text:ident ($html_path:literal, $text_path:literal) { $($field:ident),* }) => {
        #[derive(askama::Template)]
        #[template(path = $html_path)]
        struct $html<'a> {
            subject: &'a str,
            $($field: &'a str),*
        }

        #[derive(askama::Template)]
        #[template(path = $text_path)]
        struct $text<'a> {
            subject: &'a str,
            $($field: &'a str),*
        }

        impl<'a> $html<'a> {
            fn content(subject: &'a str, $($field: &'a str),*) -> Result<Content, RenderError> {
                let html = Self { subject, $($field),* }.render()?;
                let text = $text { subject, $($field),* }.render()?;
                Ok(Content { subject: subject.to_owned(), text, html })
            }
        }
    };
}

letter! { CodeHtml CodeText ("email/verification_code_valid.html", "email/verification_code_valid.txt") { code, url, lifespan } }
letter! { LinkHtml LinkText ("email/verification_valid.html", "email/verification_valid.txt") { url, lifespan } }
letter! { UnknownHtml UnknownText ("email/verification_invalid.html", "email/verification_invalid.txt") {} }

/// The mail of that template, filled with data named as the contract has it (§8).
pub(super) fn render(template: Template, data: &Value) -> Result<Content, RenderError> {
    let text =
        |name: &'static str| data.get(name).and_then(Value::as_str).ok_or(RenderError::Missing { template, name });
    let minutes = || {
        let name = "expires_in_minutes";
        data.get(name).and_then(Value::as_u64).ok_or(RenderError::Missing { template, name })
    };
    match template {
        Template::VerificationCodeValid => {
            let (code, url) = (text("verification_code")?, text("verification_url")?);
            CodeHtml::content("Your verification code", code, url, &lifespan(minutes()?))
        }
        Template::VerificationValid => {
            LinkHtml::content("Verify your email address", text("verification_url")?, &lifespan(minutes()?))
        }
        Template::RecoveryCodeValid => CodeHtml::content(
            "Recover access to your account",
            text("recovery_code")?,
            text("recovery_url")?,
            &lifespan(minutes()?),
        ),
        Template::RecoveryValid => {
            LinkHtml::content("Recover access to your account", text("recovery_url")?, &lifespan(minutes()?))
        }
        Template::LoginCodeValid => {
            CodeHtml::content("Your sign-in code", text("login_code")?, text("request_url")?, &lifespan(minutes()?))
        }
        Template::RegistrationCodeValid => CodeHtml::content(
            "Your sign-up code",
            text("registration_code")?,
            text("request_url")?,
            &lifespan(minutes()?),
        ),
        Template::RecoveryCodeInvalid
        | Template::RecoveryInvalid
        | Template::VerifiableAddressChanged
        | Template::AuthenticatorKeyAdded
        | Template::VerificationCodeInvalid
        | Template::VerificationInvalid => UnknownHtml::content("Someone tried to verify this email address"),
    }
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

#[cfg(test)]
mod tests;
