use proptest::prelude::*;

use super::*;

#[test]
fn order_and_repetition_do_not_matter() {
    assert_eq!(ResponseType::parse("code id_token"), ResponseType::parse("id_token code code"));
    for known in ResponseType::ALL.into_iter().chain([" code "]) {
        assert!(ResponseType::parse(known).is_known(), "{known}");
    }
    for unknown in ["", "CODE", "code magic", "none"] {
        assert!(!ResponseType::parse(unknown).is_known(), "{unknown}");
    }
}

#[test]
fn tokens_go_into_the_fragment() {
    assert!(ResponseType::parse("id_token token").answers_in_fragment());
    assert!(!ResponseType::parse("code").answers_in_fragment());
}

proptest! {
    #[test]
    fn parsing_is_a_set(mut words in proptest::collection::vec("[a-z_]{1,8}", 0..5)) {
        let one = ResponseType::parse(&words.join(" "));
        words.reverse();
        words.extend(words.clone());
        prop_assert_eq!(ResponseType::parse(&words.join("  ")), one);
    }
}
