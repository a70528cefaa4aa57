use serde_json::{Value, json};

use super::*;

fn schema() -> Value {
    json!({
        "definitions": {"street": {"type": "string", "title": "Street"}},
        "properties": {"traits": {"type": "object", "required": ["email"], "properties": {
            "email": {"type": "string", "format": "email", "title": "E-mail"},
            "age": {"type": "integer"},
            "size": {"type": "number"},
            "news": {"type": "boolean"},
            "plan": {"enum": ["free", "paid", 3]},
            "roles": {"type": "array", "items": {"enum": ["buyer", "seller"]}},
            "permissions": {"type": "array", "items": {"type": "string"}, "portico": {"write": "admin"}},
            "marks": {"type": "array", "items": {"type": "integer"}},
            "about": {"type": "string", "maxLength": 2000},
            "extra": {"type": "array", "items": {"type": "object"}},
            "any": {},
            "address": {"type": "object", "title": "Address", "properties": {
                "street": {"$ref": "#/definitions/street"},
                "geo": {"type": "object", "properties": {"lat": {"type": "number"}}},
            }},
        }}},
    })
}

fn whole() -> Value {
    json!({
        "email": "ada@example.org", "age": 36, "size": 1.5, "news": false, "plan": 3, "roles": ["seller", "ghost"],
        "permissions": ["a:b", "c d"], "marks": [1, 2], "about": "one\ntwo", "extra": [{"x": 1}], "any": {"y": [true]},
        "address": {"street": "Main", "geo": {"lat": 0.5}}, "unknown": {"stays": true},
    })
}

#[test]
fn what_stands_in_a_form_that_nobody_touched_is_what_was_stored() {
    let known = of(&schema());
    let (back, errors) = read(&known, &filled(&known, &whole()), &whole());
    assert_eq!((back, errors), (whole(), vec![]));
    let strange = json!({"email": "a@b.c", "permissions": ["two\nlines", " blank "], "age": "seven", "news": "maybe"});
    assert_eq!(read(&known, &filled(&known, &strange), &strange).0, strange);
}

#[test]
fn objects_are_sets_and_their_names_are_paths() {
    let known = of(&schema());
    let sets = sets(&known, &Filled::new(), &[]);
    let legends: Vec<_> = sets.iter().map(|set| set.legend.as_deref()).collect();
    assert_eq!(legends, [None, Some("Address"), Some("Address › geo")]);
    assert_eq!(sets[1].fields[0].name, "traits.address.street");
    assert_eq!(sets[1].fields[0].label, "Street");
    assert!(sets[0].fields[0].required && !sets[0].fields[1].required);
}

#[test]
fn empty_fields_take_values_and_empty_objects_away() {
    let known = of(&schema());
    let (back, _) = read(&known, &Filled::new(), &whole());
    assert_eq!(back, json!({"unknown": {"stays": true}}));
}

#[test]
fn lines_and_json_are_read() {
    let known = of(&schema());
    let given = |name: &str, text: &str| {
        let filled = Filled::from([(format!("traits.{name}"), vec![text.to_owned()])]);
        read(&known, &filled, &json!({}))
    };
    assert_eq!(given("permissions", "a\r\n\r\n b \r\n").0, json!({"permissions": ["a", "b"]}));
    assert_eq!(given("permissions", "[\"a\\nb\"]").0, json!({"permissions": ["a\nb"]}));
    assert_eq!(given("marks", "1\n2.5\nx").0, json!({"marks": [1, 2.5, "x"]}));
    assert_eq!(given("about", "one\r\ntwo").0, json!({"about": "one\ntwo"}));
    let (back, errors) = given("any", "{");
    assert_eq!(back, json!({}));
    assert_eq!(errors.len(), 1);
    assert!(errors[0].0 == "traits.any" && errors[0].1.starts_with("This is not JSON"), "{errors:?}");
}

#[test]
fn errors_stand_at_the_deepest_field_they_belong_to() {
    let known = of(&schema());
    let errors = [
        ("traits.permissions.1".to_owned(), "no".to_owned()),
        ("traits.address.street".to_owned(), "bad".to_owned()),
        ("traits.emails".to_owned(), "odd".to_owned()),
        (String::new(), "all".to_owned()),
    ];
    let sets = sets(&known, &Filled::new(), &errors);
    let wrong: Vec<_> = sets.iter().flat_map(|set| &set.fields).filter(|field| field.invalid()).collect();
    assert_eq!(
        wrong.iter().map(|field| field.name.as_str()).collect::<Vec<_>>(),
        ["traits.permissions", "traits.address.street"]
    );
    assert_eq!(elsewhere(&known, &errors), ["traits.emails: odd", "all"]);
}

#[test]
fn traits_are_shown_in_words() {
    let shown = shown(&of(&schema()), &whole());
    let word = |label: &str| shown.iter().find(|(name, _)| name == label).map(|(_, text)| text.as_str());
    assert_eq!(
        (word("news"), word("permissions"), word("Address › geo › lat")),
        (Some("No"), Some("a:b, c d"), Some("0.5"))
    );
}
