use serde_json::json;

use super::*;

#[test]
fn details_are_a_list_of_typed_objects() {
    let read =
        parse(r#"[{"type":"payment","actions":["pay"],"amount":{"eur":5}},{"type":"x","identifier":"1"}]"#).unwrap();
    assert_eq!(read.iter().map(type_of).collect::<Vec<_>>(), [Some("payment"), Some("x")]);
    assert_eq!(first_unknown(&read, |name| name == "payment"), Some("x"));
    assert_eq!(parse("[]"), Ok(Vec::new()));
    for (text, error) in [
        ("", DetailsError::Shape),
        ("{}", DetailsError::Shape),
        ("[1]", DetailsError::Shape),
        ("[{}]", DetailsError::Untyped),
        (r#"[{"type":""}]"#, DetailsError::Untyped),
        (r#"[{"type":1}]"#, DetailsError::Untyped),
        (r#"[{"type":"x","locations":"here"}]"#, DetailsError::Member("locations")),
        (r#"[{"type":"x","actions":[1]}]"#, DetailsError::Member("actions")),
        (r#"[{"type":"x","identifier":1}]"#, DetailsError::Identifier),
    ] {
        assert_eq!(parse(text), Err(error), "{text}");
    }
}

#[test]
fn less_is_covered_and_nothing_else() {
    let granted = json!({ "type": "account", "actions": ["read", "write"], "account": 5, "limits": [1, 2] });
    let with = |name: &str, value: Value| {
        let mut detail = granted.clone();
        detail[name] = value;
        detail
    };
    assert!(covers(&granted, &granted));
    assert!(covers(&granted, &with("actions", json!(["read"]))));
    for wanted in [
        with("actions", json!(["read", "delete"])),
        with("actions", json!([])),
        with("actions", json!("read")),
        with("account", json!(6)),
        with("type", json!("payment")),
        with("limits", json!([1])),
        with("locations", json!(["here"])),
        json!({ "type": "account", "actions": ["read"] }),
        json!(1),
    ] {
        assert!(!covers(&granted, &wanted), "{wanted}");
    }
}
