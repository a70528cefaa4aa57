use chrono::DateTime;

use super::Shared;

/// RFC 6238, appendix B: the last six of the eight digits there.
const VECTORS: [(i64, &str); 6] = [
    (59, "287082"),
    (1_111_111_109, "081804"),
    (1_111_111_111, "050471"),
    (1_234_567_890, "005924"),
    (2_000_000_000, "279037"),
    (20_000_000_000, "353130"),
];

fn shared() -> Shared {
    Shared(b"12345678901234567890".to_vec())
}

#[test]
fn codes_are_those_of_the_rfc() {
    for (seconds, code) in VECTORS {
        let now = DateTime::from_timestamp(seconds, 0).unwrap();
        assert_eq!(shared().step_of(code, now, None), Some(u64::try_from(seconds / 30).unwrap()), "{seconds}");
    }
}

#[test]
fn a_code_is_good_for_its_step_and_its_neighbours_and_once() {
    let at = |seconds: i64| DateTime::from_timestamp(seconds, 0).unwrap();
    let shared = shared();
    assert_eq!(shared.step_of("287082", at(30), None), Some(1));
    assert_eq!(shared.step_of("287082", at(89), None), Some(1));
    assert_eq!(shared.step_of("287082", at(90), None), None);
    assert_eq!(shared.step_of("287082", at(59), Some(1)), None);
    assert_eq!(shared.step_of("287082", at(59), Some(0)), Some(1));
    for wrong in ["287083", "28708", "2870820", "", "٢٨٧٠٨٢"] {
        assert_eq!(shared.step_of(wrong, at(59), None), None, "{wrong}");
    }
}

#[test]
fn the_url_gives_the_secret_back() {
    let url = shared().url("Portico & Co", "ada@example.org");
    assert!(url.starts_with("otpauth://totp/Portico%20%26%20Co:ada%40example%2Eorg?"), "{url}");
    assert_eq!(Shared::of_url(&url).unwrap().0, shared().0);
    for foreign in [
        "https://example.org/?secret=GEZDGNBV",
        "otpauth://totp/a",
        "otpauth://totp/a?secret=GEZDGNBV&digits=8",
        "nonsense",
    ] {
        assert!(Shared::of_url(foreign).is_none(), "{foreign}");
    }
}
