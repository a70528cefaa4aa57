use proptest::prelude::*;
use serde_json::{Value, json};

use super::{PARTNER, Schema};
use crate::{
    config::SchemaSource,
    model::{address::Via, traits::Traits},
};

fn compile(document: &Value) -> Result<Schema, String> {
    let source = SchemaSource { id: "test".to_owned(), url: String::new(), selfservice_selectable: false };
    Schema::compile(&source, &document.to_string(), false)
}

fn partner() -> Schema {
    compile(&serde_json::from_str(PARTNER).unwrap()).unwrap()
}

fn traits(value: Value) -> Traits {
    Traits::from_value(value).unwrap()
}

fn person() -> Traits {
    traits(json!({"email": "Ada@Example.org", "name": "Ada", "role": "buyer", "permissions": ["read"]}))
}

#[test]
fn the_partner_schema_signs_in_verifies_and_recovers_by_email() {
    let schema = partner();
    assert_eq!(schema.identifiers(&person()), ["ada@example.org"]);
    assert_eq!(schema.verifiable(&person()), [(Via::Email, "ada@example.org".to_owned())]);
    assert_eq!(schema.recovery(&person()), [(Via::Email, "ada@example.org".to_owned())]);
    assert_eq!(schema.password_identifiers(), [("traits.email".to_owned(), Some("E-mail".to_owned()))]);
}

#[test]
fn issues_stand_at_their_nodes_under_their_numbers() {
    let schema = partner();
    let found = |value: Value| -> Vec<(Option<String>, u32)> {
        schema.validate(&traits(value)).into_iter().map(|issue| (issue.at, issue.message.id)).collect()
    };
    let at = |name: &str, id| vec![(Some(format!("traits.{name}")), id)];
    assert_eq!(found(json!({})), at("email", 4_000_002));
    assert_eq!(found(json!({"email": "nonsense"})), at("email", 4_000_040));
    assert_eq!(found(json!({"email": 7})), at("email", 4_000_026));
    assert_eq!(found(json!({"email": "a@b.c", "name": ""})), at("name", 4_000_003));
    assert_eq!(found(json!({"email": "a@b.c", "name": "x".repeat(201)})), at("name", 4_000_017));
    assert_eq!(found(json!({"email": "a@b.c", "permissions": ["x", "x"]})), at("permissions", 4_000_025));
    assert_eq!(found(json!({"email": "a@b.c", "extra": 1})), vec![(None, 4_000_001)]);
    assert_eq!(found(json!({"email": "a@b.c"})), vec![]);
}

#[test]
fn a_registration_cannot_name_a_protected_trait() {
    let schema = partner();
    let refused = schema.check_user_write(None, &person()).unwrap_err();
    let names: Vec<_> = refused.iter().filter_map(|issue| issue.at.clone()).collect();
    assert_eq!(names, ["traits.role", "traits.permissions"]);
    let plain = traits(json!({"email": "a@b.c", "role": "", "company_id": null}));
    assert_eq!(schema.check_user_write(None, &plain).unwrap(), traits(json!({"email": "a@b.c"})));
}

#[test]
fn a_change_keeps_what_it_leaves_out_and_may_repeat_what_it_must_not_change() {
    let schema = partner();
    let left_out = traits(json!({"email": "b@example.org"}));
    let kept = schema.check_user_write(Some(&person()), &left_out).unwrap();
    assert_eq!(kept.to_value(), json!({"email": "b@example.org", "role": "buyer", "permissions": ["read"]}));
    assert_eq!(schema.check_user_write(Some(&person()), &person()).unwrap(), person());
    for change in [json!({"role": "admin"}), json!({"permissions": ["read", "write"]}), json!({"permissions": []})] {
        assert!(schema.check_user_write(Some(&person()), &traits(change.clone())).is_err(), "{change}");
    }
}

#[test]
fn owner_once_can_be_set_once_and_nested_traits_are_protected() {
    let schema = compile(&json!({"properties": {"traits": {"type": "object", "properties": {
        "nickname": {"type": "string", "portico": {"write": "owner_once"}},
        "company": {"type": "object", "properties": {
            "role": {"type": "string", "portico": {"write": "admin"}},
            "desk": {"type": "string"},
        }},
    }}}}))
    .unwrap();
    let first = traits(json!({"nickname": "ada", "company": {"desk": "1"}}));
    assert_eq!(schema.check_user_write(None, &first).unwrap(), first);
    let other = traits(json!({"nickname": "eva"}));
    assert!(schema.check_user_write(Some(&first), &other).is_err());
    let stored = traits(json!({"company": {"role": "buyer", "desk": "1"}}));
    for tried in [json!({"company": {"desk": "2"}}), json!({"company": {}}), json!({}), json!({"company": "gone"})] {
        let kept = schema.check_user_write(Some(&stored), &traits(tried)).unwrap();
        assert_eq!(kept.to_value().pointer("/company/role"), Some(&json!("buyer")));
    }
    assert!(schema.check_user_write(Some(&stored), &traits(json!({"company": {"role": "boss"}}))).is_err());
}

#[test]
fn broken_schemas_say_what_is_wrong() {
    let with = |property: Value| json!({"properties": {"traits": {"properties": {"x": property}}}});
    let cases = [
        (json!({}), "properties.traits"),
        (json!({"properties": {"traits": {"properties": {}}}}), "no property"),
        (with(json!({"ory.sh/kratos": {"credentails": {}}})), "credentails"),
        (with(json!({"ory.sh/kratos": {"credentials": {"password": {"identifier": "yes"}}}})), "true or false"),
        (with(json!({"ory.sh/kratos": {"verification": {"via": "pigeon"}}})), "via"),
        (with(json!({"portico": {"write": "nobody"}})), "portico.write"),
        (with(json!({"portico": {"wirte": "admin"}})), "wirte"),
        (with(json!({"type": "array", "items": {"portico": {"write": "admin"}}})), "protect the list"),
        (with(json!({"type": "no such type"})), "JSON schema"),
        (with(json!({"$ref": "#/definitions/missing"})), "leads nowhere"),
    ];
    for (document, said) in cases {
        let error = compile(&document).unwrap_err();
        assert!(error.contains(said), "{error} does not say {said}");
    }
    let source = SchemaSource { id: "test".to_owned(), url: String::new(), selfservice_selectable: false };
    let referring = json!({"properties": {"traits": {"$ref": "#/definitions/t"}}, "definitions": {"t": {}}});
    assert!(Schema::compile(&source, &referring.to_string(), true).unwrap_err().contains("$ref"));
}

#[test]
fn references_lists_and_combinators_are_walked() {
    let schema = compile(&json!({
        "definitions": {"mail": {"type": "string", "format": "email", "ory.sh/kratos": {
            "credentials": {"password": {"identifier": true}}, "verification": {"via": "email"}}}},
        "properties": {"traits": {"type": "object",
            "properties": {"mails": {"type": "array", "items": {"$ref": "#/definitions/mail"}}},
            "allOf": [{"properties": {"login": {"type": "string", "ory.sh/kratos": {
                "credentials": {"password": {"identifier": true}}}}}}]}},
    }))
    .unwrap();
    let given = traits(json!({"mails": ["B@x.org", "a@x.org", "b@x.org"], "login": "ADA"}));
    assert_eq!(schema.identifiers(&given), ["b@x.org", "a@x.org", "ada"]);
    assert_eq!(schema.verifiable(&given).len(), 2);
}

#[test]
fn forms_become_what_the_schema_wants() {
    let schema = compile(&json!({"properties": {"traits": {"type": "object", "required": ["name"], "properties": {
        "name": {"type": "string"}, "age": {"type": "integer"}, "size": {"type": "number"}, "news": {"type": "boolean"},
        "phone": {"type": "string"}, "tags": {"type": "array", "items": {"type": "integer"}},
    }}}}))
    .unwrap();
    let mut value = json!({"name": "", "age": "7", "size": "1.5", "news": "true", "phone": "", "tags": ["1", "x"]});
    schema.coerce_form(&mut value);
    assert_eq!(value, json!({"name": "", "age": 7, "size": 1.5, "news": true, "tags": [1, "x"]}));
}

/// Any JSON, small.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        "[a-z]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,6}", inner, 0..3)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// Traits that name protected ones, sometimes.
fn any_traits() -> impl Strategy<Value = Traits> {
    let names = prop::sample::select(vec!["email", "name", "role", "company_id", "permissions", "created_at", "other"]);
    prop::collection::btree_map(names, any_json(), 0..7)
        .prop_map(|map| Traits::new(map.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()))
}

proptest! {
    /// Whatever a user submits, what is stored of protected traits is what was stored before, or nothing.
    #[test]
    fn no_user_write_changes_a_protected_trait(old in prop::option::of(any_traits()), new in any_traits()) {
        let schema = partner();
        if let Ok(result) = schema.check_user_write(old.as_ref(), &new) {
            for name in ["role", "company_id", "permissions", "created_at"] {
                let path = [name.to_owned()];
                let before = old.as_ref().and_then(|old| old.at(&path));
                prop_assert_eq!(result.at(&path), before);
            }
        }
    }
}
