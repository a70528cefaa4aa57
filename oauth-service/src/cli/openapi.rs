//! `openapi`: the document that describes the service's HTTP API.

use clap::Args;

use super::output::{self, Format};
use crate::http::openapi;

/// Arguments of `openapi`.
#[derive(Debug, Args)]
pub(crate) struct OpenApi {
    /// json-pretty, json, yaml or jsonpointer=/path.
    #[arg(long, default_value = "json-pretty")]
    format: Format,
}

/// Prints the document.
pub(crate) fn run(args: &OpenApi) -> anyhow::Result<()> {
    let format = if args.format == Format::Table { &Format::JsonPretty } else { &args.format };
    output::one(format, &openapi::document(), &[])
}
