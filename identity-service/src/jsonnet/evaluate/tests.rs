use proptest::prelude::*;
use serde_json::json;

use super::*;

fn request(text: &str) -> Request {
    Request { name: "test.jsonnet".to_owned(), text: text.to_owned(), vars: BTreeMap::new(), args: BTreeMap::new() }
}

fn read(text: &str) -> Json {
    serde_json::from_str(&evaluate(&request(text)).unwrap()).unwrap()
}

fn wrong(text: &str) -> String {
    match evaluate(&request(text)) {
        Err(Stop::Wrong(why)) => why,
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn a_mapper_as_operators_write_them() {
    let text = "
        local claims = { email_verified: false } + std.extVar('claims');
        {
          identity: {
            traits: {
              [if claims.email_verified then 'email']: claims.email,
              name: std.asciiUpper(claims.name),
            },
            groups:: 'hidden',
          },
        }";
    let mut request = request(text);
    let claims = json!({"email": "ada@example.org", "email_verified": true, "name": "ada"});
    request.vars.insert("claims".to_owned(), claims.to_string());
    let value: Json = serde_json::from_str(&evaluate(&request).unwrap()).unwrap();
    assert_eq!(value, json!({"identity": {"traits": {"email": "ada@example.org", "name": "ADA"}}}));
}

#[test]
fn a_function_is_called_with_the_arguments_and_anything_else_is_left_alone() {
    let mut request = request("function(ctx) { id: ctx.identity.id, n: 1 + ctx.n }");
    request.args.insert("ctx".to_owned(), json!({"identity": {"id": "x"}, "n": 2}).to_string());
    assert_eq!(evaluate(&request).unwrap(), r#"{"id": "x", "n": 3}"#);
    request.text = "{ a: 1 }".to_owned();
    assert_eq!(evaluate(&request).unwrap(), r#"{"a": 1}"#);
    request.text = "function(other) other".to_owned();
    let Err(Stop::Wrong(why)) = evaluate(&request) else { panic!("it has no such parameter") };
    assert!(why.contains("\"ctx\""), "{why}");
}

#[test]
fn a_snippet_may_cancel() {
    assert_eq!(evaluate(&request("error 'cancel'")), Err(Stop::Cancelled));
    assert_eq!(evaluate(&request("{ a: if true then error 'cancel' else 1 }")), Err(Stop::Cancelled));
    assert_eq!(evaluate(&request("function(x=1) error 'can' + 'cel'")), Err(Stop::Cancelled));
    assert!(wrong("error 'cancelled'").contains("cancelled"));
}

#[test]
fn mistakes_are_told_with_their_place() {
    for (text, line) in [
        ("{\n  a: b,\n}", "test.jsonnet:2:6: there is no variable \"b\""),
        ("{ a: 1, a: 2 }", "test.jsonnet:1:9: the object has a field \"a\" already"),
        ("{ a: 1", "test.jsonnet:1:7: the end stands where"),
        ("'a", "test.jsonnet:1:1: this string has no end"),
        ("{ ä: 1 }", "test.jsonnet:1:3: 'ä' means nothing here"),
        ("local a = 'ä'; a + b", "test.jsonnet:1:20: there is no variable \"b\""),
        ("{ a: 1 }.b", "test.jsonnet:1:1: there is no field \"b\""),
        ("local f(x) = x.y;\nf('text')", "only an object has fields"),
        ("error 'no e-mail'", "test.jsonnet:1:1: error: no e-mail"),
        ("assert 1 > 2 : 'impossible'; 1", "test.jsonnet:1:1: assertion failed: impossible"),
        ("std.extVar('nothing')", "test.jsonnet:1:1: there is no external variable \"nothing\""),
        ("std.length(1)", "test.jsonnet:1:1: argument 1 of std.length is a number"),
        ("'a' - 1", "does not take a string and a number"),
        ("if 1 then 2", "a condition is true or false, not a number"),
        ("function(a) a", "the parameter \"a\" is not given"),
        ("std.map", "the parameter \"func\" is not given"),
        ("{ f: function() 1 }", "a function is no JSON value"),
        ("[1][3]", "there is no index 3 in 1 elements"),
        ("1 / 0", "division by zero"),
        ("self.a", "self has a meaning in objects alone"),
    ] {
        let said = wrong(text);
        assert!(said.starts_with("test.jsonnet") && said.contains(line), "{text}: {said}");
    }
}

#[test]
fn nothing_is_imported() {
    for text in ["import '/etc/passwd'", "importstr '/etc/passwd'", "importbin '/etc/passwd'", "import 'a' + 'b'"] {
        let said = wrong(text);
        assert!(said.contains("imports are switched off") || said.contains("stands where"), "{said}");
    }
    assert!(wrong("std.native('system')('id')").contains("null cannot be called"));
}

#[test]
fn depth_and_length_have_an_end() {
    for text in [
        "local f(n) = f(n + 1); f(0)",
        "local f(n) = 1 + f(n + 1); f(0)",
        "local x = [x]; x",
        "{ a: self }",
        "std.foldl(function(all, n) [all], std.range(1, 10000), 1)",
        "std.toString(std.foldl(function(all, n) { a: all }, std.range(1, 10000), 1))",
    ] {
        assert!(wrong(text).contains("too deep"), "{text}");
    }
    assert!(wrong("local a = { b: self.b }; a.b").contains("depends on itself"));
    assert_eq!(evaluate(&request("std.repeat('x', 1048577)")), Err(Stop::TooLarge));
    assert!(evaluate(&request("std.repeat('x', 1048574)")).is_ok());
    let said = wrong("std.assertEqual(std.repeat('x', 100000), 'y')");
    assert!(said.len() < 2000, "{}", said.len());
}

#[test]
fn numbers_are_doubles() {
    assert_eq!(read("[1772366460, 0.1, -0.5, 1e21, 9007199254740993]"), {
        json!([1_772_366_460, 0.1, -0.5, 1e21, 9_007_199_254_740_992_i64])
    });
}

/// Any JSON value that is not too deep to be read again.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i32>().prop_map(Json::from),
        (-1e300..1e300).prop_map(Json::from),
        ".*".prop_map(Json::from),
        "\\PC*".prop_map(Json::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Json::from),
            prop::collection::vec((".*", inner), 0..8).prop_map(|fields| Json::Object(fields.into_iter().collect())),
        ]
    })
}

/// Numbers without the difference between `1` and `1.0`.
fn as_doubles(value: &Json) -> Json {
    match value {
        Json::Number(number) => Json::from(number.as_f64().unwrap()),
        Json::Array(items) => items.iter().map(as_doubles).collect(),
        Json::Object(map) => Json::Object(map.iter().map(|(name, value)| (name.clone(), as_doubles(value))).collect()),
        other => other.clone(),
    }
}

proptest! {
    #[test]
    fn a_value_passes_through_unchanged(value in any_json()) {
        let mut passed = request("std.extVar('x')");
        passed.vars.insert("x".to_owned(), value.to_string());
        let back: Json = serde_json::from_str(&evaluate(&passed).unwrap()).unwrap();
        prop_assert_eq!(as_doubles(&back), as_doubles(&value));

        let mut called = request("function(x) { x: x }");
        called.args.insert("x".to_owned(), value.to_string());
        let back: Json = serde_json::from_str(&evaluate(&called).unwrap()).unwrap();
        prop_assert_eq!(as_doubles(&back["x"]), as_doubles(&value));
    }

    /// JSON is Jsonnet.
    #[test]
    fn json_is_its_own_value(value in any_json()) {
        prop_assert_eq!(as_doubles(&read(&value.to_string())), as_doubles(&value));
    }

    #[test]
    fn no_text_upsets_it(text in "[\\[\\]{}()'\":;,.a-c0-9+=|/*$ \n-]{0,60}") {
        let _ = evaluate(&request(&text));
    }
}
