//! How commands print: tables for people, JSON and YAML for programs.

use clap::ValueEnum;
use serde_json::Value;

/// `--format`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A table.
    #[value(alias = "default")]
    Table,
    /// The API's object on one line.
    Json,
    /// The same, indented.
    JsonPretty,
    /// The same as YAML.
    Yaml,
}

/// Prints identities as a table, or a value as it is.
pub(super) fn print(format: Format, value: &Value) -> anyhow::Result<()> {
    match format {
        Format::Table => table(value),
        Format::Json => line(&value.to_string()),
        Format::JsonPretty => line(&serde_json::to_string_pretty(value)?),
        Format::Yaml => line(serde_yaml_ng::to_string(value)?.trim_end()),
    }
    Ok(())
}

/// Prints an object: a line for each member, or as it is.
pub(super) fn pairs(format: Format, value: &Value) -> anyhow::Result<()> {
    let (Format::Table, Some(map)) = (format, value.as_object()) else { return print(format, value) };
    for (name, value) in map {
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        line(&format!("{:20}  {text}", name.to_ascii_uppercase().replace('_', " ")));
    }
    Ok(())
}

fn table(value: &Value) {
    let items = value.get("identities").unwrap_or(value);
    let items = items.as_array().map_or_else(|| std::slice::from_ref(items), Vec::as_slice);
    let rows: Vec<Vec<String>> = items.iter().map(row).collect();
    columns(&["ID", "EXTERNAL ID", "VERIFIED ADDRESSES", "RECOVERY ADDRESSES", "SCHEMA ID", "SCHEMA URL"], &rows);
}

/// An identity in a table.
fn row(item: &Value) -> Vec<String> {
    let text = |name: &str| item.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let or_none = |text: Option<&str>| text.unwrap_or("<none>").to_owned();
    let addresses = |name: &str| {
        let items = item.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        let values: Vec<&str> = items.iter().filter_map(|address| address.get("value")?.as_str()).collect();
        if values.is_empty() { or_none(None) } else { values.join(", ") }
    };
    vec![
        or_none(text("id")),
        or_none(text("external_id")),
        addresses("verifiable_addresses"),
        addresses("recovery_addresses"),
        or_none(text("schema_id")),
        or_none(text("schema_url")),
    ]
}

/// Prints rows below a header, each column as wide as it has to be.
pub(super) fn columns(header: &[&str], rows: &[Vec<String>]) {
    let header: Vec<String> = header.iter().map(|name| (*name).to_owned()).collect();
    let widths: Vec<usize> = (0..header.len())
        .map(|at| {
            let cells = std::iter::once(&header).chain(rows).filter_map(|row| row.get(at));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for row in std::iter::once(&header).chain(rows) {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        line(cells.join("  ").trim_end());
    }
}

/// Prints one line to standard output.
#[expect(clippy::print_stdout, reason = "the command line's output")]
pub(super) fn line(text: &str) {
    println!("{text}");
}

/// Says on standard error what does not belong into a command's output.
#[expect(clippy::print_stderr, reason = "what went wrong does not belong into the command's output")]
pub(super) fn tell(text: &str) {
    eprintln!("{text}");
}
