//! Ory Hydra's database: what each of its rows is here.
//!
//! An import can be run again. A row that came once does not come a second time, whatever became of it here, so that nothing that was
//! changed, spent or ended here comes back. What ended there meanwhile, a refresh token, ends here too.

mod batch;
mod clients;
mod consents;
mod issuers;
mod keys;
mod opener;
mod sessions;
mod tokens;

use openssl::sha::sha256;
use shared_types::{
    db::{self, AnyConn},
    import::{Outcome, Report},
    secret::Secret,
};

use self::{
    batch::{Job, bring},
    opener::Opener,
};
use crate::{
    app::Cx,
    store::{
        hydra::{Source, SourceError},
        imported::{self, ImportedSecret},
    },
    token::imported::{Use, sealed_secret},
};

/// How to import.
#[derive(Debug, Clone, Default)]
pub(crate) struct Options {
    /// Hydra's `secrets.system`, in any order.
    pub(crate) system_secrets: Vec<Secret<String>>,
    /// Hydra's `secrets.cookie`.
    pub(crate) cookie_secrets: Vec<Secret<String>>,
    /// Says what would come, and keeps nothing.
    pub(crate) dry_run: bool,
    /// Clients that are here already become what they are there.
    pub(crate) overwrite_clients: bool,
}

/// Why an import stopped. What was brought before that stays, and the next run goes on from there.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("the database of this service failed")]
    Db(#[source] db::Error),
}

/// Tables with what is too short-lived to come, and what it is called.
const LEFT: [(&str, &str); 2] =
    [("hydra_oauth2_code", "authorization codes"), ("hydra_oauth2_device_auth_codes", "device codes")];

/// Brings over what a source has.
pub(crate) async fn run(cx: &Cx, source: &mut Source, options: Options) -> Result<Report, ImportError> {
    let mut report = Report::default();
    if let Some(version) = source.is_newer() {
        report.note(format!("The schema of this Hydra ({version}) is newer than any this importer knows."));
    }
    if !options.dry_run {
        keep_secrets(cx, &options).await?;
    }
    let opener = Opener::new(&options.system_secrets);
    if opener.is_empty() {
        report.note("Without a system secret no keys come, and no token of Hydra's is good here.");
    }
    let network = source.network().to_owned();
    let mut job = Job { cx, opener, network, options, report };
    // Each kind after those its rows name.
    bring::<clients::Clients>(&mut job, source).await?;
    bring::<keys::Keys>(&mut job, source).await?;
    bring::<sessions::LoginSessions>(&mut job, source).await?;
    bring::<consents::Consents>(&mut job, source).await?;
    bring::<sessions::Subjects>(&mut job, source).await?;
    bring::<issuers::Issuers>(&mut job, source).await?;
    bring::<tokens::RefreshTokens>(&mut job, source).await?;
    bring::<tokens::AccessTokens>(&mut job, source).await?;
    bring::<issuers::Jtis>(&mut job, source).await?;
    let mut report = job.report;
    for (table, name) in LEFT {
        let count = source.left(table).map_err(SourceError::from)?;
        if count > 0 {
            report.note(format!(
                "{count} {name} stay behind: they are good for minutes, and whoever holds one begins again."
            ));
        }
    }
    Ok(report)
}

/// Keeps Hydra's secrets, sealed with ours. Hydra signs cookies with a digest of its system secret where it has none for cookies.
async fn keep_secrets(cx: &Cx, options: &Options) -> Result<(), ImportError> {
    let mut kept: Vec<ImportedSecret> = Vec::new();
    for secret in &options.system_secrets {
        let key = sha256(secret.expose().as_bytes());
        kept.push(sealed_secret(cx, Use::Tokens, &key));
        kept.push(sealed_secret(cx, Use::Cookies, &key));
    }
    for secret in &options.cookie_secrets {
        kept.push(sealed_secret(cx, Use::Cookies, secret.expose().as_bytes()));
    }
    let write = move |conn: &mut AnyConn| kept.iter().try_for_each(|secret| imported::put_secret(conn, secret));
    cx.db.write(write).await.map_err(ImportError::Db)
}

/// A row that cannot be read.
fn unreadable(error: &shared_types::db::foreign::Unreadable) -> Outcome {
    Outcome::Failed(error.to_string().into())
}

fn failed(why: &'static str) -> Outcome {
    Outcome::Failed(why.into())
}

fn skipped(why: &'static str) -> Outcome {
    Outcome::Skipped(why.into())
}
