//! The published keys (RFC 7517 5): public members alone.

use serde_json::{Value, json};

use super::{KeyError, KeySet};
use crate::app::Cx;

/// The JWKS document of both sets, newest keys first. Makes the keys when there are none yet, so that a relying party that
/// reads the document early does not remember an empty one.
pub(crate) async fn document(cx: &Cx) -> Result<Value, KeyError> {
    cx.keys.warm(cx).await?;
    let mut keys = Vec::new();
    for set in KeySet::ALL {
        for key in cx.keys.all(cx, set).await?.iter() {
            keys.push(Value::Object(key.public.as_ref().clone()));
        }
    }
    Ok(json!({ "keys": keys }))
}
