use serde_json::json;

use super::*;

#[test]
fn a_request_names_places_claims_and_values() {
    let text = r#"{"id_token":{"acr":{"essential":true,"values":["2","3"]},"name":null},"userinfo":{"email":{"value":"a@b"}},"x":1}"#;
    let request = parse(text).unwrap();
    assert_eq!(wanted(&request, Place::IdToken, "acr"), Some((true, vec![&json!("2"), &json!("3")])));
    assert_eq!(wanted(&request, Place::IdToken, "name"), Some((false, vec![])));
    assert_eq!(wanted(&request, Place::Userinfo, "name"), None);
    assert!(allows(&request, Place::Userinfo, "email", &json!("a@b")));
    assert!(!allows(&request, Place::Userinfo, "email", &json!("c@d")));
    assert!(allows(&request, Place::IdToken, "email", &json!("c@d")));
    for bad in ["", "[]", "1", r#"{"id_token":1}"#, r#"{"userinfo":{"a":1}}"#, r#"{"id_token":{"a":{"values":"x"}}}"#] {
        assert_eq!(parse(bad), None, "{bad}");
    }
    assert!(parse(r#"{"id_token":null}"#).is_some());
}
