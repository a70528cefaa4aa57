//! Every identity as its administrators see it, there and here.

use std::{collections::BTreeSet, io::BufRead as _};

use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::{Moved, file, list, text};

const KINDS: [&str; 7] = ["password", "oidc", "totp", "lookup_secret", "webauthn", "passkey", "code"];

/// Compares all of them; how many there were.
pub(super) async fn compare(moved: &Moved) -> anyhow::Result<usize> {
    let client = integration_tests::person::plain_client()?;
    let query: Vec<String> = KINDS.iter().map(|kind| format!("include_credential={kind}")).collect();
    // They have signed in since, which changes hashes, counters and codes.
    let signed_in: BTreeSet<&str> = ["passwords", "factors", "passkeys", "security_keys"]
        .iter()
        .flat_map(|name| list(&moved.facts, name))
        .flat_map(|one| [text(&one["identifier"]), text(&one["identity"])])
        .collect();
    let mut count = 0;
    for line in std::io::BufReader::new(std::fs::File::open(file(&moved.facts, "people"))?).lines() {
        let there: Value = serde_json::from_str(&line?)?;
        let id = text(&there["id"]);
        let admin = integration_tests::settings::loopback(moved.places.identity_admin);
        let request = client.get(format!("{admin}/admin/identities/{id}?{}", query.join("&")));
        let here: Value = request.bearer_auth(&moved.places.identity_key).send().await?.json().await?;
        let email = text(&there["traits"]["email"]).to_lowercase();
        let used = signed_in.contains(email.as_str()) || signed_in.contains(id);
        same(&there, &here, used).with_context(|| format!("there: {there}\nhere: {here}"))?;
        count += 1;
    }
    Ok(count)
}

fn same(there: &Value, here: &Value, used: bool) -> anyhow::Result<()> {
    for name in ["id", "external_id", "schema_id", "state", "traits", "metadata_public", "metadata_admin"] {
        ensure!(there[name] == here[name], "{name}");
    }
    for name in ["created_at", "updated_at", "state_changed_at"] {
        ensure!(used || instant(&there[name]) == instant(&here[name]), "{name}");
    }
    for (name, of) in [
        ("verifiable_addresses", &["id", "value", "via", "verified", "status"][..]),
        ("recovery_addresses", &["id", "value", "via"][..]),
    ] {
        ensure!(picked(&there[name], of) == picked(&here[name], of), "{name}");
    }
    for kind in KINDS {
        let (there, here) = (&there["credentials"][kind], &here["credentials"][kind]);
        ensure!(words(&there["identifiers"]) == words(&here["identifiers"]), "{kind}: identifiers");
        // Kratos makes up a handle when it reads a credential without keys.
        let empty = kind == "webauthn" && there["config"]["credentials"].is_null();
        ensure!(used || empty || plain(&there["config"]) == plain(&here["config"]), "{kind}: config");
    }
    Ok(())
}

/// To the microsecond, which is what both databases keep.
fn instant(value: &Value) -> Option<i64> {
    Some(chrono::DateTime::parse_from_rfc3339(value.as_str()?).ok()?.timestamp_micros())
}

fn picked(items: &Value, names: &[&str]) -> BTreeSet<String> {
    let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| names.iter().map(|name| item[name].to_string()).collect::<Vec<_>>().join(" ")).collect()
}

fn words(items: &Value) -> BTreeSet<String> {
    let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().map(|item| text(item).to_owned()).filter(|word| !word.is_empty()).collect()
}

/// Without what says nothing.
fn plain(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let kept = map.iter().map(|(name, value)| (name.clone(), plain(value)));
            Value::Object(kept.filter(|(_, value)| !is_empty(value)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(plain).collect()),
        other => other.clone(),
    }
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.is_empty(),
        _ => false,
    }
}
