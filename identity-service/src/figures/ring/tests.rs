use shared_types::{testing::TestClock, time::Clock as _};

use super::*;

#[test]
fn a_day_is_kept_and_no_more() {
    let clock = TestClock::default();
    let begin = clock.now();
    let mut ring = Ring::default();
    for number in 0..MOST + 100 {
        let mut sample = Sample::at(begin + chrono::Duration::seconds(15 * i64::try_from(number).unwrap()));
        sample.set(Figure::Requests, 1.0);
        ring.push(sample);
    }
    assert_eq!(ring.since(begin).len(), MOST);
    let newest = ring.newest().unwrap();
    let hour = ring.since(newest - chrono::Duration::hours(1));
    assert_eq!(hour.len(), 241);
    assert_eq!((hour[0].get(Figure::Requests), hour[0].get(Figure::PeerMemory)), (Some(1.0), None));
}
