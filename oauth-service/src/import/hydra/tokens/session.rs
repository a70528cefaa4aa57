//! The session of a token there: the claims it was issued with and the login behind it, as JSON, sealed where Hydra encrypts them.

use chrono::DateTime;
use serde_json::{Map, Value};
use shared_types::{
    db::foreign::Row,
    id::{GrantId, LoginSessionId},
    import::Outcome,
    time::Time,
};

use super::{Job, failed, unreadable};
use crate::model::token::{Login, Session, Terms};

/// The id of the login among the claims.
const SID: &str = "sid";

/// A session of theirs.
pub(super) struct TheirSession(Map<String, Value>);

impl TheirSession {
    /// Reads the column.
    pub(super) fn open(job: &Job<'_>, row: &Row) -> Result<Self, Outcome> {
        let text = row.required("session_data").map_err(|error| unreadable(&error))?;
        let plain = match serde_json::from_str(text) {
            Ok(Value::Object(members)) => return Self::current(members),
            _ => job.opener.open(text).ok_or_else(|| failed("none of the system secrets opens its session"))?,
        };
        match serde_json::from_slice(&plain) {
            Ok(Value::Object(members)) => Self::current(members),
            _ => Err(failed("its session is no JSON object")),
        }
    }

    /// Hydra 1 wrote other names.
    fn current(members: Map<String, Value>) -> Result<Self, Outcome> {
        if members.contains_key("idToken") {
            return Err(failed("its session was written by Hydra 1.10 or older"));
        }
        Ok(Self(members))
    }

    fn id_token(&self, name: &str) -> Option<&Value> {
        self.0.get("id_token")?.get(name).filter(|value| !value.is_null())
    }

    fn claim(&self, name: &str) -> Option<&Value> {
        self.id_token("id_token_claims")?.get(name).filter(|value| !value.is_null())
    }

    fn text(&self, name: &str) -> Option<String> {
        self.claim(name).and_then(Value::as_str).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    fn time(value: Option<&Value>) -> Option<Time> {
        let time = DateTime::parse_from_rfc3339(value?.as_str()?).ok()?.to_utc();
        // Go's zero is the year 1.
        (time.timestamp() > 0).then_some(time)
    }

    /// When a kind of token ends.
    pub(super) fn expires_at(&self, kind: &str) -> Option<Time> {
        Self::time(self.id_token("expires_at")?.get(kind))
    }

    /// The real subject. The column has it; a client's own token has none in its session.
    pub(super) fn subject(&self, row: &Row) -> String {
        let inside = self.id_token("subject").and_then(Value::as_str).filter(|text| !text.is_empty());
        row.text("subject").or(inside).unwrap_or_default().to_owned()
    }

    /// As it is kept here.
    pub(super) fn ours(&self, grant: Option<GrantId>) -> Session {
        let object = |value: Option<&Value>| value.and_then(Value::as_object).cloned().unwrap_or_default();
        let mut id_token = object(self.claim("ext"));
        let sid = id_token.remove(SID);
        let sid = sid.as_ref().and_then(Value::as_str).and_then(|id| LoginSessionId::parse(id).ok());
        Session {
            login: self.login(sid, grant),
            access_token: object(self.0.get("extra")),
            id_token,
            terms: Terms::default(),
        }
    }

    /// The login, where a person logged in: what came of no authorization has none.
    fn login(&self, sid: Option<LoginSessionId>, grant: Option<GrantId>) -> Option<Login> {
        let grant = grant?;
        let auth_time = Self::time(self.claim("auth_time"))?;
        Some(Login {
            shown_subject: self.text("sub")?,
            // A grant by a device has no login session; its own id is as good a name.
            session_id: sid.unwrap_or_else(|| LoginSessionId::from_uuid(grant.uuid())),
            auth_time,
            requested_at: Self::time(self.claim("rat")).unwrap_or(auth_time),
            nonce: self.text("nonce"),
            acr: self.text("acr"),
            amr: serde_json::from_value(self.claim("amr").cloned().unwrap_or_default()).unwrap_or_default(),
        })
    }
}
