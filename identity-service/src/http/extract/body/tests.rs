use serde_json::json;

use super::{json as json_body, nested};

fn pairs(list: &[(&str, &str)]) -> Vec<(String, String)> {
    list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn dotted_names_nest_and_numbers_are_places() {
    let form = pairs(&[
        ("method", "password"),
        ("traits.name.first", "Ada"),
        ("traits.tags.1", "b"),
        ("traits.tags.0", "a"),
        ("traits.newsletter", "false"),
        ("traits.newsletter", "true"),
        ("a.b", "as it is"),
    ]);
    assert_eq!(
        nested(form).unwrap(),
        json!({
            "method": "password",
            "traits": {"name": {"first": "Ada"}, "tags": ["a", "b"], "newsletter": "true"},
            "a.b": "as it is",
        })
    );
}

#[test]
fn impossible_names_are_refused() {
    let deep = format!("traits.{}x", "a.".repeat(40));
    for name in ["traits.", "traits..a", "traits.tags.100000000", deep.as_str()] {
        let form = pairs(&[("traits.tags.0", "x"), (name, "x")]);
        assert!(nested(form).is_err(), "{name}");
    }
}

#[test]
fn a_small_form_does_not_become_a_large_list_of_lists() {
    let form = |lists: usize| (0..lists).map(|at| (format!("traits.a.{at}.999"), String::new())).collect();
    assert!(nested(form(5)).is_ok());
    assert!(nested(form(500)).is_err());
}

#[test]
fn json_takes_both_spellings() {
    let body = json_body(br#"{"traits": {"email": "a@b.c"}, "traits.name": "Ada"}"#).unwrap();
    assert_eq!(body.value, json!({"traits": {"email": "a@b.c", "name": "Ada"}}));
    assert!(json_body(b"[1]").is_err());
    assert!(json_body(b"{").is_err());
}
