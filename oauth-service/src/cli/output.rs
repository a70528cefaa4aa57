//! How commands print: tables for people, JSON and YAML for programs.

mod path;

use std::{fmt::Write as _, str::FromStr};

use serde_json::Value;

/// `--format`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Format {
    /// A table, or label and value pairs for one item.
    Table,
    /// The API's object on one line.
    Json,
    /// The same, indented.
    JsonPretty,
    /// The same as YAML.
    Yaml,
    /// The value an RFC 6901 pointer finds; texts without quotes.
    Pointer(String),
    /// What a path of names and indices finds, as JSON.
    Path(String),
}

impl FromStr for Format {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "table" | "default" | "" => Ok(Self::Table),
            "json" => Ok(Self::Json),
            "json-pretty" => Ok(Self::JsonPretty),
            "yaml" => Ok(Self::Yaml),
            _ => match text.split_once('=') {
                Some(("jsonpointer", pointer)) => Ok(Self::Pointer(pointer.to_owned())),
                Some(("jsonpath", path)) if path.contains('(') => {
                    Err("a path holds names, indices and # alone, such as items.#.client_id".to_owned())
                }
                Some(("jsonpath", path)) => Ok(Self::Path(path.to_owned())),
                _ => Err("known formats: table, json, json-pretty, yaml, jsonpointer=/path, jsonpath=path".to_owned()),
            },
        }
    }
}

/// A column: its heading and where its value lies in an item.
pub(crate) type Column = (&'static str, &'static str);

/// Prints one item.
pub(crate) fn one(format: &Format, item: &Value, columns: &[Column]) -> anyhow::Result<()> {
    if *format != Format::Table {
        return structured(format, item);
    }
    let width = columns.iter().map(|(head, _)| head.len()).max().unwrap_or_default();
    for (head, name) in columns {
        let cell = cell(item, name);
        if !cell.is_empty() {
            line(&format!("{head:width$}\t{cell}"));
        }
    }
    Ok(())
}

/// Prints a list. In structured formats it is `{items, next_page_token, is_last_page}`, as Ory's commands print lists.
pub(crate) fn list(format: &Format, items: &[Value], next: Option<String>, columns: &[Column]) -> anyhow::Result<()> {
    if *format != Format::Table {
        let last = next.is_none();
        let page =
            serde_json::json!({"items": items, "next_page_token": next.unwrap_or_default(), "is_last_page": last});
        return structured(format, &page);
    }
    let rows: Vec<Vec<String>> =
        items.iter().map(|item| columns.iter().map(|(_, name)| cell(item, name)).collect()).collect();
    let heads: Vec<String> = columns.iter().map(|(head, _)| (*head).to_owned()).collect();
    for row in aligned(&std::iter::once(heads).chain(rows).collect::<Vec<_>>()) {
        line(&row);
    }
    if let Some(next) = next {
        line(&format!("\nNEXT PAGE TOKEN\t{next}"));
    }
    Ok(())
}

fn aligned(rows: &[Vec<String>]) -> Vec<String> {
    let count = rows.iter().map(Vec::len).max().unwrap_or_default();
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..count).map(width).collect();
    let print = |row: &Vec<String>| {
        let mut text = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let _ = write!(text, "{cell:width$}  ");
        }
        text.trim_end().to_owned()
    };
    rows.iter().map(print).collect()
}

fn structured(format: &Format, value: &Value) -> anyhow::Result<()> {
    let text = match format {
        Format::JsonPretty => serde_json::to_string_pretty(value)?,
        Format::Yaml => serde_yaml_ng::to_string(value)?.trim_end().to_owned(),
        Format::Pointer(pointer) => match value.pointer(pointer) {
            Some(Value::String(text)) => text.clone(),
            Some(found) => found.to_string(),
            None => anyhow::bail!("nothing is at {pointer}"),
        },
        Format::Path(path) => path::find(value, path).to_string(),
        Format::Json | Format::Table => value.to_string(),
    };
    line(&text);
    Ok(())
}

fn cell(item: &Value, name: &str) -> String {
    match item.get(name) {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text.clone(),
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.as_str().map_or_else(|| item.to_string(), str::to_owned))
            .collect::<Vec<_>>()
            .join(", "),
        Some(other) => other.to_string(),
    }
}

/// Tells the person at the terminal something that is not the answer.
#[expect(clippy::print_stderr, reason = "programs read standard output")]
pub(crate) fn note(text: &str) {
    eprintln!("{text}");
}

/// Prints one line to standard output.
#[expect(clippy::print_stdout, reason = "the command line's output")]
pub(crate) fn line(text: &str) {
    println!("{text}");
}

#[cfg(test)]
mod tests;
