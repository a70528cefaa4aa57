use proptest::prelude::*;

use super::{changes, shared, similar};

fn chars(text: &str) -> Vec<char> {
    text.chars().collect()
}

#[test]
fn distances_are_levenshteins() {
    for (a, b, distance) in [("", "", 0), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("ü", "u", 1)]
    {
        assert_eq!(changes(&chars(a), &chars(b)), distance, "{a} {b}");
    }
}

#[test]
fn the_longest_shared_part_is_found() {
    for (a, b, length) in [("", "abc", 0), ("abcdef", "zabcy", 3), ("aaaa", "aa", 2), ("xay", "bac", 1)] {
        assert_eq!(shared(&chars(a), &chars(b)), length, "{a} {b}");
    }
}

#[test]
fn variations_of_the_identifier_are_refused() {
    assert!(similar("Anna@example.org", "anna@example.org"));
    assert!(similar("anna@example.0rg!", "anna@example.org"));
    assert!(similar("example1", "someone@example.org"));
    assert!(!similar("a quiet green lamp", "someone@example.org"));
    assert!(!similar(&"a".repeat(300), &"a".repeat(300)));
}

proptest! {
    #[test]
    fn distance_is_symmetric_and_bounded(a in "[a-d]{0,12}", b in "[a-d]{0,12}") {
        let (a, b) = (chars(&a), chars(&b));
        prop_assert_eq!(changes(&a, &b), changes(&b, &a));
        prop_assert!(changes(&a, &b) <= a.len().max(b.len()));
        prop_assert_eq!(changes(&a, &a), 0);
        prop_assert!(shared(&a, &b) <= a.len().min(b.len()));
        prop_assert_eq!(shared(&a, &a), a.len());
    }
}
