use proptest::prelude::*;

use super::*;

fn wildcard(pattern: &str, wanted: &str) -> bool {
    ScopeStrategy::Wildcard.allows(&[pattern], wanted)
}

#[test]
fn wildcards_stand_for_parts() {
    let cases = [
        ("foo.*", "foo.bar", true),
        ("foo.*", "foo.bar.baz", true),
        ("foo.*", "foo", false),
        ("foo.*", "foo.", false),
        ("foo.*", "foobar", false),
        ("foo.*.baz", "foo.bar.baz", true),
        ("foo.*.baz", "foo..baz", false),
        ("foo.*.baz", "foo.bar.bar", false),
        ("foo.*.baz", "foo.bar.baz.more", false),
        ("*", "openid", true),
        ("*", "a.b.c", true),
        ("*", "", false),
        ("openid", "openid", true),
        ("openid", "openid2", false),
        ("fo*", "foo", false),
        ("a.b", "a", false),
        ("a", "a.b", false),
    ];
    for (pattern, wanted, expected) in cases {
        assert_eq!(wildcard(pattern, wanted), expected, "{pattern} covers {wanted}");
    }
}

#[test]
fn exact_knows_no_wildcard() {
    assert!(!ScopeStrategy::Exact.allows(&["foo.*"], "foo.bar"));
    assert!(ScopeStrategy::Exact.allows(&["foo.*"], "foo.*"));
}

#[test]
fn the_first_refused_scope_is_named() {
    let registered = ["openid", "photos.*"];
    let wanted = ["openid", "photos.read", "mail"];
    assert_eq!(ScopeStrategy::Wildcard.first_refused(&registered, &wanted), Some("mail"));
    assert_eq!(ScopeStrategy::Wildcard.first_refused(&registered, &wanted[..2]), None);
}

#[test]
fn a_list_is_split_once_each() {
    assert_eq!(split("a  b a c "), ["a", "b", "c"]);
    assert!(split("").is_empty());
}

proptest! {
    #[test]
    fn a_pattern_without_a_star_covers_itself_alone(a in "[a-z.]{1,12}", b in "[a-z.]{1,12}") {
        prop_assert_eq!(wildcard(&a, &b), a == b);
    }

    #[test]
    fn a_last_star_covers_whatever_is_put_below(
        base in "[a-z]{1,6}",
        below in proptest::collection::vec("[a-z]{1,4}", 1..5),
    ) {
        let pattern = format!("{base}.*");
        let wanted = format!("{base}.{}", below.join("."));
        prop_assert!(wildcard(&pattern, &wanted));
        prop_assert!(!wildcard(&pattern, &base));
    }

    #[test]
    fn splitting_is_idempotent(list in "[a-z ]{0,40}") {
        let once = split(&list);
        prop_assert_eq!(split(&once.join(" ")), once);
    }

    #[test]
    fn scope_tokens_have_no_blank_quote_or_backslash(text in ".{0,12}") {
        if is_token(&text) {
            prop_assert!(text.is_ascii() && !text.contains([' ', '"', '\\', '\n']));
        }
    }
}
