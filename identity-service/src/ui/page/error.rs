//! The error page: what happened in a sentence, what support needs, and a way on. Nothing of it is trusted: whoever
//! makes a link to it chooses what the OAuth2 parameters say, so they are cut short and shown as somebody's words.

use askama::Template;
use serde_json::Value;

use super::{Fact, Link, Shell};
use crate::config::{self, Config};

/// No text from a query is shown beyond this many characters.
const LONGEST: usize = 300;

/// Something went wrong.
#[derive(Debug, Template)]
#[template(path = "page/error.html")]
pub(crate) struct ErrorPage {
    pub(super) shell: Shell,
    pub(super) text: String,
    /// What somebody else says about it.
    pub(super) said: Option<String>,
    pub(super) facts: Vec<Fact>,
    pub(super) links: Vec<Link>,
}

/// What an OAuth2 provider said to the browser (RFC 6749 §4.1.2.1), unchecked.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Reported<'a> {
    /// `error`.
    pub(crate) code: Option<&'a str>,
    /// `error_description`.
    pub(crate) description: Option<&'a str>,
}

impl ErrorPage {
    /// An error of ours: the `error` object of a JSON answer.
    pub(crate) fn of(config: &Config, error: &Value) -> Self {
        let text = |key: &str| error.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let code = error.get("code").and_then(Value::as_u64).unwrap_or(500);
        let reason = text("reason").or_else(|| text("message")).unwrap_or("The request could not be completed.");
        let mut facts = Vec::new();
        facts.extend(text("id").map(|id| Fact::new("Error", id)));
        facts.extend(text("request").map(|id| Fact::new("Request", id)));
        let mut links = links(config);
        let verification = error.pointer("/details/continue_with/0/flow/url").and_then(Value::as_str);
        if let Some(href) = verification.filter(|href| is_web(href)) {
            links.insert(0, Link { before: "", label: "Verify your email address".to_owned(), href: href.to_owned() });
        }
        Self { shell: shell(config, heading(code)), text: reason.to_owned(), said: None, facts, links }
    }

    /// An error the OAuth2 provider sent the browser here with.
    pub(crate) fn reported(config: &Config, reported: Reported<'_>) -> Self {
        let code = reported.code.filter(|code| is_code(code)).unwrap_or_default();
        let said = reported.description.map(cut).filter(|text| !text.is_empty());
        let facts = if code.is_empty() { Vec::new() } else { vec![Fact::new("Error", code)] };
        let title = if code == "access_denied" { "Access was denied" } else { "The application could not sign you in" };
        let text = explanation(code).to_owned();
        Self { shell: shell(config, title), text, said, facts, links: links(config) }
    }

    /// A flow that was begun in another browser, or in one that keeps no cookies; `begin` starts another.
    pub(crate) fn other_browser(config: &Config, begin: &str) -> Self {
        Self {
            shell: shell(config, "Please start again"),
            text: "This page belongs to another browser, or your browser did not keep our cookie. \
                   Cookies must be allowed for this site."
                .to_owned(),
            said: None,
            facts: vec![Fact::new("Error", "security_csrf_violation")],
            links: vec![Link { before: "", label: "Start again".to_owned(), href: begin.to_owned() }],
        }
    }

    /// A consent that is not asked of whoever is signed in.
    pub(crate) fn other_account(config: &Config) -> Self {
        let sign_out = config::below(&config.serve.public.base_url, "logout").into();
        Self {
            shell: shell(config, "This is for another account"),
            text: "You are signed in with another account than the one this request is about. \
                   Please sign out, go back to the application and try again."
                .to_owned(),
            said: None,
            facts: Vec::new(),
            links: vec![Link { before: "", label: "Sign out".to_owned(), href: sign_out }],
        }
    }

    /// A consent that is asked of nobody: the session has ended in between.
    pub(crate) fn session_ended(config: &Config) -> Self {
        Self {
            shell: shell(config, "Your session has ended"),
            text: "Please go back to the application and sign in again.".to_owned(),
            said: None,
            facts: Vec::new(),
            links: links(config),
        }
    }

    /// A code of a device was to be typed, and nothing waits for it.
    pub(crate) fn device_over(config: &Config) -> Self {
        Self {
            shell: shell(config, "Please start again"),
            text: "Open the address that your device shows once more, and enter its code there.".to_owned(),
            said: None,
            facts: Vec::new(),
            links: Vec::new(),
        }
    }

    /// Too many codes of devices were tried.
    pub(crate) fn device_guessed(config: &Config) -> Self {
        Self {
            shell: shell(config, "Too many tries"),
            text: "Too many wrong codes were entered. Open the address that your device shows once more, \
                   and enter its code there."
                .to_owned(),
            said: None,
            facts: Vec::new(),
            links: Vec::new(),
        }
    }

    /// An error nothing is known of, or no longer.
    pub(crate) fn unknown(config: &Config) -> Self {
        Self {
            shell: shell(config, "Nothing to show"),
            text: "This error is not known, or it was too long ago.".to_owned(),
            said: None,
            facts: Vec::new(),
            links: links(config),
        }
    }
}

fn shell(config: &Config, title: &str) -> Shell {
    Shell { wrong: true, ..Shell::new(config, title) }
}

fn links(config: &Config) -> Vec<Link> {
    let base = &config.serve.public.base_url;
    vec![Link { before: "", label: "Start again".to_owned(), href: config::below(base, "welcome").into() }]
}

const fn heading(code: u64) -> &'static str {
    match code {
        401 => "Please sign in first",
        403 => "That is not allowed",
        404 => "Not found",
        410 => "This page has expired",
        429 => "Too many tries",
        400..=499 => "That did not work",
        _ => "Something went wrong on our side",
    }
}

/// The codes of RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6 in words.
fn explanation(code: &str) -> &'static str {
    match code {
        "access_denied" => "The request was denied, so the application got no access to your account.",
        "invalid_client" | "unauthorized_client" => {
            "The application is not known here, or may not do what it asked for."
        }
        "invalid_request" | "unsupported_response_type" => "The application sent a request that cannot be answered.",
        "invalid_scope" => "The application asked for something it may not have.",
        "login_required" | "interaction_required" | "consent_required" => "The application needs you to sign in again.",
        "temporarily_unavailable" => "The service is busy. Please try again in a moment.",
        "server_error" => "Something went wrong on our side. Please try again.",
        _ => "The request of the application could not be completed. Please go back to it and try again.",
    }
}

fn is_code(code: &str) -> bool {
    code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn is_web(href: &str) -> bool {
    href.starts_with("https://") || href.starts_with("http://")
}

/// One line of bounded length.
fn cut(text: &str) -> String {
    let plain = text.chars().map(|c| if c.is_control() { ' ' } else { c });
    plain.take(LONGEST).collect::<String>().trim().to_owned()
}
