//! One row of another program's table. Engines and schemas differ in how they write the same value; here it is read whichever way it is
//! written.

use chrono::{DateTime, NaiveDateTime, Utc};
use serde_json::{Map, Value};

use crate::{db::Error, time::Time};

/// A row, by the names of its columns.
#[derive(Debug, Clone, PartialEq)]
pub struct Row(Map<String, Value>);

/// A column whose value is not what it ought to be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the column {0} cannot be read")]
pub struct Unreadable(pub String);

impl Row {
    pub(super) fn parse(line: &str) -> Result<Self, Error> {
        serde_json::from_str(line).map(Self).map_err(|e| Error::Backend(Box::new(e)))
    }

    fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name).filter(|value| !value.is_null())
    }

    /// A text; nothing where the column is absent, null or empty.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.value(name).and_then(Value::as_str).filter(|text| !text.is_empty())
    }

    /// A text or the empty one.
    pub fn text_or_empty(&self, name: &str) -> String {
        self.text(name).unwrap_or_default().to_owned()
    }

    /// A text that has to be there.
    pub fn required(&self, name: &str) -> Result<&str, Unreadable> {
        self.text(name).ok_or_else(|| unreadable(name))
    }

    /// The key a page ends with.
    pub fn key(&self, name: &str) -> Option<String> {
        match self.value(name)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    /// A whole number.
    pub fn integer(&self, name: &str) -> Result<Option<i64>, Unreadable> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Number(number)) => number.as_i64().map(Some).ok_or_else(|| unreadable(name)),
            Some(Value::String(text)) => text.parse().map(Some).map_err(|_| unreadable(name)),
            Some(_) => Err(unreadable(name)),
        }
    }

    /// Yes or no, if it says.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Unreadable> {
        match self.value(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::Number(number)) => Ok(Some(number.as_i64() != Some(0))),
            Some(Value::String(text)) => match text.to_ascii_lowercase().as_str() {
                "true" | "t" | "1" => Ok(Some(true)),
                "false" | "f" | "0" | "" => Ok(Some(false)),
                _ => Err(unreadable(name)),
            },
            Some(_) => Err(unreadable(name)),
        }
    }

    /// An instant. Without an offset it is UTC. The year 1 is how Go writes that there is none.
    pub fn time(&self, name: &str) -> Result<Option<Time>, Unreadable> {
        let Some(text) = self.text(name) else { return Ok(None) };
        let time = instant(text).ok_or_else(|| unreadable(name))?;
        Ok(Some(time).filter(|time| time.timestamp() > YEAR_TWO))
    }

    /// A JSON value, in a column of that type or in a text.
    pub fn json(&self, name: &str) -> Result<Option<Value>, Unreadable> {
        match self.value(name) {
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => {
                let value: Value = serde_json::from_str(text).map_err(|_| unreadable(name))?;
                Ok(Some(value).filter(|value| !value.is_null()))
            }
            other => Ok(other.cloned()),
        }
    }
}

/// Seconds before 1970; no instant of a program is older.
const YEAR_TWO: i64 = -62_104_060_800;

fn unreadable(name: &str) -> Unreadable {
    Unreadable(name.to_owned())
}

/// Reads an instant as PostgreSQL, SQLite or Go write it.
fn instant(text: &str) -> Option<Time> {
    let text = text.split(" m=").next().unwrap_or(text).trim();
    let text = text.strip_suffix(" UTC").unwrap_or(text);
    if let Ok(time) = DateTime::parse_from_rfc3339(text) {
        return Some(time.with_timezone(&Utc));
    }
    let with_offset = ["%Y-%m-%d %H:%M:%S%.f%:z", "%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%d %H:%M:%S%.f%#z"];
    if let Some(time) = with_offset.iter().find_map(|format| DateTime::parse_from_str(text, format).ok()) {
        return Some(time.with_timezone(&Utc));
    }
    let without = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%d %H:%M:%S%.f"];
    without.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok()).map(|time| time.and_utc())
}
