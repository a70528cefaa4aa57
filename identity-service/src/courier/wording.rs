//! An operator's own texts for messages: in a folder, behind URLs, or in the configuration itself (contract §8). What
//! nobody wrote a text for says what comes with the service.
//!
//! What is at hand at the start is read and tried out then: a text that cannot be filled in is an error at the start,
//! not of the first person who waits for a code.

mod compiled;
mod folder;
mod functions;

use std::{collections::HashMap, path::Path, sync::Arc};

use serde_json::Value;
use shared_types::{config::Problems, http::client::HttpClient, time::Time};

pub(crate) use self::compiled::{Compiled, Form, value};
use super::template::Template;
use crate::{
    config::{Courier, OwnText},
    model::{address::Via, word::words},
    source::{self, Kept},
};

words! {
    /// A part of a message that has a text of its own; called as the configuration calls it.
    Part {
        /// The subject of an e-mail.
        Subject = "email.subject",
        /// An e-mail's body with markup.
        Html = "email.body.html",
        /// An e-mail's body in plain text.
        Text = "email.body.plaintext",
        /// A text message.
        Sms = "sms.body.plaintext",
    }
}

impl Part {
    const fn form(self) -> Form {
        match self {
            Self::Html => Form::Html,
            Self::Subject | Self::Text | Self::Sms => Form::Plain,
        }
    }

    /// What the names of its files begin with.
    const fn stem(self) -> &'static str {
        match self {
            Self::Subject => "email.subject",
            Self::Html => "email.body",
            Self::Text => "email.body.plaintext",
            Self::Sms => "sms.body",
        }
    }

    const fn via(self) -> Via {
        match self {
            Self::Subject | Self::Html | Self::Text => Via::Email,
            Self::Sms => Via::Sms,
        }
    }
}

/// The parts of each kind of message.
pub(super) const fn parts(via: Via) -> &'static [Part] {
    match via {
        Via::Email => &[Part::Subject, Part::Html, Part::Text],
        Via::Sms => &[Part::Sms],
    }
}

/// A text of the operator's.
enum Own {
    /// Read once.
    Fixed(Compiled),
    /// Read again after an hour.
    Behind(Kept<Arc<Compiled>>),
}

/// All texts of the operator's.
#[derive(Default)]
pub(crate) struct Wordings(HashMap<(Template, Part), Own>);

impl std::fmt::Debug for Wordings {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Wordings({} of the operator's)", self.0.len())
    }
}

impl Wordings {
    /// Reads them; everything that cannot be used is named at once.
    pub(crate) async fn open(config: &Courier, http: &HttpClient, now: Time) -> Result<Self, Problems> {
        let (mut own, mut problems) = (Self::default(), Problems::default());
        if let Some(root) = &config.template_override_path {
            own.read_folder(root, &mut problems);
        }
        for text in &config.templates {
            if let Err(why) = own.read(text, http, now).await {
                problems.push(format!("{}: {why}", text.path));
            }
        }
        problems.or(own)
    }

    fn read_folder(&mut self, root: &Path, problems: &mut Problems) {
        if !root.is_dir() {
            problems.push(format!("courier.template_override_path: {} is no folder", root.display()));
            return;
        }
        for (&template, &part) in every() {
            let (name, variant) = template.place();
            let folder = variant.map_or_else(|| root.join(name), |variant| root.join(name).join(variant));
            match folder::read(&folder, part.stem(), part.form()) {
                Ok(None) => {}
                Ok(Some(compiled)) => {
                    if let Err(why) = tried(&compiled, template) {
                        problems.push(format!("{}: {why}", folder::main(&folder, part.stem()).display()));
                    }
                    self.0.insert((template, part), Own::Fixed(compiled));
                }
                Err(why) => problems.push(format!("{}: {why}", folder.display())),
            }
        }
    }

    async fn read(&mut self, text: &OwnText, http: &HttpClient, now: Time) -> Result<(), String> {
        let found = every().find(|(template, part)| {
            let (name, variant) = template.place();
            let place = variant.map_or_else(|| format!("{name}.{part}"), |variant| format!("{name}.{variant}.{part}"));
            place == text.place
        });
        // Left out are text messages of links, which are never sent though the schema of the configuration has them.
        let Some((&template, &part)) = found else { return Ok(()) };
        let own = if text.is_inline {
            let compiled = Compiled::new(part.form(), "text", &[("text", &text.value)])?;
            tried(&compiled, template)?;
            Own::Fixed(compiled)
        } else {
            let kept = Kept::later(&text.value, maker(part.form()));
            if source::is_local(&text.value) {
                tried(&*kept.get(http, now).await?, template)?;
            }
            Own::Behind(kept)
        };
        self.0.insert((template, part), own);
        Ok(())
    }

    /// The operator's text for a part, filled in; nothing where there is none.
    pub(super) async fn written(
        &self,
        http: &HttpClient,
        now: Time,
        of: (Template, Part),
        data: &gotmpl::Value,
    ) -> Result<Option<String>, String> {
        let Some(own) = self.0.get(&of) else { return Ok(None) };
        let filled = match own {
            Own::Fixed(compiled) => compiled.fill(data),
            Own::Behind(kept) => kept.get(http, now).await?.fill(data),
        };
        filled.map(Some)
    }
}

/// Every part of every message there is.
fn every() -> impl Iterator<Item = (&'static Template, &'static Part)> {
    let pairs = Template::ALL.iter().flat_map(|template| Part::ALL.iter().map(move |part| (template, part)));
    pairs.filter(|(template, part)| template.goes(part.via()))
}

fn maker(form: Form) -> source::Make<Arc<Compiled>> {
    match form {
        Form::Plain => |name, text| Compiled::new(Form::Plain, name, &[(name, text)]).map(Arc::new),
        Form::Html => |name, text| Compiled::new(Form::Html, name, &[(name, text)]).map(Arc::new),
    }
}

/// Fills a text in with what it might get.
fn tried(compiled: &Compiled, template: Template) -> Result<(), String> {
    compiled.fill(&data(&template.sample(), &Value::Null)).map(drop)
}

/// The names templates have for what the contract calls otherwise in JSON.
const NAMES: &[(&str, &str)] = &[
    ("to", "To"),
    ("request_url", "RequestURL"),
    ("request_url_domain", "RequestURLDomain"),
    ("transient_payload", "TransientPayload"),
    ("identity", "Identity"),
    ("traits", "Traits"),
    ("expires_in_minutes", "ExpiresInMinutes"),
    ("recovery_url", "RecoveryURL"),
    ("recovery_code", "RecoveryCode"),
    ("verification_url", "VerificationURL"),
    ("verification_code", "VerificationCode"),
    ("login_code", "LoginCode"),
    ("registration_code", "RegistrationCode"),
    ("changed_at", "ChangedAt"),
    ("added_at", "AddedAt"),
];

/// The same for the login request of an OAuth2 client, and for the client.
const REQUEST_NAMES: &[(&str, &str)] = &[("challenge", "Challenge")];
const CLIENT_NAMES: &[(&str, &str)] = &[
    ("client_id", "ClientID"),
    ("client_name", "ClientName"),
    ("client_uri", "ClientURI"),
    ("logo_uri", "LogoURI"),
    ("metadata", "Metadata"),
];

/// What a template sees of a message's data, under the names templates written for the reference have for it.
pub(super) fn data(data: &Value, request_headers: &Value) -> gotmpl::Value {
    let mut seen = renamed(data, NAMES);
    if let Some(request) = data.get("oauth2_login_request").filter(|request| request.is_object()) {
        let mut fields = renamed(request, REQUEST_NAMES);
        let client = request.get("client").unwrap_or(&Value::Null);
        fields.insert("Client".to_owned(), Value::Object(renamed(client, CLIENT_NAMES)));
        seen.insert("OAuth2LoginRequest".to_owned(), Value::Object(fields));
    }
    seen.insert("UserRequestHeaders".to_owned(), request_headers.clone());
    value(&Value::Object(seen))
}

fn renamed(data: &Value, names: &[(&str, &str)]) -> serde_json::Map<String, Value> {
    let pairs = names.iter().filter_map(|(from, to)| Some(((*to).to_owned(), data.get(from)?.clone())));
    pairs.collect()
}

#[cfg(test)]
mod tests;
