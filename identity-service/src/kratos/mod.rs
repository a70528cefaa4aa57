//! Moving in from Ory Kratos: its database is read a page at a time and written here, a transaction for each page, under the same
//! ids. It can be run again: what it wrote before is recognised, what has changed there since is brought up to date, and what
//! has changed here since is left alone.

mod cipher;
mod content;
mod gone;
mod people;
mod person;
mod tally;
mod visits;
mod written;

use std::{
    collections::{BTreeSet, HashSet},
    sync::Arc,
};

use shared_types::{
    db::{AnyConn, Error},
    id::IdentityId,
    import::{Outcome, Report},
    secret::Secret,
};

use self::{
    cipher::Ciphers,
    people::{Manner, Rehearsal},
    person::Person,
};
use crate::{
    app::Cx,
    identity::farewell::Farewell,
    model::credential::CredentialType,
    store::{
        imports::Origin,
        kratos::{Account, Kratos, Read, SourceError},
    },
};

/// How to move in.
#[derive(Debug, Clone)]
pub(crate) struct Options {
    /// Nothing is written, everything is tried.
    pub(crate) dry_run: bool,
    /// What is there counts, though it was changed here since.
    pub(crate) overwrite: bool,
    /// What came before and was deleted there since is deleted here.
    pub(crate) remove_gone: bool,
    /// Rows in one transaction.
    pub(crate) batch: u32,
    /// The `secrets.cipher` of Kratos, beside our own.
    pub(crate) ciphers: Vec<Secret<String>>,
}

/// Why an import ended before its end. What was written until then stays, and a second run goes on.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// The database of Kratos.
    #[error("the database of Kratos: {0}")]
    Source(#[from] SourceError),
    /// One of the two databases.
    #[error(transparent)]
    Db(#[from] Error),
}

/// A unit of work that left nothing behind.
#[derive(Debug)]
enum Undone {
    /// As was asked for: what would have become of each row.
    Rehearsed(Vec<Outcome>),
    Failed(Error),
}

impl From<Error> for Undone {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// The outcomes of a batch, whether it was written or only tried.
fn settled(written: Result<Vec<Outcome>, Undone>) -> Result<Vec<Outcome>, Error> {
    match written {
        Ok(outcomes) | Err(Undone::Rehearsed(outcomes)) => Ok(outcomes),
        Err(Undone::Failed(error)) => Err(error),
    }
}

/// An import under way.
struct Import<'a> {
    cx: &'a Cx,
    options: &'a Options,
    ciphers: Ciphers,
    rehearsal: Rehearsal,
    report: Report,
    /// Providers people are linked to.
    providers: BTreeSet<String>,
}

/// Reads everything there is and writes it here.
pub(crate) async fn run(cx: &Cx, from: &mut Kratos, options: &Options) -> Result<Report, Failure> {
    let secrets: Vec<_> = options.ciphers.iter().chain(cx.config.secrets.ciphers()).cloned().collect();
    let mut import = Import {
        cx,
        options,
        ciphers: Ciphers::new(&secrets),
        rehearsal: Rehearsal::default(),
        report: tally::report(),
        providers: BTreeSet::new(),
    };
    import.identities(from).await?;
    import.sessions(from).await?;
    let sessions = origin(from, "session");
    Box::pin(gone::sessions(cx, from, options, &sessions, &mut import.report)).await?;
    Box::pin(gone::identities(cx, from, options, &origin(from, "identity"), &mut import.report)).await?;
    import.notes(from);
    Ok(import.report)
}

const fn origin(from: &Kratos, kind: &'static str) -> Origin {
    Origin { source: from.network(), kind }
}

impl Import<'_> {
    fn manner(&self, origin: Origin) -> Manner {
        Manner {
            origin,
            overwrite: self.options.overwrite,
            rehearse: self.options.dry_run,
            digester: self.cx.secrets.digester.clone(),
        }
    }

    async fn identities(&mut self, from: &mut Kratos) -> Result<(), Failure> {
        let manner = self.manner(origin(from, "identity"));
        let mut after = None;
        loop {
            let accounts = from.accounts(after, self.options.batch)?;
            let Some((last, _)) = accounts.last() else { return Ok(()) };
            after = Some(*last);
            let people = Arc::new(self.people(accounts));
            let farewells: Vec<Farewell> =
                people.iter().map(|person| Farewell::to(self.cx, person.identity.id)).collect();
            let (batch, how) = (Arc::clone(&people), manner.clone());
            let unit = move |conn: &mut AnyConn| people::write(conn, &batch, &farewells, &how);
            let outcomes = settled(self.cx.db.write(unit).await)?;
            for (person, outcome) in people.iter().zip(outcomes) {
                let outcome = self.rehearsed(person, outcome);
                tally::count(&mut self.report, person, &outcome);
            }
        }
    }

    /// The people of a page; those there cannot be are counted at once.
    fn people(&mut self, accounts: Vec<Read<Account>>) -> Vec<Person> {
        let mut people = Vec::with_capacity(accounts.len());
        for (id, account) in accounts {
            let made = account
                .map_err(|error| error.to_string())
                .and_then(|account| person::person(self.cx, &account, &self.ciphers));
            match made {
                Ok(person) => {
                    self.note_providers(&person);
                    people.push(person);
                }
                Err(why) => self.report.count(tally::IDENTITIES, &id.to_string(), &Outcome::Failed(why.into())),
            }
        }
        people
    }

    fn note_providers(&mut self, person: &Person) {
        let links = person.credentials.iter().filter(|credential| credential.kind == CredentialType::Oidc);
        for identifier in links.flat_map(|credential| &credential.identifiers) {
            let provider = identifier.split(':').next().unwrap_or_default();
            if !self.providers.contains(provider) {
                self.providers.insert(provider.to_owned());
            }
        }
    }

    /// In a rehearsal the people before are not there to collide with.
    fn rehearsed(&mut self, person: &Person, outcome: Outcome) -> Outcome {
        if !self.options.dry_run || matches!(outcome, Outcome::Failed(_) | Outcome::Skipped(_)) {
            return outcome;
        }
        match self.rehearsal.admit(person, &self.cx.secrets.digester) {
            Ok(()) => outcome,
            Err(why) => Outcome::Failed(why.into()),
        }
    }

    async fn sessions(&mut self, from: &mut Kratos) -> Result<(), Failure> {
        let manner = self.manner(origin(from, "session"));
        let mut after = None;
        loop {
            let visits = from.visits(after, self.options.batch)?;
            let Some((last, _)) = visits.last() else { return Ok(()) };
            after = Some(*last);
            let mut batch = Vec::with_capacity(visits.len());
            for (id, visit) in visits {
                let made = visit.map_err(|error| Outcome::Failed(error.to_string().into()));
                match made.and_then(|visit| visits::opened(self.cx, id, &visit)) {
                    Ok(opened) => batch.push(opened),
                    Err(outcome) => self.report.count(tally::SESSIONS, &id.to_string(), &outcome),
                }
            }
            let batch = Arc::new(batch);
            let owners = batch.iter().map(|opened| opened.session.identity_id);
            let expected: HashSet<IdentityId> = owners.filter(|id| self.rehearsal.knows(id.uuid())).collect();
            let (written, how) = (Arc::clone(&batch), manner.clone());
            let unit = move |conn: &mut AnyConn| visits::write(conn, &written, &how, &expected);
            let outcomes = settled(self.cx.db.write(unit).await)?;
            for (opened, outcome) in batch.iter().zip(outcomes) {
                self.report.count(tally::SESSIONS, &opened.session.id.text(), &outcome);
            }
        }
    }

    /// What is to be known about the whole.
    fn notes(&mut self, from: &Kratos) {
        self.report.note(format!("network {}, schema of Kratos {}", from.network(), from.version()));
        if from.is_newer() {
            self.report.note("that schema is newer than what this version knows; what it does not know does not come");
        }
        let configured = &self.cx.config.selfservice.methods.oidc.providers;
        let missing = |id: &&String| !configured.iter().any(|known| known.id == **id);
        for id in self.providers.iter().filter(missing) {
            self.report.note(format!(
                "people are linked to the provider {id:?}, which selfservice.methods.oidc.config.providers does not have"
            ));
        }
        if self.options.dry_run {
            self.report.note("nothing was written: this was a dry run");
        }
    }
}
