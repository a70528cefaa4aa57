//! Reads values by their path and remembers every problem, so that a bad file is answered with one complete list.

use std::{cell::RefCell, fmt::Display, str::FromStr, time::Duration};

use serde_json::Value;
use shared_types::{secret::Secret, time::GoDuration};
use url::Url;

/// A view on the merged configuration that collects what is wrong with it.
pub(super) struct Reader<'a> {
    value: &'a Value,
    problems: RefCell<Vec<String>>,
    warnings: RefCell<Vec<String>>,
}

impl<'a> Reader<'a> {
    pub(super) const fn new(value: &'a Value) -> Self {
        Self { value, problems: RefCell::new(Vec::new()), warnings: RefCell::new(Vec::new()) }
    }

    /// Everything that was found wrong, and everything worth saying at boot.
    pub(super) fn finish(self) -> (Vec<String>, Vec<String>) {
        (self.problems.into_inner(), self.warnings.into_inner())
    }

    /// Notes that the value at `path` cannot be used.
    pub(super) fn problem(&self, path: &str, what: impl Display) {
        self.problems.borrow_mut().push(format!("{path}: {what}"));
    }

    /// Notes something the operator should know.
    pub(super) fn warn(&self, text: String) {
        self.warnings.borrow_mut().push(text);
    }

    /// The value at a dotted path, in which entries of lists go by their number; `null` counts as absent.
    pub(super) fn get(&self, path: &str) -> Option<&'a Value> {
        let mut value = self.value;
        for name in path.split('.') {
            value = match value {
                Value::Array(items) => items.get(name.parse::<usize>().ok()?)?,
                other => other.get(name)?,
            };
        }
        (!value.is_null()).then_some(value)
    }

    /// Is anything set at or below `path`?
    pub(super) fn has(&self, path: &str) -> bool {
        self.get(path).is_some()
    }

    fn typed<T>(&self, path: &str, kind: &str, read: impl Fn(&'a Value) -> Option<T>) -> Option<T> {
        let value = self.get(path)?;
        let found = read(value);
        if found.is_none() {
            self.problem(path, format_args!("must be {kind}"));
        }
        found
    }

    /// A text.
    pub(super) fn text(&self, path: &str) -> Option<String> {
        self.typed(path, "a text", |value| value.as_str().map(str::to_owned)).filter(|text| !text.is_empty())
    }

    /// A boolean.
    pub(super) fn flag(&self, path: &str, default: bool) -> bool {
        self.typed(path, "true or false", Value::as_bool).unwrap_or(default)
    }

    /// A boolean that may be absent.
    pub(super) fn maybe_flag(&self, path: &str) -> Option<bool> {
        self.typed(path, "true or false", Value::as_bool)
    }

    /// A whole number within bounds.
    pub(super) fn number<T>(&self, path: &str, default: T, bounds: std::ops::RangeInclusive<T>) -> T
    where
        T: TryFrom<i64> + PartialOrd + Display + Copy,
    {
        let Some(number) = self.typed(path, "a whole number", Value::as_i64) else { return default };
        match T::try_from(number) {
            Ok(number) if bounds.contains(&number) => number,
            _ => {
                self.problem(path, format_args!("must be between {} and {}", bounds.start(), bounds.end()));
                default
            }
        }
    }

    /// A number of bytes, such as `128MB`; the units are powers of 1024.
    pub(super) fn size(&self, path: &str, default: u64) -> u64 {
        let Some(text) = self.text(path) else { return default };
        bytes(&text).unwrap_or_else(|| {
            self.problem(path, "must be a number of bytes, such as 128MB");
            default
        })
    }

    /// A length of time in Go's notation.
    pub(super) fn duration(&self, path: &str, default: Duration) -> Duration {
        self.maybe_duration(path).unwrap_or(default)
    }

    /// A length of time that may be absent.
    pub(super) fn maybe_duration(&self, path: &str) -> Option<Duration> {
        self.parsed::<GoDuration>(path).map(GoDuration::std)
    }

    /// A text parsed into `T`.
    pub(super) fn parsed<T>(&self, path: &str) -> Option<T>
    where
        T: FromStr,
        T::Err: Display,
    {
        match self.text(path)?.parse() {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(path, error);
                None
            }
        }
    }

    /// An absolute URL.
    pub(super) fn url(&self, path: &str) -> Option<Url> {
        let url: Url = self.parsed(path)?;
        if url.cannot_be_a_base() {
            self.problem(path, "must be an absolute URL");
            return None;
        }
        Some(url)
    }

    /// A list of texts; a single text counts as a list of one.
    pub(super) fn list(&self, path: &str) -> Vec<String> {
        let texts = |value: &Value| match value {
            Value::String(text) => Some(vec![text.clone()]),
            Value::Array(items) => items.iter().map(|item| item.as_str().map(str::to_owned)).collect(),
            _ => None,
        };
        self.typed(path, "a list of texts", texts).unwrap_or_default()
    }

    /// The entries of a list, each with its own path; anything but a list is a problem.
    pub(super) fn items(&self, path: &str) -> Vec<(String, &'a Value)> {
        let items = self.typed(path, "a list", Value::as_array);
        items.into_iter().flatten().enumerate().map(|(index, item)| (format!("{path}.{index}"), item)).collect()
    }

    /// The entries of an object of texts, such as HTTP headers.
    pub(super) fn text_map(&self, path: &str) -> Vec<(String, String)> {
        let pairs = |value: &Value| {
            let map = value.as_object()?;
            map.iter().map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned()))).collect::<Option<Vec<_>>>()
        };
        self.typed(path, "an object of texts", pairs).unwrap_or_default()
    }

    /// Secrets given in place (`path`) or as files that hold one secret each (`path_files`).
    pub(super) fn secrets(&self, path: &str, lengths: std::ops::RangeInclusive<usize>) -> Vec<Secret<String>> {
        let mut texts = self.list(path);
        let files_path = format!("{path}_files");
        for file in self.list(&files_path) {
            match std::fs::read_to_string(&file) {
                Ok(text) => texts.push(text.trim_end_matches(['\r', '\n']).to_owned()),
                Err(error) => self.problem(&files_path, format_args!("{file}: {error}")),
            }
        }
        if texts.iter().any(|text| !lengths.contains(&text.len())) {
            let (low, high) = (lengths.start(), lengths.end());
            let wanted = if low == high { format!("exactly {low}") } else { format!("at least {low}") };
            self.problem(path, format_args!("every secret must have {wanted} characters"));
        }
        texts.into_iter().map(Secret::new).collect()
    }
}

/// A number of bytes, such as `128MB`; the units are powers of 1024.
pub(crate) fn bytes(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let power = match unit.trim().to_ascii_uppercase().as_str() {
        "" | "B" => 0,
        "KB" => 1,
        "MB" => 2,
        "GB" => 3,
        "TB" => 4,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(1024_u64.checked_pow(power)?)
}
