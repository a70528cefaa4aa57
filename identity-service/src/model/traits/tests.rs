use serde_json::json;

use super::Traits;

fn path(text: &str) -> Vec<String> {
    text.split('.').map(str::to_owned).collect()
}

#[test]
fn values_are_read_written_and_removed_by_path() {
    let mut traits = Traits::from_value(json!({"name": {"first": "Ada"}})).unwrap();
    traits.set(&path("name.last"), json!("Lovelace"));
    traits.set(&path("company.id"), json!(7));
    assert_eq!(traits.at(&path("name.last")), Some(&json!("Lovelace")));
    assert_eq!(traits.remove(&path("name.first")), Some(json!("Ada")));
    assert_eq!(traits.to_value(), json!({"name": {"last": "Lovelace"}, "company": {"id": 7}}));
    assert_eq!(traits.at(&path("name.first.deeper")), None);
    assert_eq!(traits.at(&[]), None);
}

#[test]
fn only_objects_are_traits() {
    assert_eq!(Traits::from_value(json!([1])), None);
    assert_eq!(Traits::from_value(json!(null)), None);
}
