use super::*;

#[test]
fn go_notation_is_read() {
    for (text, millis) in [
        ("15m", 900_000),
        ("1h30m", 5_400_000),
        ("168h", 604_800_000),
        ("1.5s", 1_500),
        ("300ms", 300),
        ("0", 0),
        ("1h0m0.25s", 3_600_250),
    ] {
        assert_eq!(text.parse::<GoDuration>().unwrap().0, Duration::from_millis(millis), "{text}");
    }
}

#[test]
fn what_is_not_a_duration_is_refused() {
    for text in ["", "15", "m", "1d", "-1h", "1h-2m", ".s", "1..2s", "99999999999999999999h", "15 m"] {
        assert!(text.parse::<GoDuration>().is_err(), "{text}");
    }
}

#[test]
fn prints_as_go_does() {
    for (duration, text) in [
        (Duration::from_hours(1), "1h0m0s"),
        (Duration::from_secs(90), "1m30s"),
        (Duration::from_millis(1500), "1.5s"),
        (Duration::from_millis(20), "20ms"),
        (Duration::from_micros(7), "7µs"),
        (Duration::ZERO, "0s"),
    ] {
        assert_eq!(GoDuration(duration).to_string(), text);
    }
}

proptest::proptest! {
    #[test]
    fn printing_and_reading_agree(seconds in 0u64..10_000_000, nanos in 0u32..1_000_000_000) {
        let duration = GoDuration(Duration::new(seconds, nanos));
        proptest::prop_assert_eq!(duration.to_string().parse::<GoDuration>().unwrap(), duration);
    }
}
