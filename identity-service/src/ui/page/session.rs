//! The pages around a session: who is signed in, leaving, having left.

use askama::Template;
use serde_json::Value;

use super::{Fact, Person, Shell, Stage, client_name, email, in_words, name};
use crate::{config, model::identity::Identity};

/// Who is signed in.
#[derive(Debug, Template)]
#[template(path = "page/welcome.html")]
pub(crate) struct WelcomePage {
    pub(super) shell: Shell,
    pub(super) facts: Vec<Fact>,
    pub(super) email: Option<Email>,
    pub(super) permissions: Vec<String>,
    pub(super) sessions: usize,
    /// Where the account is changed.
    pub(super) settings: String,
    /// Where the form that signs out is sent.
    pub(super) logout: String,
    /// Belongs to this browser and session.
    pub(super) token: String,
}

/// An address and whether it is proven.
#[derive(Debug, Clone)]
pub(crate) struct Email {
    pub(super) value: String,
    pub(super) verified: bool,
    /// Where it can be proven.
    pub(super) verify: Option<String>,
}

impl WelcomePage {
    /// The page of an identity with so many sessions.
    pub(crate) fn new(stage: &Stage<'_>, identity: &Identity, sessions: usize, token: String) -> Self {
        let base = &stage.serve.public.base_url;
        let traits = identity.traits.as_map();
        let in_words = |value: &Value| in_words(value, stage.words);
        let text = |key: &str| traits.get(key).map(in_words).filter(|text| !text.is_empty());
        let fact = |label: &str, value: String| Fact::new(&stage.say(label), value);
        let mut facts = Vec::new();
        facts.extend(name(identity).map(|name| fact("welcome.name", name)));
        facts.extend(text("role").map(|role| fact("welcome.role", role)));
        facts.extend(text("company_id").or_else(|| text("company")).map(|company| fact("welcome.company", company)));
        let permissions = match traits.get("permissions") {
            Some(Value::Array(items)) => items.iter().map(in_words).collect(),
            other => other.map(in_words).filter(|text| !text.is_empty()).into_iter().collect(),
        };
        let verifiable = stage.selfservice.verification.enabled;
        let email = email(identity).map(|value| Email {
            verified: identity.verifiable_addresses.iter().any(|known| known.verified && known.value == value),
            verify: verifiable.then(|| config::below(base, "self-service/verification/browser").into()),
            value,
        });
        let title = stage.words.fill("welcome.title", &[("name", Person::of(identity).name.into())]);
        let logout = config::below(base, "logout").into();
        let settings = stage.selfservice.settings.ui_url.to_string();
        Self { shell: Shell::new(stage, title), facts, email, permissions, sessions, settings, logout, token }
    }
}

/// Asks whether to end the session.
#[derive(Debug, Template)]
#[template(path = "page/logout.html")]
pub(crate) struct LogoutPage {
    pub(super) shell: Shell,
    /// The OAuth2 client that asks for it.
    pub(super) client: Option<String>,
    pub(super) person: Option<Person>,
    pub(super) action: String,
    pub(super) token: String,
    pub(super) challenge: Option<String>,
}

/// What somebody is about to leave.
pub(crate) struct Leaving<'a> {
    /// Who is signed in here.
    pub(crate) identity: Option<&'a Identity>,
    /// The client that asks for it, as the OAuth2 provider shows it.
    pub(crate) client: Option<&'a Value>,
    /// The provider's challenge.
    pub(crate) challenge: Option<&'a str>,
}

impl LogoutPage {
    /// The page that asks.
    pub(crate) fn new(stage: &Stage<'_>, leaving: &Leaving<'_>, token: String) -> Self {
        Self {
            shell: Shell::new(stage, stage.say("logout.title")),
            client: leaving.client.map(|client| client_name(client, stage.words)),
            person: leaving.identity.map(Person::of),
            action: config::below(&stage.serve.public.base_url, "logout").into(),
            token,
            challenge: leaving.challenge.map(str::to_owned),
        }
    }
}

/// Says that nobody is signed in any more.
#[derive(Debug, Template)]
#[template(path = "page/logged_out.html")]
pub(crate) struct LoggedOutPage {
    pub(super) shell: Shell,
    pub(super) sign_in: String,
}

impl LoggedOutPage {
    /// The page.
    pub(crate) fn new(stage: &Stage<'_>) -> Self {
        let sign_in = config::below(&stage.serve.public.base_url, "self-service/login/browser").into();
        Self { shell: Shell::new(stage, stage.say("logged_out.title")), sign_in }
    }
}
