use proptest::prelude::*;

use super::{email, identifier, phone};

#[test]
fn what_looks_alike_is_alike() {
    let pairs = [
        ("Ada@Example.ORG", "ada@example.org"),
        ("  ada@example.org\t", "ada@example.org"),
        ("\u{ff41}da@example.org", "ada@example.org"),
        ("a\u{200b}da@example.org", "ada@example.org"),
        ("ada@B\u{fc}cher.example", "ada@xn--bcher-kva.example"),
        ("\u{2168}", "ix"),
        ("e\u{301}va", "\u{e9}va"),
        ("+49 (30) 1234-567", "+49301234567"),
    ];
    for (given, wanted) in pairs {
        assert_eq!(identifier(given), wanted, "{given:?}");
    }
}

#[test]
fn strict_addresses() {
    for bad in [
        "",
        "ada",
        "@example.org",
        "ada@",
        "a b@example.org",
        "ada@exa mple.org",
        "ada..b@example.org",
        ".ada@example.org",
        "ada@-example.org",
        "ada@example..org",
        "<ada@example.org>",
        "a\u{200b}da@example.org",
    ] {
        assert_eq!(email(bad), None, "{bad:?}");
    }
    assert_eq!(email(&format!("{}@example.org", "x".repeat(65))), None);
    assert_eq!(email("ada+tag@localhost").as_deref(), Some("ada+tag@localhost"));
    for bad in ["", "12345678", "+123", "+0123456789", "+12345678901234567", "+49 call me"] {
        assert_eq!(phone(bad), None, "{bad:?}");
    }
}

proptest! {
    #[test]
    fn normalising_twice_changes_nothing(text in "\\PC{0,40}|[ -~]{0,20}@[ -~]{0,20}|.{0,30}") {
        let once = identifier(&text);
        prop_assert_eq!(identifier(&once), once.clone());
        prop_assert!(!once.contains('\0'));
        if let Some(address) = email(&text) {
            prop_assert_eq!(email(&address), Some(address.clone()));
            prop_assert_eq!(identifier(&address), address);
        }
    }

    #[test]
    fn case_and_padding_do_not_matter(text in "[a-zA-Z0-9._-]{1,20}@[a-zA-Z0-9]{1,20}\\.[a-z]{2,5}") {
        prop_assert_eq!(identifier(&text), identifier(&format!(" {} ", text.to_uppercase())));
    }
}
