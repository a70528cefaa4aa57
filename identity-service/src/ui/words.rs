//! What pages are said in: the language somebody reads, and its texts.
//!
//! Messages are data with numbers (`ui::text`), and programs are answered with those and with English. What our own pages
//! show of them is looked up here by number, and everything else a page says by name. A catalogue per language is built in;
//! an operator may change single texts and add languages.

mod catalogue;
mod phrase;
mod range;
mod time;

#[cfg(test)]
mod tests;

use std::{collections::HashMap, sync::Arc};

use serde_json::{Map, Value};
use shared_types::time::Time;

use self::phrase::{Filling, Form, Phrase};
pub(crate) use self::{
    catalogue::{Catalogue, Catalogues},
    range::{accepted, choose, listed},
};
use super::text::Message;

/// The texts of one language, as of a moment.
#[derive(Debug, Clone)]
pub(crate) struct Words {
    own: Arc<Catalogue>,
    english: Arc<Catalogue>,
    now: Time,
    /// The titles of traits in this language, by the ones the schema has.
    titles: HashMap<String, String>,
}

impl Catalogues {
    /// The texts of the language with that tag, or of the default one.
    pub(crate) fn words(&self, tag: &str, now: Time) -> Words {
        let (own, english) = self.pair(tag);
        Words { own, english, now, titles: HashMap::new() }
    }
}

impl Words {
    /// The language's tag.
    pub(crate) fn tag(&self) -> &str {
        &self.own.tag
    }

    /// Whether it is English, in which everything of ours is written.
    pub(crate) fn is_english(&self) -> bool {
        self.own.tag == "en"
    }

    /// The same, knowing the titles of a schema's traits in this language.
    #[must_use]
    pub(crate) fn knowing(mut self, schema: &Value) -> Self {
        collect_titles(schema, &self.own.tag, &mut self.titles);
        self
    }

    /// A text of a page. One that is missing everywhere shows its name: a test finds it.
    pub(crate) fn say(&self, name: &str) -> String {
        self.fill(name, &[])
    }

    /// A text of a page with values in it.
    pub(crate) fn fill(&self, name: &str, values: &[(&str, Value)]) -> String {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        self.filled(name, &values).unwrap_or_else(|| name.to_owned())
    }

    /// A text that need not be there.
    pub(crate) fn maybe(&self, name: &str) -> Option<String> {
        self.filled(name, &Map::new())
    }

    /// What stands before and after a value in a text of a page.
    pub(crate) fn around(&self, name: &str, place: &str) -> (String, String) {
        self.phrase(name).map(|(_, phrase)| phrase.around(place)).unwrap_or_default()
    }

    /// What the operator calls a scope or a permission in this language.
    pub(crate) fn scope(&self, name: &str) -> Option<String> {
        let name = format!("scopes.{name}");
        self.own.phrases.get(&name)?.fill(&Map::new(), &Speaker { words: self, tag: &self.own.tag })
    }

    /// The title of a trait.
    pub(crate) fn title(&self, title: &str) -> String {
        self.titles.get(title).cloned().unwrap_or_else(|| title.to_owned())
    }

    /// A message. One that has no entry, as those of web hooks have none, says what it says.
    pub(crate) fn message(&self, message: &Message) -> String {
        let text = |key: &str| message.context.get(key).and_then(Value::as_str);
        let said = match message.id {
            1_070_002 => text("title").map(|title| self.title(title)),
            4_000_001 => self.sentence(text("reason").unwrap_or(&message.text)),
            _ => self.filled(&format!("messages.{}", message.id), &message.context),
        };
        let said = said.unwrap_or_else(|| message.text.clone());
        match (message.id, self.ways(&message.context)) {
            (4_000_028, Some(ways)) => format!("{said} {}", self.fill("way.owner", &[("ways", ways.into())])),
            _ => said,
        }
    }

    /// A sentence without a number, known by its English.
    pub(crate) fn sentence(&self, english: &str) -> Option<String> {
        let known = self.english.phrases.iter().filter(|(name, _)| name.starts_with("sentences."));
        let found = known.filter_map(|(name, phrase)| Some((name, phrase.read_back(english)?)));
        // The one that leaves the least open is meant.
        let (name, values) =
            found.min_by_key(|(_, values)| values.values().map(|v| v.as_str().map_or(0, str::len)).sum::<usize>())?;
        self.filled(name, &values)
    }

    /// What the owner of an account signs in with.
    fn ways(&self, context: &Map<String, Value>) -> Option<String> {
        let list =
            |key: &str| context.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
        let kinds = list("available_credential_types").filter(|kind| *kind != "oidc");
        let kinds = kinds.map(|kind| self.maybe(&format!("way.{kind}")).unwrap_or_else(|| kind.to_owned()));
        let ways: Vec<String> = kinds.chain(list("available_oidc_providers").map(str::to_owned)).collect();
        (!ways.is_empty()).then(|| ways.join(", "))
    }

    fn phrase(&self, name: &str) -> Option<(&str, &Phrase)> {
        let known = |catalogue: &'_ Arc<Catalogue>| catalogue.phrases.contains_key(name);
        let catalogue = if known(&self.own) { &self.own } else { &self.english };
        Some((&catalogue.tag, catalogue.phrases.get(name)?))
    }

    fn filled(&self, name: &str, values: &Map<String, Value>) -> Option<String> {
        let (tag, phrase) = self.phrase(name)?;
        phrase.fill(values, &Speaker { words: self, tag })
    }
}

/// Fills the places of a phrase that stands in the catalogue of a language.
struct Speaker<'a> {
    words: &'a Words,
    tag: &'a str,
}

impl Filling for Speaker<'_> {
    fn say(&self, value: &Value, form: Form) -> Option<String> {
        match form {
            Form::Plain => Some(self.plain(value)),
            Form::Types => Some(self.types(value)),
            Form::Moment => Some(time::moment(self.words, time::instant(value)?)),
            Form::Ago => Some(time::ago(self.words, self.words.now - time::instant(value)?)),
            Form::Span => Some(time::span(self.words, time::instant(value)? - self.words.now)),
        }
    }

    /// French and Portuguese count nothing like one thing (Unicode CLDR, cardinal rules).
    fn is_one(&self, number: f64) -> bool {
        match self.tag.split('-').next() {
            Some("fr" | "pt") => (0.0..2.0).contains(&number),
            _ => (number - 1.0).abs() < f64::EPSILON,
        }
    }
}

impl Speaker<'_> {
    fn plain(&self, value: &Value) -> String {
        match value {
            Value::String(text) => text.clone(),
            Value::Array(items) => items.iter().map(|item| self.plain(item)).collect::<Vec<_>>().join(", "),
            Value::Number(number) => number.to_string().replace('.', &self.words.say("number.decimal")),
            other => other.to_string(),
        }
    }

    fn types(&self, value: &Value) -> String {
        let one = |name: &str| self.words.maybe(&format!("type.{name}")).unwrap_or_else(|| name.to_owned());
        match value {
            Value::Array(all) => {
                let all: Vec<String> = all.iter().filter_map(Value::as_str).map(one).collect();
                all.join(&format!(" {} ", self.words.say("list.or")))
            }
            other => one(other.as_str().unwrap_or_default()),
        }
    }
}

/// Collects what `portico.title` of a schema says in a language: in exactly it, or in what it is a form of.
fn collect_titles(schema: &Value, tag: &str, titles: &mut HashMap<String, String>) {
    match schema {
        Value::Object(map) => {
            let translated = map.get("portico").and_then(|own| own.get("title")?.as_object());
            if let (Some(title), Some(translated)) = (map.get("title").and_then(Value::as_str), translated) {
                let there: Vec<&str> = translated.keys().map(String::as_str).collect();
                let found = choose(&listed(tag), &there).and_then(|tag| translated.get(tag)?.as_str());
                if let Some(text) = found {
                    titles.entry(title.to_owned()).or_insert_with(|| text.to_owned());
                }
            }
            map.values().for_each(|value| collect_titles(value, tag, titles));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_titles(item, tag, titles)),
        _ => {}
    }
}
