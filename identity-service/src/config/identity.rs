//! `identity`: the schemas traits must follow.

use super::read::Reader;

/// The text that stands for the built-in partner schema in place of a URL.
pub(crate) const BUILT_IN: &str = "portico://schemas/partner";

/// Everything below `identity`.
#[derive(Debug, Clone)]
pub(crate) struct IdentityConfig {
    pub(crate) default_schema_id: String,
    pub(crate) schemas: Vec<SchemaSource>,
    /// Schemas may not refer to other documents.
    pub(crate) disallow_ref: bool,
}

/// A schema and where it is loaded from.
#[derive(Debug, Clone)]
pub(crate) struct SchemaSource {
    pub(crate) id: String,
    /// `file://`, `http(s)://`, `base64://` or [`BUILT_IN`].
    pub(crate) url: String,
    /// Whether clients may choose it in self-service flows.
    pub(crate) selfservice_selectable: bool,
}

/// Reads the section; without schemas the built-in partner schema is the only one.
pub(super) fn read(r: &Reader<'_>) -> IdentityConfig {
    let default_schema_id = r.text("identity.default_schema_id").unwrap_or_else(|| "default".to_owned());
    let mut schemas = Vec::new();
    for (path, item) in r.items("identity.schemas") {
        let text = |name: &str| item.get(name).and_then(|value| value.as_str()).map(str::to_owned);
        let (Some(id), Some(url)) = (text("id"), text("url")) else {
            r.problem(&path, "needs an `id` and a `url`");
            continue;
        };
        if schemas.iter().any(|known: &SchemaSource| known.id == id) {
            r.problem(&path, format_args!("there is another schema called {id:?}"));
        }
        let selfservice_selectable =
            item.get("selfservice_selectable").and_then(serde_json::Value::as_bool).unwrap_or(false);
        schemas.push(SchemaSource { id, url, selfservice_selectable });
    }
    if schemas.is_empty() {
        schemas.push(SchemaSource {
            id: default_schema_id.clone(),
            url: BUILT_IN.to_owned(),
            selfservice_selectable: false,
        });
    } else if !schemas.iter().any(|schema| schema.id == default_schema_id) {
        r.problem("identity.default_schema_id", format_args!("identity.schemas has no schema {default_schema_id:?}"));
    }
    IdentityConfig {
        default_schema_id,
        schemas,
        disallow_ref: r.flag("security.disallow_ref_in_identity_schemas", false),
    }
}
