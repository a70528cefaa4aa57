use shared_types::{testing::TestClock, time::Clock as _};

use super::*;

fn counted(requests: u32) -> Totals {
    Totals::read(&format!(
        "http_requests_total{{code=\"200\",endpoint=\"/x\"}} {requests}\nidentity_events_total{{event=\"LoginFailed\"}} {requests}"
    ))
}

#[test]
fn a_sample_says_what_was_counted_since_the_one_before() {
    let figures = Figures::new(&Metrics::new("test", "1").unwrap()).unwrap();
    let clock = TestClock::default();
    let begin = clock.now();
    let keep = |after: i64, own: u32, peer: Option<u32>| {
        figures.keep(Sample::at(begin + chrono::Duration::seconds(after)), counted(own), peer.map(counted));
    };
    keep(0, 0, Some(10));
    keep(15, 30, Some(40));
    // It was started anew meanwhile, and cannot be reached after that.
    keep(30, 5, None);
    keep(45, 20, Some(3));
    let told: Vec<(Option<f64>, Option<f64>)> = figures
        .since(begin)
        .iter()
        .map(|sample| (sample.get(Figure::Requests), sample.get(Figure::PeerErrors)))
        .collect();
    assert_eq!(told, [(None, None), (Some(2.0), Some(0.0)), (None, None), (Some(1.0), None)]);
    assert_eq!(figures.since(begin)[1].get(Figure::LoginsBad), Some(120.0));
}
