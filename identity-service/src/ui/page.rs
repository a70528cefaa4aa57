//! The pages people see: one askama struct per page, made from data alone.
//!
//! The pages of the flows are rendered from the flow's nodes and nothing else. Pages work without JavaScript, which security keys
//! and passkeys alone need; they load one style sheet and nothing from elsewhere (but a client's logo, if it has one). Every page offers samples, and one test
//! renders them all.

mod account;
mod agent;
pub(crate) mod asset;
mod brand;
mod consent;
mod details;
mod device;
mod error;
mod own;
mod selfservice;
mod session;

#[cfg(test)]
mod samples;
#[cfg(test)]
mod tests;

use std::ops::Deref;

use askama::Template;
use serde_json::Value;

pub(crate) use account::{ApplicationsPage, SessionsPage, Shown};
pub(crate) use brand::Brand;
pub(crate) use consent::{ConsentPage, is_asked};
pub(crate) use device::{DeviceDonePage, DevicePage, Typed, Wrong};
pub(crate) use error::{ErrorPage, Reported};
pub(crate) use own::{OwnPages, Told};
#[cfg(test)]
use selfservice::Tried;
pub(crate) use selfservice::{LoginPage, RecoveryPage, RegistrationPage, SettingsPage, VerificationPage};
pub(crate) use session::{Leaving, LoggedOutPage, LogoutPage, WelcomePage};

use super::{render::Script, words::Words};
use crate::{
    config::{self, Config},
    model::{address::Via, identity::Identity},
};

/// What a page is made with: the configuration, and the words of whoever reads it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stage<'a> {
    /// The configuration.
    pub(crate) config: &'a Config,
    /// The words.
    pub(crate) words: &'a Words,
}

impl Deref for Stage<'_> {
    type Target = Config;

    fn deref(&self) -> &Config {
        self.config
    }
}

impl Stage<'_> {
    /// A text.
    fn say(&self, name: &str) -> String {
        self.words.say(name)
    }

    /// What the operator says a scope, a permission or a kind of details means: in this language, or in the only one there is.
    fn described(&self, name: &str) -> Option<String> {
        let mut known = self.config.oauth2.scope_descriptions.iter();
        self.words.scope(name).or_else(|| known.find(|(known, _)| known == name).map(|(_, text)| text.clone()))
    }
}

/// A page.
pub(crate) trait Page: Template {
    /// Its name, by which an operator's template goes.
    const NAME: &'static str;

    /// What stands around it.
    fn shell(&self) -> &Shell;
}

macro_rules! pages {
    ($($page:ident = $name:literal),* $(,)?) => {
        /// Every page there is, by its name.
        const NAMES: &[&str] = &[$($name),*];

        $(impl Page for $page {
            const NAME: &'static str = $name;

            fn shell(&self) -> &Shell {
                &self.shell
            }
        })*
    };
}

pages!(
    ApplicationsPage = "applications",
    ConsentPage = "consent",
    DeviceDonePage = "device_done",
    DevicePage = "device",
    ErrorPage = "error",
    LoggedOutPage = "logged_out",
    LoginPage = "login",
    LogoutPage = "logout",
    RecoveryPage = "recovery",
    RegistrationPage = "registration",
    SessionsPage = "sessions",
    SettingsPage = "settings",
    VerificationPage = "verification",
    WelcomePage = "welcome",
);

/// What stands around every page.
#[derive(Debug, Clone)]
pub(crate) struct Shell {
    /// What the page is said in.
    pub(crate) words: Words,
    /// The heading, and the title of the window.
    pub(crate) title: String,
    /// Whether the page says that something went wrong; the window's title begins with it.
    pub(crate) wrong: bool,
    /// What the operator calls the service, and what it looks like.
    pub(crate) brand: Brand,
    /// Where somebody sees his sessions.
    pub(crate) sessions: String,
    /// Where somebody sees which applications have access, if there is an OAuth2 provider.
    pub(crate) applications: Option<String>,
    /// The path of the style sheet.
    pub(crate) style: String,
    /// The path of the window's icon.
    pub(crate) icon: String,
    /// The host people should see in the address bar.
    pub(crate) host: String,
    /// What the page asks authenticators with, and what makes its buttons do so.
    pub(crate) scripts: Option<Scripts>,
}

/// The scripts of a page with keys.
#[derive(Debug, Clone)]
pub(crate) struct Scripts {
    /// Asks authenticators.
    pub(crate) ceremonies: Script,
    /// The path of what makes buttons of them.
    pub(crate) buttons: String,
}

impl Shell {
    /// The frame of a page with that heading.
    pub(crate) fn new(stage: &Stage<'_>, title: impl Into<String>) -> Self {
        let base = &stage.serve.public.base_url;
        let path = |name: &str| config::below(base, &format!("assets/{name}")).path().to_owned();
        let host = base.host_str().unwrap_or_default();
        Self {
            words: stage.words.clone(),
            title: title.into(),
            wrong: false,
            brand: Brand::of(stage.config),
            sessions: config::below(base, "settings/sessions").into(),
            applications: stage.oauth2.url.is_some().then(|| config::below(base, "settings/applications").into()),
            style: path(&asset::STYLE.name),
            icon: path(&asset::ICON.name),
            host: base.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")),
            scripts: None,
        }
    }

    /// The same for a page with keys.
    #[must_use]
    pub(crate) fn asking(mut self, config: &Config, script: Option<&Script>) -> Self {
        let buttons = || config::below(&config.serve.public.base_url, &format!("assets/{}", asset::SCRIPT.name));
        self.scripts =
            script.map(|script| Scripts { ceremonies: script.clone(), buttons: buttons().path().to_owned() });
        self
    }

    /// The language's tag.
    pub(crate) fn lang(&self) -> &str {
        self.words.tag()
    }

    /// A text of the page.
    pub(crate) fn say(&self, name: &str) -> String {
        self.words.say(name)
    }

    /// A text of the page with one value in it.
    pub(crate) fn with(&self, name: &str, place: &str, value: &str) -> String {
        self.words.fill(name, &[(place, value.into())])
    }

    /// What stands before and after a value in a text of the page.
    pub(crate) fn around(&self, name: &str, place: &str) -> (String, String) {
        self.words.around(name, place)
    }
}

/// A link, with words before it that are not part of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Link {
    /// What stands before it.
    pub(crate) before: String,
    /// What it says.
    pub(crate) label: String,
    /// Where it leads.
    pub(crate) href: String,
}

/// A name and what it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    /// The name.
    pub(crate) label: String,
    /// What it stands for.
    pub(crate) value: String,
}

impl Link {
    /// A link that is named by itself.
    fn new(label: String, href: impl Into<String>) -> Self {
        Self { before: String::new(), label, href: href.into() }
    }
}

impl Fact {
    fn new(label: &str, value: impl Into<String>) -> Self {
        Self { label: label.to_owned(), value: value.into() }
    }
}

/// Somebody, as a page calls them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    /// The name; without one the address, and without that the id.
    pub(crate) name: String,
    /// The address, when it is not the name already.
    pub(crate) email: Option<String>,
}

impl Person {
    /// Who an identity is.
    pub(crate) fn of(identity: &Identity) -> Self {
        let email = email(identity);
        match (name(identity), email) {
            (Some(name), email) => Self { name, email },
            (None, Some(email)) => Self { name: email, email: None },
            (None, None) => Self { name: identity.id.to_string(), email: None },
        }
    }
}

/// The name in the traits: a text, or an object of first and last name as many schemas have it.
fn name(identity: &Identity) -> Option<String> {
    let name = identity.traits.as_map().get("name")?;
    let parts: Vec<&str> = match name {
        Value::String(text) => vec![text],
        Value::Object(parts) => ["first", "last"].iter().filter_map(|key| parts.get(*key)?.as_str()).collect(),
        _ => Vec::new(),
    };
    Some(parts.join(" ").trim().to_owned()).filter(|name| !name.is_empty())
}

/// The address in the traits, or the first one that can be verified.
fn email(identity: &Identity) -> Option<String> {
    let given = identity.traits.as_map().get("email").and_then(Value::as_str).map(str::to_owned);
    let known = || identity.verifiable_addresses.iter().find(|address| address.via == Via::Email);
    given.or_else(|| known().map(|address| address.value.clone()))
}

/// A JSON value in words.
fn in_words(value: &Value, words: &Words) -> String {
    match value {
        Value::Null => String::new(),
        Value::Bool(yes) => words.say(if *yes { "form.yes" } else { "form.no" }),
        Value::String(text) => text.clone(),
        Value::Array(items) => items.iter().map(|item| in_words(item, words)).collect::<Vec<_>>().join(", "),
        Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// What an OAuth2 client calls itself.
fn client_name(client: &Value, words: &Words) -> String {
    let text = |key: &str| client.get(key).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    text("client_name").or_else(|| text("client_id")).map_or_else(|| words.say("client.unnamed"), str::to_owned)
}
