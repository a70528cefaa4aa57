use super::*;
use crate::{entropy::SystemEntropy, time::Clock as _, time::SystemClock};

#[test]
fn ids_print_and_read_back() {
    let id = IdentityId::random(&SystemEntropy);
    assert_eq!(IdentityId::parse(&id.text()).unwrap(), id);
    assert_eq!(id.uuid().get_version_num(), 4);
    assert_eq!(id.hex().len(), 32);
    assert!(IdentityId::parse("not-a-uuid").is_err());
}

#[test]
fn ordered_ids_sort_by_time() {
    let now = SystemClock.now();
    let early = TokenId::ordered(now, &SystemEntropy);
    let late = TokenId::ordered(now + chrono::Duration::milliseconds(2), &SystemEntropy);
    assert!(early < late && early.text() < late.text());
}
