//! One configuration file: YAML, JSON or TOML by its ending.

use std::path::Path;

use serde_json::Value;

/// The file's tree, or a sentence that names the file and says what is wrong.
pub(super) fn read(path: &Path) -> Result<Value, String> {
    let name = path.display();
    let text = std::fs::read_to_string(path).map_err(|e| format!("{name}: cannot be read: {e}"))?;
    let tree = match path.extension().and_then(|e| e.to_str()) {
        Some("json") => serde_json::from_str(&text).map_err(|e| e.to_string()),
        Some("toml") => toml::from_str(&text).map_err(|e| e.to_string()),
        _ => serde_yaml_ng::from_str(&text).map_err(|e| e.to_string()),
    };
    match tree.map_err(|e| format!("{name}: {e}"))? {
        Value::Null => Ok(Value::Object(serde_json::Map::new())),
        tree @ Value::Object(_) => Ok(tree),
        _ => Err(format!("{name}: must hold a mapping of keys")),
    }
}
