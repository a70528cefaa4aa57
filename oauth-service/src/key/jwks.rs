//! The published keys (RFC 7517 5): public members alone.

use serde_json::{Value, json};

use super::{KeyError, KeySet};
use crate::app::Cx;

/// The JWKS document: both sets of ours, newest keys first, then those of `webfinger.jwks.broadcast_keys`. Makes the keys when there
/// are none yet, so that a relying party that reads the document early does not remember an empty one.
pub(crate) async fn document(cx: &Cx) -> Result<Value, KeyError> {
    cx.keys.warm(cx).await?;
    let mut keys: Vec<Value> = Vec::new();
    let named = cx.config.discovery.broadcast_keys.iter().map(String::as_str);
    let own = KeySet::ALL.map(KeySet::name);
    for set in own.into_iter().chain(named.filter(|name| !own.contains(name))) {
        for key in cx.keys.published(cx, set).await?.iter() {
            // A `kid` names one key of the whole document.
            if !keys.iter().any(|known| known.get("kid") == key.get("kid")) {
                keys.push(key.clone());
            }
        }
    }
    Ok(json!({ "keys": keys }))
}
