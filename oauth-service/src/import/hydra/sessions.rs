//! Logins of browsers, and the subjects that a login page chose for pairwise clients.

use shared_types::{
    db::{
        AnyConn, Error,
        foreign::{Row, Unreadable},
    },
    id::{ClientId, LoginSessionId},
    import::Outcome,
    time::{Time, whole_seconds},
};

use super::{
    batch::{Job, Kind, Rules},
    failed, skipped, unreadable,
};
use crate::{
    model::login_session::LoginSession,
    store::{clients, forced_subjects, hydra::Table, login_sessions},
};

pub(super) struct LoginSessions;

impl Kind for LoginSessions {
    const NAME: &'static str = "login sessions";
    const TABLE: Table = Table::LoginSessions;
    type Item = LoginSession;

    fn id(row: &Row) -> Option<String> {
        row.key("id")
    }

    fn read(job: &Job<'_>, row: &Row) -> Result<LoginSession, Outcome> {
        let id = row.required("id").map_err(|error| unreadable(&error))?;
        let id = LoginSessionId::parse(id).map_err(|_| failed("its id is no UUID"))?;
        let session = session(job, row, id).map_err(|error| unreadable(&error))?;
        let session = session.ok_or_else(|| skipped("nobody has logged in"))?;
        if session.expires_at <= job.cx.now {
            return Err(skipped("it has ended"));
        }
        Ok(session)
    }

    fn ends(session: &LoginSession) -> Option<Time> {
        Some(session.expires_at)
    }

    fn keep(conn: &mut AnyConn, session: &LoginSession, _: Rules) -> Result<Outcome, Error> {
        if login_sessions::get(conn, session.id)?.is_some() {
            return Ok(skipped("it is here already"));
        }
        login_sessions::put(conn, session).map(|()| Outcome::Imported)
    }
}

fn session(job: &Job<'_>, row: &Row, id: LoginSessionId) -> Result<Option<LoginSession>, Unreadable> {
    let (Some(subject), Some(at)) = (row.text("subject"), row.time("authenticated_at")?) else { return Ok(None) };
    let lifetime = job.cx.config.ttl.authentication_session.chrono();
    let expires_at = row.time("expires_at")?.or_else(|| at.checked_add_signed(lifetime)).unwrap_or(at);
    Ok(Some(LoginSession {
        id,
        subject: subject.to_owned(),
        authenticated_at: whole_seconds(at),
        remember: row.flag("remember")?.unwrap_or_default(),
        identity_provider_session_id: row.text("identity_provider_session_id").map(str::to_owned),
        created_at: at,
        expires_at,
        acr: String::new(),
        amr: Vec::new(),
    }))
}

/// A name for a person towards one client.
pub(super) struct Chosen {
    subject: String,
    client: ClientId,
    value: String,
}

pub(super) struct Subjects;

impl Kind for Subjects {
    const NAME: &'static str = "pairwise subjects";
    const TABLE: Table = Table::Subjects;
    type Item = Chosen;

    fn id(row: &Row) -> Option<String> {
        Some(format!("{} {}", row.text("client_id")?, row.text("subject")?))
    }

    fn read(_: &Job<'_>, row: &Row) -> Result<Chosen, Outcome> {
        let text = |name: &str| row.required(name).map(str::to_owned).map_err(|error| unreadable(&error));
        Ok(Chosen {
            subject: text("subject")?,
            client: ClientId::new(text("client_id")?),
            value: text("subject_obfuscated")?,
        })
    }

    fn keep(conn: &mut AnyConn, chosen: &Chosen, rules: Rules) -> Result<Outcome, Error> {
        if !rules.dry_run && clients::get(conn, &chosen.client)?.is_none() {
            return Ok(skipped("its client is not here"));
        }
        if forced_subjects::find(conn, &chosen.subject, &chosen.client)?.is_some() {
            return Ok(skipped("one was chosen here"));
        }
        if rules.dry_run {
            return Ok(Outcome::Imported);
        }
        forced_subjects::put(conn, &chosen.subject, &chosen.client, &chosen.value).map(|()| Outcome::Imported)
    }
}
