use super::*;

fn at(seconds: i64) -> Time {
    Time::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

#[test]
fn who_asks_too_soon_waits_for_longer_each_time() {
    let first = Polling { interval: 5, last: None }.asked(at(0)).unwrap();
    let second = first.asked(at(5)).unwrap();
    let slowed = second.asked(at(9)).unwrap_err();
    assert_eq!(slowed, Polling { interval: 10, last: Some(at(9)) });
    assert_eq!(slowed.asked(at(18)).unwrap_err().interval, 15);
    assert_eq!(slowed.asked(at(19)).unwrap().interval, 10);
}
