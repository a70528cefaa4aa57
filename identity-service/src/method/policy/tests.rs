use proptest::prelude::*;

use super::{changes, count, shared, similar};

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

#[test]
fn breach_lists_are_read_line_by_line() {
    let listed = "0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n00D4F6E8FA6EECAD2A3AA415EEC418D38EC\r\nAA:x";
    assert_eq!(count(listed, "0018A45C4D1DEF81644B54AB7F969B88D65"), 3);
    assert_eq!(count(listed, "00d4f6e8fa6eecad2a3aa415eec418d38ec"), 1);
    assert_eq!(count(listed, "FF"), 0);
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
