//! Configuration from files and the environment, checked against a table of keys, every problem reported at once.
//!
//! A service names each key it knows: its path, the kind of its value, and whether it is honoured. From that one table
//! come the names of environment variables, the check for unknown keys and wrong kinds, and what is said at boot of
//! keys that are accepted but not supported (contract identity 11, oauth 8.1).

mod check;
mod environment;
mod file;

use std::{fmt, path::PathBuf};

use serde_json::Value;

/// What a key holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A text.
    Text,
    /// A whole number.
    Int,
    /// `true` or `false`.
    Bool,
    /// A length of time in Go's notation.
    Duration,
    /// A list of texts; one text with commas is read as a list where the environment gives it.
    TextList,
    /// Anything: the whole subtree is the key's own matter.
    Any,
}

/// Whether a key does anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// It does what the reference says.
    Honoured,
    /// It is accepted and has no effect; boot says so, with this reason.
    Unsupported(&'static str),
}

/// One configuration key.
#[derive(Debug, Clone, Copy)]
pub struct Key {
    /// Dotted path; `[]` after a name stands for the items of a list, `*` for any one name.
    pub path: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// Whether it does anything.
    pub support: Support,
}

impl Key {
    /// A key that works.
    pub const fn honoured(path: &'static str, kind: Kind) -> Self {
        Self { path, kind, support: Support::Honoured }
    }

    /// A key that is accepted without effect.
    pub const fn unsupported(path: &'static str, kind: Kind, reason: &'static str) -> Self {
        Self { path, kind, support: Support::Unsupported(reason) }
    }
}

/// A configuration that passed the check.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The merged tree.
    pub value: Value,
    /// Keys that are set and have no effect, one sentence each.
    pub warnings: Vec<String>,
}

/// Everything that is wrong with a configuration, a line each.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Problems(pub Vec<String>);

impl Problems {
    /// One problem.
    pub fn one(text: impl Into<String>) -> Self {
        Self(vec![text.into()])
    }

    /// Adds a problem.
    pub fn push(&mut self, text: impl Into<String>) {
        self.0.push(text.into());
    }

    /// Adds those of another look at the same configuration; one about a key that is named already says the same.
    pub fn extend(&mut self, others: Self) {
        let key = |text: &str| text.split_once(": ").map(|(key, _)| key.replace(['[', ']'], ".")).unwrap_or_default();
        for other in others.0 {
            let known = self.0.iter().any(|own| !key(own).is_empty() && key(own) == key(&other) || *own == other);
            if !known {
                self.0.push(other);
            }
        }
    }

    /// `value`, unless there are problems.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the configuration is not usable:")?;
        self.0.iter().try_for_each(|line| write!(f, "\n  - {line}"))
    }
}

impl std::error::Error for Problems {}

/// Reads the files (later ones win), lays the environment over them, and checks the result.
pub fn load(
    files: &[PathBuf],
    env: impl IntoIterator<Item = (String, String)>,
    keys: &[Key],
) -> Result<Loaded, Problems> {
    let (loaded, problems) = survey(files, env, keys);
    problems.or(loaded)
}

/// The same, with what could be read though something is wrong: for who wants to know all that is.
pub fn survey(files: &[PathBuf], env: impl IntoIterator<Item = (String, String)>, keys: &[Key]) -> (Loaded, Problems) {
    let mut value = Value::Object(serde_json::Map::new());
    let mut problems = Problems::default();
    for path in files {
        match file::read(path) {
            Ok(tree) => merge(&mut value, tree),
            Err(problem) => problems.push(problem),
        }
    }
    environment::apply(&mut value, env, keys, &mut problems);
    let warnings = check::check(&value, keys, &mut problems);
    (Loaded { value, warnings }, problems)
}

/// Checks a tree that was made in memory.
pub fn check(value: Value, keys: &[Key]) -> Result<Loaded, Problems> {
    let mut problems = Problems::default();
    let warnings = check::check(&value, keys, &mut problems);
    problems.or(Loaded { value, warnings })
}

/// Lays `over` on `base`: objects are merged, everything else is replaced.
fn merge(base: &mut Value, over: Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (name, value) in over {
                merge(base.entry(name).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over,
    }
}

#[cfg(test)]
mod tests;
