use proptest::prelude::*;
use serde_json::{Value, json};

use super::{coerced, fill, names, of_form, over};
use crate::{
    config::SchemaSource,
    identity::schema::Schema,
    model::traits::Traits,
    ui::node::{Container, Group, trait_nodes},
};

fn schema() -> Schema {
    let source = SchemaSource { id: "default".to_owned(), url: String::new(), selfservice_selectable: false };
    let text = json!({"type": "object", "properties": {"traits": {"type": "object", "required": ["email", "age"], "properties": {
        "email": {"type": "string", "format": "email", "ory.sh/kratos": {"credentials": {"password": {"identifier": true}}}},
        "age": {"type": "integer"},
        "weight": {"type": "number"},
        "news": {"type": "boolean"},
        "name": {"type": "object", "properties": {"first": {"type": "string"}, "last": {"type": "string"}}}
    }}}});
    Schema::compile(&source, &text.to_string(), false).unwrap()
}

fn traits(value: Value) -> Traits {
    Traits::from_value(value).unwrap()
}

#[test]
fn names_follow_the_schema() {
    let expected =
        ["traits.email", "traits.age", "traits.weight", "traits.news", "traits.name.first", "traits.name.last"];
    assert_eq!(names(&schema()), expected);
}

#[test]
fn texts_of_forms_get_the_types_of_the_schema() {
    let given = traits(
        json!({"email": "a@example.org", "age": "42", "weight": " 1.5", "news": "on", "name": {"first": "A", "last": ""}}),
    );
    let wanted = json!({"email": "a@example.org", "age": 42, "weight": 1.5, "news": true, "name": {"first": "A"}});
    assert_eq!(coerced(&schema(), &given).to_value(), wanted);
}

#[test]
fn what_was_left_empty_was_left_out() {
    let given = traits(json!({"email": "", "age": "", "weight": "", "news": "", "name": {"first": "", "last": ""}}));
    // What is required stays: the schema says what is wrong with it.
    assert_eq!(coerced(&schema(), &given).to_value(), json!({"email": "", "age": ""}));
}

#[test]
fn an_input_left_empty_takes_nothing_away() {
    let told = traits(json!({"email": "a@example.org", "name": {"first": "A", "last": "B"}}));
    let entered = traits(json!({"email": "", "age": "", "name": {"first": "", "last": "C"}}));
    let wanted = json!({"email": "a@example.org", "name": {"first": "A", "last": "C"}, "age": ""});
    assert_eq!(over(&told, &entered).to_value(), wanted);
}

#[test]
fn what_is_no_number_stays_for_the_schema_to_refuse() {
    let given = traits(json!({"age": "many", "news": "perhaps", "weight": "NaN"}));
    assert_eq!(coerced(&schema(), &given).to_value(), json!({"age": "many", "news": "perhaps", "weight": "NaN"}));
}

#[test]
fn a_form_gives_back_what_was_put_in() {
    let mut form = Container::post("x");
    form.put_all(trait_nodes(schema().document(), Group::Default));
    let given = traits(json!({"email": "a@example.org", "age": 7, "name": {"last": "B"}}));
    fill(&mut form, &given);
    assert_eq!(of_form(&form), given);
    fill(&mut form, &Traits::default());
    assert_eq!(of_form(&form), Traits::default());
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        ".{0,6}".prop_map(Value::from)
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("(email|age|news|name|first|[a-z.]{0,4})", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn no_submission_panics(value in any_json()) {
        if let Some(given) = Traits::from_value(value) {
            let mut form = Container::post("x");
            form.put_all(trait_nodes(schema().document(), Group::Default));
            fill(&mut form, &coerced(&schema(), &given));
            let _ = of_form(&form);
        }
    }
}
