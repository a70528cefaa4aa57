//! What is measured, for how long, and where.

use std::time::Duration;

use anyhow::{Context as _, bail};

use crate::profile::Profile;

/// How to run.
#[derive(Debug, Clone)]
pub(crate) struct Arguments {
    pub(crate) connections: usize,
    pub(crate) warm_up: Duration,
    pub(crate) measure: Duration,
    only: Option<Profile>,
    pub(crate) elsewhere: Option<Elsewhere>,
}

/// Another system: Hydra, Kratos, or a deployment of ours.
#[derive(Debug, Clone, Default)]
pub(crate) struct Elsewhere {
    pub(crate) oauth_public: String,
    pub(crate) oauth_admin: String,
    pub(crate) identity_public: String,
    pub(crate) identity_admin: String,
    pub(crate) oauth_key: String,
    pub(crate) identity_key: String,
}

const USAGE: &str = "load [--profile NAME] [--seconds N] [--connections N]
     [--target URL [--admin URL] [--identity URL] [--identity-admin URL] [--key KEY] [--identity-key KEY]]
--target is the public address of an oauth-service or a Hydra; without the others they are the same host on the ports
4445, 4433 and 4434. Profiles:";

impl Arguments {
    pub(crate) fn read(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut read = Self {
            connections: 64,
            warm_up: Duration::from_secs(1),
            measure: Duration::from_secs(6),
            only: None,
            elsewhere: None,
        };
        let mut arguments = arguments;
        while let Some(name) = arguments.next() {
            // cargo bench says this to every benchmark.
            if name == "--bench" {
                continue;
            }
            let value = arguments.next().with_context(usage)?;
            match name.as_str() {
                "--profile" => {
                    read.only = Some(Profile::ALL.into_iter().find(|known| known.name() == value).with_context(usage)?);
                }
                "--seconds" => read.measure = Duration::from_secs(value.parse().with_context(usage)?),
                "--connections" => read.connections = value.parse().with_context(usage)?,
                _ => read.elsewhere.get_or_insert_default().set(&name, &value)?,
            }
        }
        if let Some(elsewhere) = &mut read.elsewhere {
            elsewhere.complete()?;
        }
        Ok(read)
    }

    pub(crate) fn wants(&self, profile: Profile) -> bool {
        self.only.map_or(!profile.is_on_demand(), |only| only == profile)
    }
}

impl Elsewhere {
    fn set(&mut self, name: &str, value: &str) -> anyhow::Result<()> {
        let value = value.trim_end_matches('/').to_owned();
        match name {
            "--target" => self.oauth_public = value,
            "--admin" => self.oauth_admin = value,
            "--identity" => self.identity_public = value,
            "--identity-admin" => self.identity_admin = value,
            "--key" => self.oauth_key = value,
            "--identity-key" => self.identity_key = value,
            _ => bail!("{name}?\n{}", usage()),
        }
        Ok(())
    }

    fn complete(&mut self) -> anyhow::Result<()> {
        let target = url::Url::parse(&self.oauth_public).with_context(usage)?;
        let host = target.host_str().with_context(usage)?;
        for (address, port) in
            [(&mut self.oauth_admin, 4445), (&mut self.identity_public, 4433), (&mut self.identity_admin, 4434)]
        {
            if address.is_empty() {
                *address = format!("{}://{host}:{port}", target.scheme());
            }
        }
        Ok(())
    }
}

fn usage() -> String {
    let names: Vec<&str> = Profile::ALL.iter().map(|profile| profile.name()).collect();
    format!("{USAGE} {}", names.join(", "))
}
