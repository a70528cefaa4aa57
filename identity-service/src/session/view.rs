//! Sessions as the API shows them (contract §5.4).

use serde_json::{Map, Value, json};
use shared_types::time::Time;

use crate::model::session::Session;

/// A session with what is to be shown of its identity, if anything.
pub(crate) fn json(session: &Session, identity: Option<Value>, now: Time) -> Value {
    let mut body = without_devices(session, now);
    if let Some(identity) = identity {
        body.insert("identity".to_owned(), identity);
    }
    body.insert("devices".to_owned(), json!(session.devices));
    Value::Object(body)
}

/// The same without devices, for lists that were not asked to expand them.
pub(crate) fn brief(session: &Session, identity: Option<Value>, now: Time) -> Value {
    let mut body = without_devices(session, now);
    if let Some(identity) = identity {
        body.insert("identity".to_owned(), identity);
    }
    Value::Object(body)
}

fn without_devices(session: &Session, now: Time) -> Map<String, Value> {
    let mut map = Map::new();
    let mut put = |name: &str, value: Value| map.insert(name.to_owned(), value);
    put("id", json!(session.id));
    put("active", json!(session.is_active(now)));
    put("expires_at", json!(session.expires_at));
    put("authenticated_at", json!(session.authenticated_at));
    put("authenticator_assurance_level", json!(session.aal));
    put("authentication_methods", json!(session.methods));
    put("issued_at", json!(session.issued_at));
    map
}
