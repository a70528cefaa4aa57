//! A session of Kratos with the devices it was used on.

use std::collections::HashMap;

use serde::Serialize;
use serde_json::{Value, json};
use shared_types::{
    db::{
        Error,
        foreign::{Foreign, Row, Unreadable},
    },
    id::Uuid,
    secret::Secret,
    time::Time,
};

use super::{Read, account::time, id_of};

/// A session as it is stored there.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) identity_id: Uuid,
    pub(crate) token: Secret<String>,
    pub(crate) active: bool,
    pub(crate) aal: String,
    pub(crate) methods: Value,
    pub(crate) issued_at: Time,
    pub(crate) authenticated_at: Time,
    pub(crate) expires_at: Time,
    pub(crate) devices: Vec<Place>,
}

/// A device as it is stored there.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Place {
    pub(crate) id: Uuid,
    pub(crate) ip_address: String,
    pub(crate) user_agent: String,
    pub(crate) location: String,
}

/// The sessions of rows, with their devices.
pub(super) fn read(foreign: &mut Foreign, rows: &[Row]) -> Result<Vec<Read<Visit>>, Error> {
    let ids: Vec<Uuid> = rows.iter().filter_map(id_of).collect();
    let mut devices: HashMap<Uuid, Vec<Place>> = HashMap::new();
    // The table came later than the sessions.
    for row in foreign.belonging("session_devices", "session_id", &ids)? {
        let owner = row.text("session_id").and_then(|text| Uuid::parse_str(text).ok());
        if let (Some(owner), Some(id)) = (owner, id_of(&row)) {
            let text = |name: &str| row.text_or_empty(name);
            let place = Place {
                id,
                ip_address: text("ip_address"),
                user_agent: text("user_agent"),
                location: text("location"),
            };
            devices.entry(owner).or_default().push(place);
        }
    }
    let mut one = |row: &Row, id: Uuid| {
        let mut devices = devices.remove(&id).unwrap_or_default();
        devices.sort_by_key(|device| device.id);
        let identity = row.required("identity_id")?;
        Ok(Visit {
            identity_id: Uuid::parse_str(identity).map_err(|_| Unreadable("identity_id".to_owned()))?,
            token: Secret::new(row.text_or_empty("token")),
            active: row.flag("active")?.unwrap_or(false),
            aal: row.text_or_empty("aal").trim().to_owned(),
            methods: row.json("authentication_methods")?.unwrap_or_else(|| json!([])),
            issued_at: time(row, "issued_at")?,
            authenticated_at: time(row, "authenticated_at").or_else(|_| time(row, "issued_at"))?,
            expires_at: time(row, "expires_at")?,
            devices,
        })
    };
    Ok(rows.iter().filter_map(|row| id_of(row).map(|id| (id, one(row, id)))).collect())
}
