use super::masked;

#[test]
fn addresses_are_shown_to_who_knows_them_alone() {
    for (address, shown) in [
        ("ada@example.org", "ad****@example.org"),
        ("ad@example.org", "ad@example.org"),
        ("äöü@example.org", "äö****@example.org"),
        ("+491701234567", "+49****67"),
        ("+4917", "+4917"),
        ("", ""),
    ] {
        assert_eq!(masked(address), shown);
    }
}
