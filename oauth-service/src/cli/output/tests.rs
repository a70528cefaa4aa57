use serde_json::json;

use super::*;

#[test]
fn formats_are_read() {
    assert_eq!("json".parse(), Ok(Format::Json));
    assert_eq!("jsonpointer=/client_id".parse(), Ok(Format::Pointer("/client_id".into())));
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
