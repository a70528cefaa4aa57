//! Sessions come with their tokens' digests in place of the tokens, so that whoever is signed in there is signed in here.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use serde_json::Value;
use shared_types::{
    db::{AnyConn, Error, savepoint},
    id::{DeviceId, IdentityId, SessionId, Uuid},
    import::Outcome,
    secret::Digest,
    time::Time,
};

use super::{Undone, people::Manner, written};
use crate::{
    app::Cx,
    model::session::{Aal, AuthenticationMethod, Device, Session, assurance},
    session::{issue, verify},
    store::{self, imports::Record, kratos::Visit},
};

/// A session that only has to be written.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    pub(super) session: Session,
    token: Digest,
    there: Digest,
}

/// The session of a visit, or why it does not come.
pub(super) fn opened(cx: &Cx, id: Uuid, visit: &Visit) -> Result<Opened, Outcome> {
    if !visit.active || visit.expires_at <= cx.now {
        return Err(Outcome::Skipped("ended or expired".into()));
    }
    let token = visit.token.expose();
    if !verify::is_token(token) {
        return Err(Outcome::Failed("the token has a form that is not known".into()));
    }
    let methods = methods(visit);
    let device = |place: &store::kratos::Place| Device {
        id: DeviceId::from_uuid(place.id),
        ip_address: place.ip_address.clone(),
        user_agent: place.user_agent.clone(),
        location: place.location.clone(),
    };
    let session = Session {
        id: SessionId::from_uuid(id),
        identity_id: IdentityId::from_uuid(visit.identity_id),
        active: true,
        aal: aal(visit, &methods),
        methods,
        issued_at: visit.issued_at,
        authenticated_at: visit.authenticated_at,
        expires_at: visit.expires_at,
        devices: visit.devices.iter().map(device).collect(),
    };
    let token = issue::digest(&cx.secrets.digester, token);
    let there = cx.secrets.digester.digest("import of a session", &written::session(&session, &token));
    Ok(Opened { session, token, there })
}

/// Who has a session has proved something, though old ones do not say what.
fn aal(visit: &Visit, methods: &[AuthenticationMethod]) -> Aal {
    let said = visit.aal.parse().ok().filter(|aal| *aal != Aal::Aal0);
    said.unwrap_or_else(|| assurance(methods).max(Aal::Aal1))
}

/// How somebody proved himself. Older versions said less.
fn methods(visit: &Visit) -> Vec<AuthenticationMethod> {
    let items = visit.methods.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| method(item, visit.authenticated_at)).collect()
}

fn method(item: &Value, otherwise: Time) -> Option<AuthenticationMethod> {
    let text = |name: &str| item.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let aal = text("aal").and_then(|word| word.parse().ok()).unwrap_or(Aal::Aal1);
    let at = text("completed_at").and_then(|at| serde_json::from_value(Value::from(at)).ok()).unwrap_or(otherwise);
    let amr = item.get("upstream_amr").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    Some(AuthenticationMethod {
        provider: text("provider").map(str::to_owned),
        organization: text("organization").map(str::to_owned),
        upstream_acr: text("upstream_acr").map(str::to_owned),
        upstream_amr: amr.iter().filter_map(|word| word.as_str().map(str::to_owned)).collect(),
        ..AuthenticationMethod::new(text("method")?, aal, at)
    })
}

/// Writes a batch; what became of each.
pub(super) fn write(
    conn: &mut AnyConn,
    batch: &Arc<Vec<Opened>>,
    manner: &Manner,
    expected: &HashSet<IdentityId>,
) -> Result<Vec<Outcome>, Undone> {
    let ids: Vec<SessionId> = batch.iter().map(|opened| opened.session.id).collect();
    let uuids: Vec<Uuid> = ids.iter().map(SessionId::uuid).collect();
    let owners: Vec<IdentityId> = batch.iter().map(|opened| opened.session.identity_id).collect();
    let records = store::imports::of(conn, &manner.origin, &uuids)?;
    let known = store::identities::existing(conn, &owners)?;
    let here = store::sessions::by_ids(conn, &ids)?;
    let mut outcomes = Vec::with_capacity(batch.len());
    for opened in batch.iter() {
        let owner = opened.session.identity_id;
        if !known.contains(&owner) {
            outcomes.push(if expected.contains(&owner) { Outcome::Imported } else { nobody() });
            continue;
        }
        let record = records.get(&opened.session.id.uuid());
        let outcome = savepoint(conn, |conn| one(conn, opened, record, &here, manner));
        outcomes.push(match outcome {
            Ok(outcome) => outcome,
            Err(Error::Conflict(what)) => {
                Outcome::Failed(format!("collides with what is here already ({what})").into())
            }
            Err(error) => return Err(error.into()),
        });
    }
    if manner.rehearse { Err(Undone::Rehearsed(outcomes)) } else { Ok(outcomes) }
}

const fn nobody() -> Outcome {
    Outcome::Skipped(std::borrow::Cow::Borrowed("its identity is not here"))
}

type Here = HashMap<SessionId, (Session, Digest)>;

fn one(
    conn: &mut AnyConn,
    opened: &Opened,
    record: Option<&Record>,
    here: &Here,
    manner: &Manner,
) -> Result<Outcome, Error> {
    let session = &opened.session;
    let stored = |session: &Session, token: &Digest| {
        manner.digester.digest("imported session", &written::session(session, token))
    };
    let note = Record { id: session.id.uuid(), there: opened.there, here: stored(session, &opened.token) };
    match (record, here.get(&session.id)) {
        (None, None) => {
            store::sessions::insert(conn, session, &opened.token)?;
            store::imports::insert(conn, &manner.origin, &note)?;
            Ok(Outcome::Imported)
        }
        (Some(record), _) if record.there == opened.there => Ok(Outcome::Unchanged),
        (Some(_), None) => Ok(Outcome::Skipped("was removed here since".into())),
        (None, Some(_)) => Ok(Outcome::Skipped("a session of this id is here that did not come from there".into())),
        (Some(_), Some((now, _))) if !now.active => Ok(Outcome::Skipped("was ended here since".into())),
        (Some(record), Some((now, token))) if record.here != stored(now, token) && !manner.overwrite => {
            Ok(Outcome::Skipped("was changed here since, and there; --overwrite takes what is there".into()))
        }
        (Some(_), Some((now, _))) => {
            if !store::sessions::update(conn, session, Some(&opened.token))? {
                return Ok(Outcome::Skipped("was removed here since".into()));
            }
            for device in session.devices.iter().filter(|device| !now.devices.iter().any(|old| old.id == device.id)) {
                store::sessions::insert_device(conn, session.id, device)?;
            }
            store::imports::put(conn, &manner.origin, &note)?;
            Ok(Outcome::Updated)
        }
    }
}
