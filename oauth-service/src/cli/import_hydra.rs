//! `import hydra`: brings over the database of an Ory Hydra.

use std::{path::PathBuf, str::FromStr};

use anyhow::{Context as _, bail};
use clap::Args;
use shared_types::{db::Dsn, secret::Secret};

use super::{
    Global,
    output::{self, Format},
};
use crate::{
    app::{App, Seams},
    config::Config,
    import::hydra::{self, Options},
    store::hydra::Source,
};

/// Arguments of `import hydra`.
#[derive(Debug, Args)]
pub(crate) struct HydraArgs {
    /// The DSN of Hydra's database (PostgreSQL or SQLite), which is only read.
    #[arg(long, value_name = "DSN")]
    from: String,
    /// A secret of Hydra's secrets.system; may be repeated. `file:PATH` reads it from a file, `env:NAME` from the environment.
    #[arg(long = "system-secret", value_name = "SECRET")]
    system_secrets: Vec<Given>,
    /// A secret of Hydra's secrets.cookie, if it has any: browsers that are remembered stay so. Likewise.
    #[arg(long = "cookie-secret", value_name = "SECRET")]
    cookie_secrets: Vec<Given>,
    /// The network to read, where the database holds more than one.
    #[arg(long, value_name = "ID")]
    network: Option<String>,
    /// Make clients that are here already what they are in Hydra. Nothing else is ever overwritten.
    #[arg(long)]
    overwrite_clients: bool,
    /// Say what would come, and keep nothing.
    #[arg(long)]
    dry_run: bool,
    /// table, json, json-pretty, yaml or jsonpointer=/path
    #[arg(long, default_value = "table")]
    format: Format,
}

/// A secret, or where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Given {
    Plain(Secret<String>),
    File(PathBuf),
    Variable(String),
}

impl FromStr for Given {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.split_once(':') {
            Some(("file", path)) => Self::File(path.into()),
            Some(("env", name)) => Self::Variable(name.to_owned()),
            _ => Self::Plain(Secret::new(text.to_owned())),
        })
    }
}

impl Given {
    fn read(&self) -> anyhow::Result<Secret<String>> {
        match self {
            Self::Plain(secret) => Ok(secret.clone()),
            Self::File(path) => {
                let text =
                    std::fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
                Ok(Secret::new(text.trim_end_matches(['\r', '\n']).to_owned()))
            }
            Self::Variable(name) => {
                std::env::var(name).map(Secret::new).with_context(|| format!("the variable {name} is not set"))
            }
        }
    }
}

/// Runs the command.
pub(crate) async fn run(global: &Global, args: HydraArgs) -> anyhow::Result<()> {
    let read = |given: &[Given]| given.iter().map(Given::read).collect::<anyhow::Result<Vec<_>>>();
    let options = Options {
        system_secrets: read(&args.system_secrets)?,
        cookie_secrets: read(&args.cookie_secrets)?,
        dry_run: args.dry_run,
        overwrite_clients: args.overwrite_clients,
    };
    let mut source = Source::open(&Dsn::parse(&args.from)?, args.network.as_deref())?;
    // What is only for development, an issuer without TLS, does not matter here.
    let variables = std::env::vars().chain([("DEV".to_owned(), "true".to_owned())]);
    let (config, _) = Config::load(&global.config, variables)?;
    if config.secrets.system.is_empty() {
        bail!("secrets.system is not set: what is imported would be sealed with a secret nobody keeps");
    }
    let cx = App::build(config, Seams::default()).await?.into_cx();
    let report = hydra::run(&cx, &mut source, options).await?;
    match &args.format {
        Format::Table => report.lines().iter().for_each(|line| output::line(line)),
        format => output::one(format, &report.to_json(), &[])?,
    }
    if report.has_failures() {
        bail!("some rows did not come");
    }
    Ok(())
}
