//! `import kratos`: moves in from a database of Ory Kratos.

use std::{convert::Infallible, path::PathBuf, str::FromStr};

use anyhow::{Context as _, bail};
use clap::Args;
use shared_types::{db::Dsn, id::Uuid, secret::Secret};

use super::output::{self, Format, line};
use crate::{
    app::{App, Seams},
    config::Config,
    kratos::Options,
    store::kratos::Kratos as Source,
};

/// Arguments of `import kratos`.
#[derive(Debug, Args)]
pub(super) struct Kratos {
    /// The database of Kratos, as its `dsn` names it; it is only read.
    #[arg(long, value_name = "DSN", env = "IMPORT_FROM", hide_env_values = true)]
    from: String,
    /// Which network of it, where there are several.
    #[arg(long, value_name = "ID")]
    network: Option<Uuid>,
    /// Write nothing, and report what would be written.
    #[arg(long)]
    dry_run: bool,
    /// Take what is there though it was changed here since an import before.
    #[arg(long)]
    overwrite: bool,
    /// Delete identities that came by an import before and have been deleted there since.
    #[arg(long)]
    remove_gone: bool,
    /// A secret of Kratos' secrets.cipher, for the tokens of providers; may be repeated. `file:PATH` reads it from a file, `env:NAME`
    /// from the environment. Those of the configuration are tried, too.
    #[arg(long = "cipher-secret", value_name = "SECRET")]
    cipher_secrets: Vec<Given>,
    /// Rows written in one transaction.
    #[arg(short, long, default_value_t = 250, value_parser = clap::value_parser!(u32).range(1..=1000))]
    batch_size: u32,
    /// How the report is printed.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
}

/// A secret, or where it is.
#[derive(Debug, Clone)]
enum Given {
    Plain(Secret<String>),
    File(PathBuf),
    Variable(String),
}

impl FromStr for Given {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once(':') {
            Some(("file", path)) => Self::File(path.into()),
            Some(("env", name)) => Self::Variable(name.to_owned()),
            _ => Self::Plain(Secret::new(text.to_owned())),
        })
    }
}

impl Given {
    fn read(&self) -> anyhow::Result<Secret<String>> {
        let text = match self {
            Self::Plain(secret) => secret.expose().clone(),
            Self::File(path) => {
                std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?
            }
            Self::Variable(name) => std::env::var(name).with_context(|| format!("the variable {name} is not set"))?,
        };
        let text = text.trim_end_matches(['\r', '\n']);
        if text.len() != 32 {
            bail!("--cipher-secret: a secret of secrets.cipher has 32 bytes");
        }
        Ok(Secret::new(text.to_owned()))
    }
}

/// Runs the command. It can be run again, and stopped at any time.
pub(super) async fn kratos(files: &[PathBuf], args: &Kratos) -> anyhow::Result<()> {
    let config = Config::load(files, std::env::vars())?;
    if config.secrets.is_empty() {
        bail!("secrets.default is not set: what is imported would be stored under a secret nobody keeps");
    }
    let dsn = Dsn::parse(&args.from).context("--from")?;
    let mut from = Source::open(&dsn, args.network).context("--from")?;
    let options = Options {
        dry_run: args.dry_run,
        overwrite: args.overwrite,
        remove_gone: args.remove_gone,
        batch: args.batch_size,
        ciphers: args.cipher_secrets.iter().map(Given::read).collect::<anyhow::Result<_>>()?,
    };
    let app = App::build(config, Seams::default()).await?;
    let report = Box::pin(app.import_kratos(&mut from, &options)).await?;
    match args.format {
        Format::Table => line(&report.lines().join("\n")),
        format => output::print(format, &report.to_json())?,
    }
    if report.has_failures() {
        bail!("not everything could be imported; the report says what and why");
    }
    Ok(())
}
