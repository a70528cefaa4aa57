use super::*;

#[test]
fn claims_come_before_the_parameter_and_the_parameter_before_the_registration() {
    let claims = claims_request::parse(r#"{"id_token":{"acr":{"essential":true,"values":["2"]}}}"#).unwrap();
    let strict = WantedAcr::of(&claims, Some("1"), &["0".to_owned()]);
    assert!(strict.refuses("1") && strict.refuses("") && !strict.refuses("2"));
    let none = Map::new();
    let asked = WantedAcr::of(&none, Some("2 1"), &["0".to_owned()]);
    assert_eq!(asked.values, ["2", "1"]);
    assert!(!asked.refuses("0") && asked.outgrows("0") && !asked.outgrows("1") && !asked.outgrows(""));
    assert_eq!(WantedAcr::of(&none, None, &["0".to_owned()]).values, ["0"]);
    assert!(!WantedAcr::of(&none, None, &[]).outgrows("1"));
}
