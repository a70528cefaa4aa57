use std::collections::BTreeSet;

use serde_json::Value;

use super::{document, operations, schemas};

#[test]
fn every_table_can_be_read() {
    for schema in schemas::all() {
        assert!(schema.is_readable(), "{}", schema.name);
    }
    for operation in operations::all() {
        assert!(operation.is_readable(), "{}", operation.id);
    }
}

/// Every `$ref` below a value.
fn references<'v>(value: &'v Value, found: &mut BTreeSet<&'v str>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str));
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[test]
fn references_lead_somewhere() {
    let document = document();
    let mut found = BTreeSet::new();
    references(&document, &mut found);
    assert!(found.len() > 30, "{}", found.len());
    for reference in found {
        assert!(document.pointer(reference.trim_start_matches('#')).is_some(), "{reference}");
    }
}

#[test]
fn names_are_used_once() {
    let (mut ids, mut names) = (BTreeSet::new(), BTreeSet::new());
    for operation in operations::all() {
        assert!(ids.insert(operation.id), "{}", operation.id);
        assert!(!operation.about.is_empty() && !operation.answers.is_empty(), "{}", operation.id);
    }
    for schema in schemas::all() {
        assert!(names.insert(schema.name), "{}", schema.name);
    }
    let document = document();
    for (path, methods) in document["paths"].as_object().unwrap() {
        for parameter in methods.as_object().unwrap().values().filter_map(|it| it["parameters"].as_array()).flatten() {
            assert_ne!(parameter["description"], "", "{path}: {}", parameter["name"]);
        }
    }
}
