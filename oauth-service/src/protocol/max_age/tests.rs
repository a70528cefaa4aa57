use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Time {
    Time::from_timestamp(seconds, 0).unwrap()
}

#[test]
fn whole_seconds_alone_are_read() {
    assert_eq!(MaxAge::parse("0"), Some(MaxAge(0)));
    assert_eq!(MaxAge::parse("3600"), Some(MaxAge(3600)));
    assert!(MaxAge::parse("99999999999999999999999").is_some());
    for text in ["", "-1", "+1", "1.5", "1h", " 1", "\u{0661}"] {
        assert_eq!(MaxAge::parse(text), None, "{text}");
    }
}

#[test]
fn an_age_is_exceeded_by_the_second_after() {
    let age = MaxAge(60);
    assert!(!age.is_exceeded(at(1000), at(1060)));
    assert!(age.is_exceeded(at(1000), at(1061)));
    assert!(MaxAge(0).is_exceeded(at(1000), at(1000)));
}

proptest! {
    #[test]
    fn no_text_makes_it_fail(text in ".*", seconds in 0i64..4_000_000_000) {
        if let Some(age) = MaxAge::parse(&text) {
            let _ = age.is_exceeded(at(seconds), at(0));
        }
    }
}
