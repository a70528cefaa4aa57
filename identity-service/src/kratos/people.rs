//! Identities are written: what is new is added, what has changed there is brought up to date unless it was changed here, too,
//! and what collides with others stays out without keeping them back.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use shared_types::{
    db::{AnyConn, Error, savepoint},
    id::{IdentityId, Uuid},
    import::Outcome,
    secret::{Digest, Digester},
};

use super::{Undone, person::Person, written};
use crate::{
    identity::farewell::Farewell,
    model::{credential::Credential, identity::Identity},
    store::{
        self,
        imports::{Origin, Record},
    },
};

/// How a batch is written.
#[derive(Debug, Clone)]
pub(super) struct Manner {
    pub(super) origin: Origin,
    pub(super) overwrite: bool,
    /// Everything is undone at the end.
    pub(super) rehearse: bool,
    pub(super) digester: Digester,
}

/// Writes a batch; what became of each. Farewells are in the order of the people.
pub(super) fn write(
    conn: &mut AnyConn,
    people: &Arc<Vec<Person>>,
    farewells: &[Farewell],
    manner: &Manner,
) -> Result<Vec<Outcome>, Undone> {
    let uuids: Vec<Uuid> = people.iter().map(|person| person.identity.id.uuid()).collect();
    let ids: Vec<IdentityId> = people.iter().map(|person| person.identity.id).collect();
    let records = store::imports::of(conn, &manner.origin, &uuids)?;
    let here: HashSet<IdentityId> = store::identities::existing(conn, &ids)?;
    let mut outcomes = Vec::with_capacity(people.len());
    for (person, farewell) in people.iter().zip(farewells) {
        let id = person.identity.id;
        let known = (records.get(&id.uuid()), here.contains(&id));
        let outcome = savepoint(conn, |conn| one(conn, person, farewell, known, manner));
        outcomes.push(match outcome {
            Ok(outcome) => outcome,
            Err(Error::Conflict(what)) => Outcome::Failed(collision(conn, person, &what)?.into()),
            Err(error) => return Err(error.into()),
        });
    }
    if manner.rehearse { Err(Undone::Rehearsed(outcomes)) } else { Ok(outcomes) }
}

type Known<'a> = (Option<&'a Record>, bool);

fn one(
    conn: &mut AnyConn,
    person: &Person,
    farewell: &Farewell,
    known: Known<'_>,
    manner: &Manner,
) -> Result<Outcome, Error> {
    match known {
        (None, false) => {
            add(conn, person)?;
            store::imports::insert(conn, &manner.origin, &record(person, manner))?;
            Ok(Outcome::Imported)
        }
        (Some(record), _) if record.there == person.there && !manner.overwrite => Ok(Outcome::Unchanged),
        (Some(_), false) if !manner.overwrite => Ok(Outcome::Skipped("was deleted here since".into())),
        (Some(_), false) => {
            add(conn, person)?;
            store::imports::put(conn, &manner.origin, &record(person, manner))?;
            Ok(Outcome::Imported)
        }
        (None, true) if !manner.overwrite => {
            Ok(Outcome::Skipped("an identity of this id is here that did not come from there".into()))
        }
        (known, true) => renew(conn, person, farewell, known, manner),
    }
}

fn add(conn: &mut AnyConn, person: &Person) -> Result<(), Error> {
    store::identities::insert(conn, &person.identity)?;
    person.credentials.iter().try_for_each(|credential| store::credentials::insert(conn, credential))
}

/// What somebody else is writing at this moment.
const MEANWHILE: Outcome =
    Outcome::Failed(std::borrow::Cow::Borrowed("was being changed here at the same time; run the import again"));

/// Brings what is here to what is there.
fn renew(
    conn: &mut AnyConn,
    person: &Person,
    farewell: &Farewell,
    known: Option<&Record>,
    manner: &Manner,
) -> Result<Outcome, Error> {
    let id = person.identity.id;
    let Some(here) = store::identities::get(conn, id)? else { return Ok(MEANWHILE) };
    let credentials = store::credentials::of_identity(conn, id)?;
    let untouched = known.is_some_and(|record| record.here == digest(&here, &credentials, &manner.digester));
    if !untouched && !manner.overwrite {
        return Ok(Outcome::Skipped("was changed here since, and there; --overwrite takes what is there".into()));
    }
    if untouched && known.is_some_and(|record| record.there == person.there) {
        return Ok(Outcome::Unchanged);
    }
    let was_active = here.is_active();
    if !store::identities::update(conn, &Identity { revision: here.revision, ..person.identity.clone() })? {
        return Ok(MEANWHILE);
    }
    for gone in credentials.iter().filter(|known| !person.credentials.iter().any(|new| new.kind == known.kind)) {
        store::credentials::remove(conn, id, gone.kind)?;
    }
    for credential in &person.credentials {
        store::credentials::put(conn, credential)?;
    }
    if was_active && !person.identity.is_active() {
        farewell.disabled(conn)?;
    }
    store::imports::put(conn, &manner.origin, &record(person, manner))?;
    Ok(Outcome::Updated)
}

fn record(person: &Person, manner: &Manner) -> Record {
    let here = digest(&person.identity, &person.credentials, &manner.digester);
    Record { id: person.identity.id.uuid(), there: person.there, here }
}

/// The digest of an identity as it is stored here: another one when anything about it has changed.
fn digest(identity: &Identity, credentials: &[Credential], digester: &Digester) -> Digest {
    digester.digest("imported identity", &written::identity(identity, credentials))
}

/// Whose identifier or address it is that somebody else has already.
fn collision(conn: &mut AnyConn, person: &Person, what: &str) -> Result<String, Error> {
    let own = person.identity.id;
    let taken = |what: String, owner: IdentityId| format!("{what} belongs to the identity {owner} already");
    for credential in &person.credentials {
        for identifier in &credential.identifiers {
            let other = store::credentials::alone_by_identifier(conn, credential.kind, identifier)?;
            if let Some(other) = other.filter(|other| other.identity_id != own) {
                return Ok(taken(format!("the {} identifier {identifier:?}", credential.kind), other.identity_id));
            }
        }
    }
    for address in &person.identity.verifiable_addresses {
        let other = store::addresses::verifiable_by_value(conn, address.via, &address.value)?;
        if let Some((owner, _)) = other.filter(|(owner, _)| *owner != own) {
            return Ok(taken(format!("the address {:?}", address.value), owner));
        }
    }
    for address in &person.identity.recovery_addresses {
        let owner = store::addresses::recovery_owner(conn, address.via, &address.value)?;
        if let Some(owner) = owner.filter(|owner| *owner != own) {
            return Ok(taken(format!("the recovery address {:?}", address.value), owner));
        }
    }
    if let Some(external_id) = &person.identity.external_id
        && let Some(other) = store::identities::by_external_id(conn, external_id)?.filter(|other| other.id != own)
    {
        return Ok(taken(format!("the external id {external_id:?}"), other.id));
    }
    Ok(format!("collides with what is here already ({what})"))
}

/// In a rehearsal nothing stays, so who comes later is compared with digests of what came before.
#[derive(Debug, Default)]
pub(super) struct Rehearsal {
    taken: HashMap<Digest, Uuid>,
    people: HashSet<Uuid>,
}

impl Rehearsal {
    /// Whether an identity would be here.
    pub(super) fn knows(&self, id: Uuid) -> bool {
        self.people.contains(&id)
    }

    /// Notes a person that would come; or why it would not.
    pub(super) fn admit(&mut self, person: &Person, digester: &Digester) -> Result<(), String> {
        let own = person.identity.id.uuid();
        let mut new = Vec::new();
        for (kind, text) in claims(person) {
            let key = digester.digest(&kind, &text);
            match self.taken.get(&key) {
                Some(other) if *other != own => {
                    return Err(format!("the {kind} {text:?} belongs to the identity {other} already"));
                }
                _ => new.push(key),
            }
        }
        self.taken.extend(new.into_iter().map(|key| (key, own)));
        self.people.insert(own);
        Ok(())
    }
}

/// What nobody else may have.
fn claims(person: &Person) -> Vec<(String, String)> {
    let identity = &person.identity;
    let identifiers = person.credentials.iter().flat_map(|credential| {
        credential.identifiers.iter().map(|text| (format!("{} identifier", credential.kind), text.clone()))
    });
    let verifiable =
        identity.verifiable_addresses.iter().map(|one| (format!("address by {}", one.via), one.value.clone()));
    let recovery =
        identity.recovery_addresses.iter().map(|one| (format!("recovery address by {}", one.via), one.value.clone()));
    let external = identity.external_id.iter().map(|text| ("external id".to_owned(), text.clone()));
    identifiers.chain(verifiable).chain(recovery).chain(external).collect()
}
