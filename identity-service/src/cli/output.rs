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

fn table(value: &Value) {
    let items = value.get("items").and_then(Value::as_array);
    let items = items.map_or_else(|| std::slice::from_ref(value), Vec::as_slice);
    line(&format!("{:36}  {:10}  {:8}  IDENTIFIER", "ID", "SCHEMA", "STATE"));
    for item in items {
        let text = |name: &str| item.get(name).and_then(Value::as_str).unwrap_or_default();
        let address = item.pointer("/verifiable_addresses/0/value").and_then(Value::as_str).unwrap_or_default();
        line(&format!("{:36}  {:10}  {:8}  {address}", text("id"), text("schema_id"), text("state")));
    }
}

/// Prints one line to standard output.
#[expect(clippy::print_stdout, reason = "the command line's output")]
pub(super) fn line(text: &str) {
    println!("{text}");
}
