use proptest::prelude::*;

use super::*;

fn print(query: &str) -> String {
    of(&Params::parse(query))
}

#[test]
fn encoding_and_verifiers_make_no_difference() {
    assert_eq!(print("a=x+y&b=%41"), print("a=x%20y&b=A&login_verifier=v&consent_verifier=w"));
}

#[test]
fn content_and_order_do() {
    for other in ["a=1", "a=1&b=3", "b=2&a=1", "a=1&b=2&c=", "a=1b&=2", "a1=&b=2"] {
        assert_ne!(print("a=1&b=2"), print(other), "{other}");
    }
}

proptest! {
    #[test]
    fn two_requests_share_a_fingerprint_only_when_equal(one in "[ab=&]{0,8}", two in "[ab=&]{0,8}") {
        prop_assert_eq!(print(&one) == print(&two), Params::parse(&one) == Params::parse(&two));
    }
}
