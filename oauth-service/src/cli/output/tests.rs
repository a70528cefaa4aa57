use serde_json::json;

use super::*;

#[test]
fn formats_are_read() {
    assert_eq!("json".parse(), Ok(Format::Json));
    assert_eq!("jsonpointer=/client_id".parse(), Ok(Format::Pointer("/client_id".into())));
    assert_eq!("jsonpath=jwks.keys.0.kid".parse(), Ok(Format::Path("jwks.keys.0.kid".into())));
    assert!("jsonpath=items.#(name==1)".parse::<Format>().is_err());
    assert!("xml".parse::<Format>().is_err());
}

#[test]
fn cells_show_lists_and_leave_out_what_is_absent() {
    let item = json!({"a": ["x", "y"], "b": null, "n": 3});
    assert_eq!(["a", "b", "n", "none"].map(|name| cell(&item, name)), ["x, y", "", "3", ""]);
}

#[test]
fn columns_line_up() {
    let rows = aligned(&[vec!["ID".into(), "NAME".into()], vec!["long-id".into(), "n".into()]]);
    assert_eq!(rows, ["ID       NAME", "long-id  n"]);
}

#[test]
fn paths_find_what_they_lead_to() {
    let value = json!({"items": [{"client_id": "a", "scope": "x"}, {"client_id": "b"}], "a.b": {"c": [1, 2]}, "n": 3});
    for (path, found) in [
        ("items.0.client_id", json!("a")),
        ("items.1", json!({"client_id": "b"})),
        ("items.#", json!(2)),
        ("items.#.client_id", json!(["a", "b"])),
        ("items.#.scope", json!(["x"])),
        ("a\\.b.c.1", json!(2)),
        ("items.7", json!(null)),
        ("n.more", json!(null)),
    ] {
        assert_eq!(path::find(&value, path), found, "{path}");
    }
}
