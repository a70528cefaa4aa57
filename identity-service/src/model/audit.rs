//! Security events as they are kept.

use serde_json::{Map, Value};
use shared_types::{
    id::{AuditEventId, IdentityId, Uuid},
    time::Time,
};

/// One security event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct AuditEvent {
    /// Sorts by time.
    pub(crate) id: AuditEventId,
    pub(crate) at: Time,
    /// What happened, e.g. `LoginSucceeded`.
    pub(crate) event: String,
    /// The operator who did it, where it was one.
    pub(crate) actor: Option<IdentityId>,
    /// Whom it happened to.
    pub(crate) identity: Option<IdentityId>,
    /// Everything else that was noted.
    pub(crate) details: Map<String, Value>,
}

/// Events of one millisecond keep their order by this number in their ids.
const PER_MILLISECOND: u16 = 4096;

/// Makes ids that sort in the order they were made in.
#[derive(Debug, Default)]
pub(crate) struct Numbers {
    at: i64,
    next: u16,
}

impl Numbers {
    /// The id of the next event, which happened at an instant (UUIDv7; the counter stands where the fraction would).
    pub(crate) fn id(&mut self, at: Time, random: [u8; 8]) -> AuditEventId {
        let at = at.timestamp_millis();
        self.next = if at == self.at { (self.next + 1) % PER_MILLISECOND } else { 0 };
        self.at = at;
        AuditEventId::from_uuid(uuid(at, self.next, random))
    }
}

/// The first id an event of that instant could have.
pub(crate) fn first_id(at: Time) -> AuditEventId {
    AuditEventId::from_uuid(uuid(at.timestamp_millis(), 0, [0; 8]))
}

fn uuid(millis: i64, number: u16, random: [u8; 8]) -> Uuid {
    let time = u64::try_from(millis).unwrap_or_default().to_be_bytes();
    let number = (number & 0x0fff | 0x7000).to_be_bytes();
    let mut bytes = [0; 16];
    bytes[..6].copy_from_slice(&time[2..]);
    bytes[6..8].copy_from_slice(&number);
    bytes[8..].copy_from_slice(&random);
    bytes[8] = bytes[8] & 0x3f | 0x80;
    Uuid::from_bytes(bytes)
}

/// An event as it was logged: the fields that are asked for by themselves, and the rest.
pub(crate) fn read(mut fields: Map<String, Value>, now: Time, id: impl FnOnce(Time) -> AuditEventId) -> AuditEvent {
    let mut text = |name: &str| match fields.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    };
    let at = text("time").and_then(|text| text.parse().ok()).unwrap_or(now);
    let event = text("event").unwrap_or_else(|| "Unknown".to_owned());
    let actor = text("actor").and_then(|id| IdentityId::parse(&id).ok());
    let identity = text("identity").and_then(|id| IdentityId::parse(&id).ok());
    AuditEvent { id: id(at), at, event, actor, identity, details: fields }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ids_keep_the_order_of_events_and_begin_with_their_time() {
        let at: Time = "2026-03-01T12:00:00.5Z".parse().unwrap();
        let mut numbers = Numbers::default();
        let ids: Vec<String> = (0..300_u16).map(|n| numbers.id(at, [255 - n.to_le_bytes()[0]; 8]).text()).collect();
        assert!(ids.is_sorted() && ids[0] != ids[1]);
        let later = numbers.id(at + chrono::Duration::milliseconds(1), [0; 8]).text();
        assert!(later > ids[299]);
        assert!(first_id(at).text() <= ids[0] && first_id(at + chrono::Duration::milliseconds(1)).text() > ids[299]);
        assert_eq!((ids[0].len(), &ids[0][14..15], &ids[0][19..20]), (36, "7", "b"));
    }

    #[test]
    fn what_was_logged_is_read() {
        let fields = json!({
            "time": "2026-03-01T12:00:00Z", "event": "IdentityUpdated", "identity": "6ba7b810-9dad-41d1-80b4-00c04fd430c8",
            "actor": "no id", "state": "active", "count": 3,
        });
        let Value::Object(fields) = fields else { panic!() };
        let event = read(fields, Time::MIN_UTC, first_id);
        assert_eq!((event.event.as_str(), event.actor, event.identity.is_some()), ("IdentityUpdated", None, true));
        assert_eq!(Value::Object(event.details), json!({"state": "active", "count": 3}));
        assert_eq!(read(Map::new(), Time::MIN_UTC, first_id).at, Time::MIN_UTC);
    }
}
