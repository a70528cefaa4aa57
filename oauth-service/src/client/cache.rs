//! Clients in memory. An entry is looked up again when it is older than [`BOUND`], so that a change made on one replica
//! reaches the others within it; a change made here counts at once.

use std::sync::Arc;

use chrono::Duration;
use quick_cache::sync::Cache;
use shared_types::{db, id::ClientId, time::Time};

use crate::{app::Cx, model::client::Client, store::clients};

/// How long a change made elsewhere may stay unseen.
const BOUND: Duration = Duration::seconds(2);
const CAPACITY: usize = 10_000;
/// Bytes of an id.
const MAX_ID: usize = 255;

/// Clients seen lately.
pub(crate) struct ClientCache {
    entries: Cache<ClientId, Entry>,
}

#[derive(Clone)]
struct Entry {
    client: Arc<Client>,
    checked_at: Time,
}

impl Default for ClientCache {
    fn default() -> Self {
        Self { entries: Cache::new(CAPACITY) }
    }
}

impl ClientCache {
    /// Drops what is known of a client that has just been changed.
    pub(super) fn forget(&self, id: &ClientId) {
        self.entries.remove(id);
    }

    fn fresh(&self, id: &ClientId, now: Time) -> Option<Arc<Client>> {
        let entry = self.entries.get(id)?;
        let age = now - entry.checked_at;
        (age < BOUND && age >= Duration::zero()).then_some(entry.client)
    }
}

/// An id as a client may have one. Anything else names no client, and databases would not take it either.
pub(super) fn possible(id: &str) -> Option<ClientId> {
    (id.len() <= MAX_ID && !id.chars().any(char::is_control)).then(|| ClientId::from(id))
}

/// A client by its id. Ids that are not registered are looked up every time.
pub(crate) async fn find(cx: &Cx, id: &str) -> Result<Option<Arc<Client>>, db::Error> {
    let Some(id) = possible(id) else { return Ok(None) };
    if let Some(client) = cx.clients.fresh(&id, cx.now) {
        return Ok(Some(client));
    }
    let wanted = id.clone();
    let Some(found) = cx.db.read(move |conn| clients::get(conn, &wanted)).await? else {
        cx.clients.forget(&id);
        return Ok(None);
    };
    let client = Arc::new(found);
    cx.clients.entries.insert(id, Entry { client: Arc::clone(&client), checked_at: cx.now });
    Ok(Some(client))
}
