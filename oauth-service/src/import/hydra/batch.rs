//! Rows in batches: read, made into ours, and kept in one transaction a batch, each in a savepoint of its own.

use std::sync::Arc;

use openssl::sha::sha256;
use shared_types::{
    db::{AnyConn, Error, foreign::Row, savepoint},
    import::{Outcome, Report},
    time::Time,
};

use super::{ImportError, Options, opener::Opener};
use crate::{
    app::Cx,
    store::{
        hydra::{Source, SourceError, Table},
        imported,
    },
};

/// An import under way.
pub(super) struct Job<'a> {
    pub(super) cx: &'a Cx,
    pub(super) opener: Opener,
    pub(super) network: String,
    pub(super) options: Options,
    pub(super) report: Report,
}

/// One kind of row.
pub(super) trait Kind {
    /// What the report calls it.
    const NAME: &'static str;
    const TABLE: Table;
    /// What it is here.
    type Item: Send + Sync + 'static;
    /// What names the row.
    fn id(row: &Row) -> Option<String>;
    /// The row as ours, or why it does not come.
    fn read(job: &Job<'_>, row: &Row) -> Result<Self::Item, Outcome>;
    /// When nobody would bring it again, because it has ended there.
    fn ends(_: &Self::Item) -> Option<Time> {
        None
    }
    /// Keeps it.
    fn keep(conn: &mut AnyConn, item: &Self::Item, rules: Rules) -> Result<Outcome, Error>;
    /// It came before; what of it may still change.
    fn again(_: &mut AnyConn, _: &Self::Item, _: Rules) -> Result<Outcome, Error> {
        Ok(Outcome::Unchanged)
    }
}

/// What a write needs to know.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rules {
    pub(super) now: Time,
    pub(super) overwrite: bool,
    pub(super) dry_run: bool,
}

struct Entry<T> {
    id: String,
    digest: [u8; 32],
    item: T,
}

/// Brings all rows of a kind.
pub(super) async fn bring<K: Kind>(job: &mut Job<'_>, source: &mut Source) -> Result<(), ImportError> {
    job.report.begin(K::NAME);
    let rules = Rules { now: job.cx.now, overwrite: job.options.overwrite_clients, dry_run: job.options.dry_run };
    let mut after: Option<String> = None;
    loop {
        let (rows, next) = source.rows(K::TABLE, after.as_deref()).map_err(SourceError::from)?;
        let mut entries = Vec::with_capacity(rows.len());
        for row in &rows {
            let id = K::id(row).unwrap_or_default();
            match K::read(job, row) {
                Ok(item) => {
                    let digest = sha256(format!("{}\0{}\0{id}", job.network, K::NAME).as_bytes());
                    entries.push(Entry { id, digest, item });
                }
                Err(outcome) => job.report.count(K::NAME, &id, &outcome),
            }
        }
        let entries = Arc::new(entries);
        let batch = Arc::clone(&entries);
        let write = move |conn: &mut AnyConn| -> Result<Vec<Outcome>, Error> {
            batch.iter().map(|entry| one::<K>(conn, entry, rules)).collect()
        };
        let outcomes = job.cx.db.write(write).await.map_err(ImportError::Db)?;
        for (entry, outcome) in entries.iter().zip(&outcomes) {
            job.report.count(K::NAME, &entry.id, outcome);
        }
        match next {
            Some(key) => after = Some(key),
            None => return Ok(()),
        }
    }
}

/// Why a savepoint is rolled back.
enum Undone {
    Db(Error),
    Not(Outcome),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Db(error)
    }
}

/// One row. What is refused leaves no trace, so that the next run looks at it again; a dry run leaves none of anything.
fn one<K: Kind>(conn: &mut AnyConn, entry: &Entry<K::Item>, rules: Rules) -> Result<Outcome, Error> {
    let attempt = savepoint(conn, |conn| -> Result<Outcome, Undone> {
        let first = imported::remember(conn, K::NAME, &entry.digest, K::ends(&entry.item))?;
        let outcome = if first { K::keep(conn, &entry.item, rules)? } else { K::again(conn, &entry.item, rules)? };
        match outcome {
            Outcome::Skipped(_) | Outcome::Failed(_) => Err(Undone::Not(outcome)),
            _ if rules.dry_run => Err(Undone::Not(outcome)),
            _ => Ok(outcome),
        }
    });
    match attempt {
        Ok(outcome) | Err(Undone::Not(outcome)) => Ok(outcome),
        Err(Undone::Db(Error::Conflict(what))) => Ok(Outcome::Failed(format!("conflicts with {what}").into())),
        Err(Undone::Db(error)) => Err(error),
    }
}
