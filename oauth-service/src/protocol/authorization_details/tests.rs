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
