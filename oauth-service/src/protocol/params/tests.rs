use proptest::prelude::*;

use super::*;

#[test]
fn an_empty_value_counts_as_absent() {
    let params = Params::parse("state=&scope=a+b&scope2");
    assert_eq!(params.get("state"), None);
    assert!(params.has("state"));
    assert_eq!(params.get("scope"), Some("a b"));
    assert!(params.has("scope2"));
}

#[test]
fn query_and_body_are_one_request() {
    let params = Params::parse("a=1").and_body(b"b=2&a=3");
    assert!(params.repeats("a"));
    assert!(!params.repeats("b"));
    assert_eq!(params.all("a").collect::<Vec<_>>(), ["1", "3"]);
}

#[test]
fn verifiers_are_taken_out_and_put_in() {
    let params = Params::parse("a=1&login_verifier=x&b=2").without(&["login_verifier"]);
    assert_eq!(params.with("consent_verifier", "y z").query(), "a=1&b=2&consent_verifier=y+z");
}

proptest! {
    #[test]
    fn a_query_is_read_back_as_it_was(pairs in proptest::collection::vec((".*", ".*"), 0..8)) {
        let params = Params { pairs };
        prop_assert_eq!(Params::parse(&params.query()), params);
    }

    #[test]
    fn no_bytes_make_it_fail(query in ".*", body in proptest::collection::vec(any::<u8>(), 0..64)) {
        let _ = Params::parse(&query).and_body(&body).query();
    }
}

#[test]
fn the_nul_character_is_refused() {
    assert!(Params::parse("a=1&b=%01").without_nul().is_ok());
    assert!(Params::parse("a=1&b=%00").without_nul().is_err());
    assert!(Params::parse("%00=1").without_nul().is_err());
}
