use super::*;
use crate::entropy::SystemEntropy;

fn sealer(texts: &[&str]) -> Sealer {
    Sealer::new(&texts.iter().map(|t| Secret::new((*t).to_owned())).collect::<Vec<_>>())
}

#[test]
fn opens_only_for_its_purpose_and_unaltered() {
    let sealer = sealer(&["a secret of some length"]);
    let mut text = sealer.seal("cookie", &SystemEntropy, b"hello");
    assert_eq!(sealer.open("cookie", &text).unwrap(), b"hello");
    assert!(sealer.open("challenge", &text).is_err());
    *text.last_mut().unwrap() ^= 1;
    assert!(sealer.open("cookie", &text).is_err());
    assert!(sealer.open("cookie", b"short").is_err());
}

#[test]
fn rotation_keeps_old_values_readable() {
    let old = sealer(&["the old secret"]).seal_text("c", &SystemEntropy, b"x");
    assert_eq!(sealer(&["the new secret", "the old secret"]).open_text("c", &old).unwrap(), b"x");
    assert!(sealer(&["the new secret"]).open_text("c", &old).is_err());
}

proptest::proptest! {
    #[test]
    fn packing_round_trips(values in proptest::collection::vec(".*", 0..8)) {
        let sealer = sealer(&["a secret of some length"]);
        let text = sealer.seal_packed("p", &SystemEntropy, &values).unwrap();
        proptest::prop_assert_eq!(sealer.open_packed::<Vec<String>>("p", &text).unwrap(), values);
    }

    #[test]
    fn rubbish_is_refused_not_a_panic(text in ".*") {
        proptest::prop_assert!(sealer(&["a secret of some length"]).open_packed::<String>("p", &text).is_err());
    }
}
