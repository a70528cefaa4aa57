//! `openapi`: the document that describes the service's HTTP API.

use clap::Args;

use super::output::{Format, print};
use crate::http::openapi;

/// Arguments of `openapi`.
#[derive(Debug, Args)]
pub(super) struct OpenApi {
    /// json-pretty, json or yaml.
    #[arg(long, value_enum, default_value = "json-pretty")]
    format: Format,
}

/// Prints the document.
pub(super) fn run(args: &OpenApi) -> anyhow::Result<()> {
    let format = if args.format == Format::Table { Format::JsonPretty } else { args.format };
    print(format, &openapi::document())
}
