//! Consents: flows that ended in a yes. The id of a consent there is the id of its tokens' grant, and stays it.

use serde_json::{Map, Value, json};
use shared_types::{
    contract::{ConsentSession, OidcContext},
    db::{
        AnyConn, Error,
        foreign::{Row, Unreadable},
    },
    id::{ClientId, GrantId, LoginSessionId},
    import::Outcome,
};

use super::{
    batch::{Job, Kind, Rules},
    clients::list,
    failed, skipped, unreadable,
};
use crate::{
    challenge::claims,
    model::{
        challenge::AuthFlowId,
        consent::{Asked, Consent, Granted},
    },
    store::{clients, consents, hydra::Table, login_sessions, session_clients},
};

pub(super) struct Consents;

impl Kind for Consents {
    const NAME: &'static str = "consents";
    const TABLE: Table = Table::Consents;
    type Item = Consent;

    fn id(row: &Row) -> Option<String> {
        row.key("consent_challenge_id")
    }

    fn read(job: &Job<'_>, row: &Row) -> Result<Consent, Outcome> {
        let text = |name: &str| row.required(name).map_err(|error| unreadable(&error));
        let grant_id = GrantId::parse(text("consent_challenge_id")?).map_err(|_| failed("its id is no UUID"))?;
        let flow_id = AuthFlowId::parse(text("login_challenge")?).map_err(|_| failed("its flow's id is no UUID"))?;
        if row.text("consent_error").is_some_and(|error| error != "{}" && error != "null") {
            return Err(skipped("it was refused"));
        }
        let subject = row.text("subject").ok_or_else(|| skipped("it has no subject"))?.to_owned();
        let client_id = ClientId::from(text("client_id")?);
        let asked = asked(row).map_err(|error| unreadable(&error))?;
        let granted = granted(job, row).map_err(|error| unreadable(&error))?;
        let time = |name: &str| row.time(name).map_err(|error| unreadable(&error));
        let requested_at = time("requested_at")?.unwrap_or(granted.handled_at);
        Ok(Consent {
            grant_id,
            flow_id,
            client_id,
            subject,
            login_session_id: row.text("login_session_id").and_then(|id| LoginSessionId::parse(id).ok()),
            asked,
            authenticated_at: time("login_authenticated_at")?.unwrap_or(requested_at),
            requested_at,
            granted,
        })
    }

    fn keep(conn: &mut AnyConn, consent: &Consent, rules: Rules) -> Result<Outcome, Error> {
        // A dry run keeps no client and no session that this could name.
        if rules.dry_run {
            return Ok(Outcome::Imported);
        }
        if clients::get(conn, &consent.client_id)?.is_none() {
            return Ok(skipped("its client is not here"));
        }
        let mut consent = consent.clone();
        if let Some(session) = consent.login_session_id
            && login_sessions::get(conn, session)?.is_none()
        {
            consent.login_session_id = None;
        }
        if !consents::insert(conn, &consent)? {
            return Ok(skipped("it is here already"));
        }
        if let Some(session) = consent.login_session_id {
            session_clients::add(conn, session, &consent.client_id)?;
        }
        Ok(Outcome::Imported)
    }
}

fn asked(row: &Row) -> Result<Asked, Unreadable> {
    let mut context = object(row, "oidc_context")?;
    context.retain(|_, value| !value.is_null());
    Ok(Asked {
        scope: list(row, "requested_scope")?,
        audience: list(row, "requested_at_audience")?,
        oidc_context: serde_json::from_value::<OidcContext>(Value::Object(context))
            .map_err(|_| Unreadable("oidc_context".to_owned()))?,
        request_url: row.text_or_empty("request_url"),
        acr: row.text_or_empty("acr"),
        amr: list(row, "amr")?,
        skip: row.flag("consent_skip")?.unwrap_or_default(),
    })
}

fn granted(job: &Job<'_>, row: &Row) -> Result<Granted, Unreadable> {
    let session = ConsentSession {
        access_token: object(row, "session_access_token")?,
        id_token: object(row, "session_id_token")?,
    };
    let sealed = claims::seal(job.cx, &session).map_err(|_| Unreadable("session_access_token".to_owned()))?;
    let handled_at = row.time("consent_handled_at")?.ok_or_else(|| Unreadable("consent_handled_at".to_owned()))?;
    Ok(Granted {
        scope: list(row, "granted_scope")?,
        audience: list(row, "granted_at_audience")?,
        session: sealed,
        context: row.json("context")?.unwrap_or_else(|| json!({})),
        remember: row.flag("consent_remember")?.unwrap_or_default(),
        remember_for: row.integer("consent_remember_for")?.unwrap_or_default().max(0),
        handled_at,
    })
}

fn object(row: &Row, name: &str) -> Result<Map<String, Value>, Unreadable> {
    match row.json(name)? {
        None => Ok(Map::new()),
        Some(Value::Object(members)) => Ok(members),
        Some(_) => Err(Unreadable(name.to_owned())),
    }
}
