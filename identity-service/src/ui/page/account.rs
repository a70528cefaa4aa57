//! Where somebody is signed in, and which applications may use the account: lists from which one takes something away.

use askama::Template;
use serde_json::Value;
use shared_types::{id::SessionId, time::Time};

use super::{Shell, Stage, agent::Agent, client_name, consent};
use crate::{config, model::session::Session};

/// Where somebody is signed in.
#[derive(Debug, Template)]
#[template(path = "page/sessions.html")]
pub(crate) struct SessionsPage {
    pub(super) shell: Shell,
    pub(super) sessions: Vec<Place>,
    /// Whether any other session can be ended.
    pub(super) others: bool,
    pub(super) list: List,
}

/// What both lists have around them.
#[derive(Debug)]
pub(super) struct List {
    /// Where the form is sent.
    pub(super) action: String,
    pub(super) token: String,
    /// Whether something was just taken away.
    pub(super) done: bool,
    /// The way back.
    pub(super) home: String,
}

/// A session.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) id: String,
    /// Browser and system.
    pub(super) title: String,
    /// Whether it is the one that looks.
    pub(super) current: bool,
    /// Addresses it came from.
    pub(super) whence: String,
    pub(super) since: String,
    pub(super) until: String,
}

/// What is shown of a list, beside the list.
#[derive(Debug, Clone)]
pub(crate) struct Shown {
    /// Belongs to this browser and session.
    pub(crate) token: String,
    /// Whether something was just taken away.
    pub(crate) done: bool,
}

impl List {
    fn new(stage: &Stage<'_>, path: &str, shown: Shown) -> Self {
        let below = |path: &str| config::below(&stage.serve.public.base_url, path).into();
        Self { action: below(path), token: shown.token, done: shown.done, home: below("welcome") }
    }
}

impl SessionsPage {
    /// The page of somebody's sessions, one of which is this one.
    pub(crate) fn new(stage: &Stage<'_>, sessions: &[Session], current: SessionId, shown: Shown) -> Self {
        // The one that looks comes first.
        let (mine, others): (Vec<_>, Vec<_>) = sessions.iter().partition(|session| session.id == current);
        let place = |session: &&Session| Place::of(stage, session, session.id == current);
        Self {
            shell: Shell::new(stage, stage.say("sessions.title")),
            sessions: mine.iter().chain(&others).map(place).collect(),
            others: !others.is_empty(),
            list: List::new(stage, "settings/sessions", shown),
        }
    }
}

impl Place {
    fn of(stage: &Stage<'_>, session: &Session, current: bool) -> Self {
        let device = session.devices.last();
        let agent = device.map(|device| Agent::of(&device.user_agent)).unwrap_or_default();
        let title = match (agent.browser, agent.system) {
            (Some(browser), Some(system)) => {
                let values = [("browser", browser.into()), ("system", system.into())];
                stage.words.fill("sessions.device", &values)
            }
            (Some(one), None) | (None, Some(one)) => one.to_owned(),
            (None, None) => stage.say("sessions.unknown"),
        };
        let mut whence: Vec<&str> = Vec::new();
        for text in session.devices.iter().flat_map(|device| [&device.location, &device.ip_address]) {
            if !text.is_empty() && !whence.contains(&text.as_str()) {
                whence.push(text);
            }
        }
        Self {
            id: session.id.to_string(),
            title,
            current,
            whence: whence.join(", "),
            since: moment(stage, session.authenticated_at),
            until: moment(stage, session.expires_at),
        }
    }
}

fn moment(stage: &Stage<'_>, at: Time) -> String {
    stage.words.fill("sessions.moment", &[("at", at.timestamp().into())])
}

/// Which applications may use the account.
#[derive(Debug, Template)]
#[template(path = "page/applications.html")]
pub(crate) struct ApplicationsPage {
    pub(super) shell: Shell,
    pub(super) applications: Vec<Application>,
    pub(super) list: List,
}

/// An OAuth2 client somebody consented to.
#[derive(Debug)]
pub(super) struct Application {
    pub(super) id: String,
    pub(super) name: String,
    /// What it may, in words.
    pub(super) scopes: Vec<String>,
    pub(super) since: String,
    at: Time,
}

impl ApplicationsPage {
    /// The page of what the provider lists: one consent after the other, several of one client perhaps.
    pub(crate) fn new(stage: &Stage<'_>, consents: &[Value], shown: Shown) -> Self {
        let mut applications: Vec<Application> = Vec::new();
        for consent in consents {
            let Some(found) = Application::of(stage, consent) else { continue };
            match applications.iter_mut().find(|known| known.id == found.id) {
                Some(known) => known.extend(found),
                None => applications.push(found),
            }
        }
        applications.sort_by_key(|application| std::cmp::Reverse(application.at));
        Self {
            shell: Shell::new(stage, stage.say("applications.title")),
            applications,
            list: List::new(stage, "settings/applications", shown),
        }
    }
}

impl Application {
    fn of(stage: &Stage<'_>, consent: &Value) -> Option<Self> {
        let client = consent.pointer("/consent_request/client")?;
        let id = client.get("client_id").and_then(Value::as_str).filter(|id| !id.is_empty())?;
        let at = consent.get("handled_at").and_then(Value::as_str).and_then(|text| text.parse::<Time>().ok())?;
        let scopes = consent.get("grant_scope").and_then(Value::as_array).into_iter().flatten();
        Some(Self {
            id: id.to_owned(),
            name: client_name(client, stage.words),
            scopes: scopes.filter_map(Value::as_str).map(|scope| consent::scope_words(stage, scope)).collect(),
            since: moment(stage, at),
            at,
        })
    }

    /// Of several consents the latest tells when, and all of them what.
    fn extend(&mut self, other: Self) {
        for scope in other.scopes {
            if !self.scopes.contains(&scope) {
                self.scopes.push(scope);
            }
        }
        if other.at > self.at {
            (self.at, self.since) = (other.at, other.since);
        }
    }
}
