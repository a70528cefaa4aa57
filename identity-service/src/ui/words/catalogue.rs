//! The texts of one language: those built in, with an operator's own over them.
//!
//! A catalogue is a YAML file of sections. Entries of `messages` go by the numbers of messages, those of `sentences` by what
//! they are about; all others are named by pages (`login.title`). English has every entry there is, and whatever another
//! language lacks is said in English.

use std::{collections::HashMap, path::Path, sync::Arc};

use serde_json::{Map, Value};
use serde_yaml_ng::Value as Yaml;

use super::{phrase::Phrase, range};
use crate::config::I18n;

/// The languages that are built in; the first one is complete.
const BUILT_IN: [(&str, &str); 5] = [
    ("en", include_str!("../../../locales/en.yml")),
    ("de", include_str!("../../../locales/de.yml")),
    ("fr", include_str!("../../../locales/fr.yml")),
    ("es", include_str!("../../../locales/es.yml")),
    ("it", include_str!("../../../locales/it.yml")),
];

/// Sections whose entries an operator may add to: web hooks have messages of their own, applications scopes of theirs.
const OPEN: [&str; 2] = ["messages.", "scopes."];

/// A catalogue that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("i18n: {place}: {reason}")]
pub(crate) struct CatalogueError {
    place: String,
    reason: String,
}

/// The texts of a language.
#[derive(Debug, Clone)]
pub(crate) struct Catalogue {
    /// Its language tag.
    pub(super) tag: String,
    /// By their names, with dots between the sections.
    pub(super) phrases: HashMap<String, Phrase>,
}

/// All languages there are.
pub(crate) struct Catalogues {
    /// The default one first.
    all: Vec<Arc<Catalogue>>,
    english: Arc<Catalogue>,
}

impl std::fmt::Debug for Catalogues {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.tags()).finish()
    }
}

impl Catalogues {
    /// The languages built in and those of the operator.
    pub(crate) fn open(config: &I18n) -> Result<Self, CatalogueError> {
        let mut all = Vec::new();
        for (tag, text) in BUILT_IN {
            all.push(Catalogue::read(tag, text).map_err(|reason| fail(&format!("{tag}.yml"), reason))?);
        }
        let english = Arc::new(all.first().cloned().ok_or_else(|| fail("en.yml", "is missing"))?);
        let files = config.files().map_err(|error| fail("i18n.locales_folder", format!("cannot be read: {error}")))?;
        for path in files {
            let own = own(&path, &english).map_err(|reason| fail(&path.display().to_string(), reason))?;
            match all.iter_mut().find(|known| known.tag.eq_ignore_ascii_case(&own.tag)) {
                Some(known) => known.phrases.extend(own.phrases),
                None => all.push(own),
            }
        }
        let mut all: Vec<Arc<Catalogue>> = all.into_iter().map(Arc::new).collect();
        let english = Arc::clone(all.first().unwrap_or(&english));
        let default = config.default_locale.as_str();
        let place = all.iter().position(|known| known.tag.eq_ignore_ascii_case(default));
        let tags = all.iter().map(|known| known.tag.as_str()).collect::<Vec<_>>().join(", ");
        let place = place.ok_or_else(|| {
            fail("i18n.default_locale", format!("there are no texts in {default:?}; there are some in {tags}"))
        })?;
        all.rotate_left(place);
        Ok(Self { all, english })
    }

    /// The tags of all languages, the default one first.
    pub(crate) fn tags(&self) -> Vec<&str> {
        self.all.iter().map(|known| known.tag.as_str()).collect()
    }

    /// The texts of the language with that tag, or else of the default one; and the English ones.
    pub(super) fn pair(&self, tag: &str) -> (Arc<Catalogue>, Arc<Catalogue>) {
        let known = self.all.iter().find(|known| known.tag == tag).or(self.all.first());
        (Arc::clone(known.unwrap_or(&self.english)), Arc::clone(&self.english))
    }
}

impl Catalogue {
    /// Reads the text of a catalogue.
    pub(super) fn read(tag: &str, text: &str) -> Result<Self, String> {
        let content: Yaml = serde_yaml_ng::from_str(text).map_err(|error| error.to_string())?;
        let content = plain(content)?;
        let mut phrases = HashMap::new();
        flatten("", &content, &mut phrases)?;
        Ok(Self { tag: tag.to_owned(), phrases })
    }
}

fn fail(place: &str, reason: impl Into<String>) -> CatalogueError {
    CatalogueError { place: place.to_owned(), reason: reason.into() }
}

/// YAML as JSON: numbers of messages are names like others.
fn plain(value: Yaml) -> Result<Value, String> {
    let name = |key: Yaml| match key {
        Yaml::String(text) => Ok(text),
        Yaml::Number(number) => Ok(number.to_string()),
        other => Err(format!("{other:?} cannot be a name")),
    };
    Ok(match value {
        Yaml::Mapping(map) => {
            let pairs = map.into_iter().map(|(key, value)| Ok((name(key)?, plain(value)?)));
            Value::Object(pairs.collect::<Result<Map<String, Value>, String>>()?)
        }
        Yaml::String(text) => Value::String(text),
        Yaml::Null => Value::Null,
        other => return Err(format!("{other:?} must be a text; put it in quotes")),
    })
}

fn flatten(above: &str, content: &Value, phrases: &mut HashMap<String, Phrase>) -> Result<(), String> {
    if content.is_null() {
        return Ok(());
    }
    let map = content.as_object().ok_or_else(|| format!("{above:?} must be a section of texts"))?;
    for (name, entry) in map {
        let name = format!("{above}{name}");
        if Phrase::stands_at(entry) {
            let phrase = Phrase::read(entry).map_err(|reason| format!("{name}: {reason}"))?;
            phrases.insert(name, phrase);
        } else {
            flatten(&format!("{name}."), entry, phrases)?;
        }
    }
    Ok(())
}

/// A file of the operator's: every entry must be one that is used, and know no value English does not know.
fn own(path: &Path, english: &Catalogue) -> Result<Catalogue, String> {
    let tag = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    if !range::is_range(tag) || tag == "*" {
        return Err("must be named by a language tag, such as pt-BR.yml".to_owned());
    }
    let text = std::fs::read_to_string(path).map_err(|error| format!("cannot be read: {error}"))?;
    let own = Catalogue::read(tag, &text)?;
    for (name, phrase) in &own.phrases {
        let Some(model) = english.phrases.get(name) else {
            if OPEN.iter().any(|section| name.starts_with(section)) {
                continue;
            }
            return Err(format!("{name}: nothing is called so"));
        };
        if let Some(place) = phrase.names().difference(&model.names()).next() {
            return Err(format!("{name}: nothing is known of {{{place}}} here"));
        }
    }
    Ok(own)
}
