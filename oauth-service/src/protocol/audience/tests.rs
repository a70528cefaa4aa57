use proptest::prelude::*;

use super::*;

#[test]
fn one_value_is_split_and_several_are_not() {
    assert_eq!(split(["a b a"].into_iter()), ["a", "b"]);
    assert_eq!(split(["a b", "c"].into_iter()), ["a b", "c"]);
    assert!(split(std::iter::empty()).is_empty());
}

#[test]
fn a_folder_covers_what_is_below() {
    let cases = [
        ("https://a/x", "https://a/x", true),
        ("https://a/x", "https://a/x/", true),
        ("https://a/x/", "https://a/x", true),
        ("https://a/x", "https://a/x/y", true),
        ("https://a", "https://a/anything", true),
        ("https://a/x", "https://a/xy", false),
        ("https://a/x", "https://a/x/../y", false),
        ("https://a/x", "https://a/x/%2e%2e/y", false),
        ("https://a/x", "http://a/x", false),
        ("https://a/x", "https://a:8443/x", false),
        ("https://a/x", "https://a.evil/x", false),
        ("https://a/x", "https://a@evil/x", false),
        ("https://a/x", "https://evil@a/x", false),
        ("https://a/x/y", "https://a/x", false),
        ("orders-api", "orders-api", true),
        ("orders-api", "orders-api2", false),
        ("urn:api", "urn:api/v1", true),
    ];
    for (registered, wanted, expected) in cases {
        assert_eq!(covers(registered, wanted), expected, "{registered} covers {wanted}");
    }
}

#[test]
fn the_first_refused_audience_is_named() {
    let wanted = ["https://a/x".to_owned(), "https://b".to_owned()];
    assert_eq!(first_refused(&["https://a"], &wanted), Some("https://b"));
    assert_eq!(first_refused(&["https://a", "https://b"], &wanted), None);
}

proptest! {
    #[test]
    fn everything_covers_itself(text in ".{1,40}") {
        prop_assert!(covers(&text, &text));
    }

    #[test]
    fn another_host_is_never_covered(host in "[a-z]{1,8}", path in "[a-z/.%@:]{0,20}") {
        let wanted = format!("https://{host}.evil/{path}");
        let registered = format!("https://{host}");
        prop_assert!(!covers(&registered, &wanted));
    }
}
