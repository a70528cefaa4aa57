//! One text of a catalogue: words, and places for what a message is about.
//!
//! `{name}` stands for a value as it is; `{name|moment}` for an instant, `{name|ago}` and `{name|span}` for the time since
//! and until then, `{name|types}` for types of JSON values in words. A text may have two forms, one of them for a single
//! thing: `{count: n, one: .., other: ..}`.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// A text.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Phrase {
    /// The form for one: the value that is counted, and the words.
    one: Option<(String, Vec<Piece>)>,
    /// The form for every other number.
    other: Vec<Piece>,
}

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Text(String),
    Place { name: String, form: Form },
}

/// What a place makes of its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    Plain,
    Moment,
    Ago,
    Span,
    Types,
}

/// What the places of a phrase are filled with.
pub(super) trait Filling {
    /// A value in words; nothing when it cannot be said so.
    fn say(&self, value: &Value, form: Form) -> Option<String>;
    /// Whether a number takes the form for one thing.
    fn is_one(&self, number: f64) -> bool;
}

impl Phrase {
    /// Reads an entry of a catalogue.
    pub(super) fn read(entry: &Value) -> Result<Self, String> {
        let text = |key: &str| entry.get(key).and_then(Value::as_str);
        match entry {
            Value::String(text) => Ok(Self { one: None, other: pieces(text)? }),
            Value::Object(map) if map.keys().all(|key| ["count", "one", "other"].contains(&key.as_str())) => {
                let (Some(count), Some(one), Some(other)) = (text("count"), text("one"), text("other")) else {
                    return Err("needs texts for `count`, `one` and `other`".to_owned());
                };
                Ok(Self { one: Some((count.to_owned(), pieces(one)?)), other: pieces(other)? })
            }
            _ => Err("must be a text, or an object of `count`, `one` and `other`".to_owned()),
        }
    }

    /// Whether an entry of a catalogue is a text, and not a section of texts.
    pub(super) fn stands_at(entry: &Value) -> bool {
        !entry.is_object() || entry.get("count").is_some()
    }

    /// The names of its places, and of what it counts.
    pub(super) fn names(&self) -> BTreeSet<&str> {
        let counted = self.one.iter().map(|(count, _)| count.as_str());
        let one = self.one.iter().flat_map(|(_, pieces)| pieces);
        let places = self.other.iter().chain(one).filter_map(|piece| match piece {
            Piece::Place { name, .. } => Some(name.as_str()),
            Piece::Text(_) => None,
        });
        places.chain(counted).collect()
    }

    /// The text; nothing when a value is missing.
    pub(super) fn fill(&self, values: &Map<String, Value>, filling: &impl Filling) -> Option<String> {
        let counted = |name: &str| values.get(name).and_then(Value::as_f64).is_some_and(|n| filling.is_one(n));
        let pieces = match &self.one {
            Some((count, one)) if counted(count) => one,
            _ => &self.other,
        };
        pieces.iter().try_fold(String::new(), |text, piece| match piece {
            Piece::Text(words) => Some(text + words),
            Piece::Place { name, form } => Some(text + &filling.say(values.get(name)?, *form)?),
        })
    }

    /// What stands before and after a place, for pages that set its value apart.
    pub(super) fn around(&self, place: &str) -> (String, String) {
        let here = |piece: &Piece| matches!(piece, Piece::Place { name, .. } if name == place);
        let words = |pieces: &[Piece]| {
            pieces.iter().fold(String::new(), |text, piece| match piece {
                Piece::Text(words) => text + words,
                Piece::Place { .. } => text,
            })
        };
        let mut parts = self.other.splitn(2, here);
        (words(parts.next().unwrap_or_default()), words(parts.next().unwrap_or_default()))
    }

    /// What stands in the places, if a text has been made from this phrase.
    pub(super) fn read_back(&self, text: &str) -> Option<Map<String, Value>> {
        let mut values = Map::new();
        let (mut rest, mut waiting): (&str, Option<&str>) = (text, None);
        for piece in &self.other {
            match (piece, waiting.take()) {
                (Piece::Text(words), None) => rest = rest.strip_prefix(words.as_str())?,
                (Piece::Text(words), Some(name)) => {
                    let (value, after) = rest.split_once(words.as_str())?;
                    values.insert(name.to_owned(), value.into());
                    rest = after;
                }
                (Piece::Place { name, .. }, _) => waiting = Some(name),
            }
        }
        match waiting {
            Some(name) => {
                values.insert(name.to_owned(), rest.into());
                Some(values)
            }
            None => rest.is_empty().then_some(values),
        }
    }
}

fn pieces(text: &str) -> Result<Vec<Piece>, String> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').ok_or_else(|| format!("{text:?} has a place that does not end"))?;
        let (name, form) = place.split_once('|').unwrap_or((place, ""));
        let form = match form {
            "" => Form::Plain,
            "moment" => Form::Moment,
            "ago" => Form::Ago,
            "span" => Form::Span,
            "types" => Form::Types,
            other => return Err(format!("{text:?} has a place of the unknown form {other:?}")),
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("{text:?} has a place without a name"));
        }
        if !before.is_empty() {
            pieces.push(Piece::Text(before.to_owned()));
        }
        pieces.push(Piece::Place { name: name.to_owned(), form });
        rest = after;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest.to_owned()));
    }
    Ok(pieces)
}
