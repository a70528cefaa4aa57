//! The functions texts may call: those of Go's templates, and those of sprig that are functions of their arguments alone
//! (none reads the clock, the environment, the network or chance).

mod lists;
mod numbers;
mod texts;

use std::sync::Arc;

use gotmpl::{FuncMap, Result, TemplateError, Value, ValueFunc};

/// What the language itself brings.
const BUILT_IN: &[&str] = &[
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print", "printf",
    "println", "slice", "urlquery",
];

/// No function makes more of its arguments than this many bytes or items.
const MAX: usize = 256 * 1024;

/// A function of its arguments.
type Function = fn(&Args<'_>) -> Result<Value>;

/// The functions beside the built-in ones.
pub(super) fn all() -> FuncMap {
    let groups = [texts::FUNCTIONS, lists::FUNCTIONS, numbers::FUNCTIONS];
    groups.into_iter().flatten().map(|(name, function)| ((*name).to_owned(), callable(name, *function))).collect()
}

/// The names of all functions.
pub(super) fn names() -> Vec<String> {
    BUILT_IN.iter().map(|name| (*name).to_owned()).chain(all().into_keys()).collect()
}

fn callable(name: &'static str, function: Function) -> ValueFunc {
    Arc::new(move |values: &[Value]| function(&Args { name, values }))
}

/// The arguments of a call; the last one is what was piped in.
struct Args<'a> {
    name: &'static str,
    values: &'a [Value],
}

impl Args<'_> {
    fn value(&self, at: usize) -> Result<&Value> {
        self.values.get(at).ok_or_else(|| TemplateError::ArgCount {
            name: self.name.to_owned(),
            expected: at + 1,
            got: self.values.len(),
        })
    }

    /// A text; anything else is written as a template would show it.
    fn text(&self, at: usize) -> Result<String> {
        self.value(at).map(shown)
    }

    /// A whole number; a text that is one counts.
    fn int(&self, at: usize) -> Result<i64> {
        Ok(whole(self.value(at)?))
    }

    /// A number of characters or items.
    fn size(&self, at: usize) -> Result<usize> {
        Ok(usize::try_from(self.int(at)?).unwrap_or(0).min(MAX))
    }

    fn list(&self, at: usize) -> Result<&[Value]> {
        match self.value(at)? {
            Value::List(items) => Ok(items),
            Value::Nil => Ok(&[]),
            other => Err(TemplateError::TypeMismatch { expected: "list", got: other.type_name() }),
        }
    }

    fn map(&self, at: usize) -> Result<&std::collections::BTreeMap<Arc<str>, Value>> {
        match self.value(at)? {
            Value::Map(map) => Ok(map),
            other => Err(TemplateError::TypeMismatch { expected: "map", got: other.type_name() }),
        }
    }

    fn fault(&self, what: &str) -> TemplateError {
        TemplateError::Exec(format!("{}: {what}", self.name))
    }
}

/// A value as text; nothing for none.
fn shown(value: &Value) -> String {
    match value {
        Value::Nil => String::new(),
        other => other.to_string(),
    }
}

fn text(text: impl Into<String>) -> Result<Value> {
    let text: String = text.into();
    if text.len() > MAX {
        return Err(TemplateError::Exec(format!("a text of more than {MAX} bytes")));
    }
    Ok(Value::String(text.into()))
}

#[expect(clippy::unnecessary_wraps, reason = "every function answers so")]
fn truth(on: bool) -> Result<Value> {
    Ok(Value::Bool(on))
}

fn list(items: Vec<Value>) -> Result<Value> {
    if items.len() > MAX {
        return Err(TemplateError::Exec(format!("a list of more than {MAX} items")));
    }
    Ok(Value::List(items.into()))
}

/// The whole number a value stands for; 0 when it is none, as sprig has it.
fn whole(value: &Value) -> i64 {
    match value {
        Value::Bool(on) => i64::from(*on),
        Value::Int(number) => *number,
        Value::Uint(number) => i64::try_from(*number).unwrap_or(i64::MAX),
        #[expect(clippy::cast_possible_truncation, reason = "a cast of a float saturates, which is what is wanted")]
        Value::Float(number) => *number as i64,
        other => shown(other).trim().parse().unwrap_or(0),
    }
}

#[cfg(test)]
mod tests;
