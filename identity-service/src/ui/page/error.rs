//! The error page: what happened in a sentence, what support needs, and a way on. Nothing of it is trusted: whoever
//! makes a link to it chooses what the OAuth2 parameters say, so they are cut short and shown as somebody's words.

use askama::Template;
use serde_json::Value;

use super::{Fact, Link, Shell, Stage};
use crate::config;

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
    /// An error of ours: the `error` object of a JSON answer. What programs are told in English is said in the reader's
    /// language if it is known there; otherwise a sentence says what kind of error it is, and the English is quoted.
    pub(crate) fn of(stage: &Stage<'_>, error: &Value) -> Self {
        let text = |key: &str| error.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let code = error.get("code").and_then(Value::as_u64).unwrap_or(500);
        let kind = kind(code);
        let reason = text("reason").or_else(|| text("message"));
        let known = reason.and_then(|reason| stage.words.sentence(reason));
        let (text_of_it, said) = match (known, reason) {
            (Some(known), _) => (known, None),
            (None, Some(reason)) if stage.words.is_english() => (reason.to_owned(), None),
            (None, reason) => (stage.say(&format!("error.{kind}.text")), reason.map(cut)),
        };
        let mut facts = Vec::new();
        facts.extend(text("id").map(|id| Fact::new(&stage.say("error.code"), id)));
        facts.extend(text("request").map(|id| Fact::new(&stage.say("error.request"), id)));
        let mut links = links(stage);
        let verification = error.pointer("/details/continue_with/0/flow/url").and_then(Value::as_str);
        if let Some(href) = verification.filter(|href| is_web(href)) {
            links.insert(0, Link::new(stage.say("error.verify"), href));
        }
        Self { said, facts, ..Self::plain(stage, &format!("error.{kind}"), links) }.saying(text_of_it)
    }

    /// An error the OAuth2 provider sent the browser here with.
    pub(crate) fn reported(stage: &Stage<'_>, reported: Reported<'_>) -> Self {
        let code = reported.code.filter(|code| is_code(code)).unwrap_or_default();
        let said = reported.description.map(cut).filter(|text| !text.is_empty());
        let facts = if code.is_empty() { Vec::new() } else { vec![Fact::new(&stage.say("error.code"), code)] };
        let title = if code == "access_denied" { "error.denied" } else { "error.reported" };
        let text = stage.say(&format!("error.oauth.{}", explanation(code)));
        Self { said, facts, ..Self::plain(stage, title, links(stage)) }.saying(text)
    }

    /// A flow that was begun in another browser, or in one that keeps no cookies; `begin` starts another.
    pub(crate) fn other_browser(stage: &Stage<'_>, begin: &str) -> Self {
        let facts = vec![Fact::new(&stage.say("error.code"), "security_csrf_violation")];
        let again = vec![Link::new(stage.say("error.again"), begin)];
        Self { facts, ..Self::plain(stage, "error.other_browser", again) }
    }

    /// A consent that is not asked of whoever is signed in.
    pub(crate) fn other_account(stage: &Stage<'_>) -> Self {
        let sign_out = config::below(&stage.serve.public.base_url, "logout");
        Self::plain(stage, "error.other_account", vec![Link::new(stage.say("logout.yes"), sign_out)])
    }

    /// A consent that is asked of nobody: the session has ended in between.
    pub(crate) fn session_ended(stage: &Stage<'_>) -> Self {
        Self::plain(stage, "error.session_ended", links(stage))
    }

    /// A code of a device was to be typed, and nothing waits for it.
    pub(crate) fn device_over(stage: &Stage<'_>) -> Self {
        Self::plain(stage, "error.device_over", Vec::new())
    }

    /// Too many codes of devices were tried.
    pub(crate) fn device_guessed(stage: &Stage<'_>) -> Self {
        Self::plain(stage, "error.device_guessed", Vec::new())
    }

    /// An error nothing is known of, or no longer.
    pub(crate) fn unknown(stage: &Stage<'_>) -> Self {
        Self::plain(stage, "error.unknown", links(stage))
    }

    /// What stands for an error of our own, so that the authors of error pages have one to show.
    pub(crate) fn sample(stage: &Stage<'_>) -> Self {
        Self::plain(stage, "error.sample", links(stage))
    }

    /// The page of that name, which has a title and a text.
    fn plain(stage: &Stage<'_>, name: &str, links: Vec<Link>) -> Self {
        let shell = Shell { wrong: true, ..Shell::new(stage, stage.say(&format!("{name}.title"))) };
        Self { text: shell.say(&format!("{name}.text")), shell, said: None, facts: Vec::new(), links }
    }

    fn saying(self, text: String) -> Self {
        Self { text, ..self }
    }
}

fn links(stage: &Stage<'_>) -> Vec<Link> {
    vec![Link::new(stage.say("error.again"), config::below(&stage.serve.public.base_url, "welcome"))]
}

const fn kind(code: u64) -> &'static str {
    match code {
        401 => "sign_in",
        403 => "forbidden",
        404 => "not_found",
        410 => "expired",
        429 => "too_many",
        400..=499 => "bad_request",
        _ => "internal",
    }
}

/// What the codes of RFC 6749 §4.1.2.1 and OpenID Connect Core §3.1.2.6 come to.
fn explanation(code: &str) -> &'static str {
    match code {
        "access_denied" => "denied",
        "invalid_client" | "unauthorized_client" => "client",
        "invalid_request" | "unsupported_response_type" => "request",
        "invalid_scope" => "scope",
        "login_required" | "interaction_required" | "consent_required" => "sign_in",
        "temporarily_unavailable" => "busy",
        "server_error" => "failed",
        _ => "other",
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
