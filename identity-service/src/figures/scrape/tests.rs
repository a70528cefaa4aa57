use super::*;

const TEXT: &str = r#"# HELP http_requests_total Answered requests
http_requests_total{app="x",code="200",endpoint="/oauth2/token",method="POST"} 7
http_requests_total{app="x",code="400",endpoint="/oauth2/token",method="POST"} 2
http_requests_total{app="x",code="503",endpoint="/userinfo",method="GET"} 1
http_requests_total{app="x",code="200",endpoint="/health/ready",method="GET"} 99
http_requests_duration_seconds_bucket{app="x",code="200",endpoint="/userinfo",method="GET",le="0.1"} 98
http_requests_duration_seconds_bucket{app="x",code="200",endpoint="/userinfo",method="GET",le="0.5"} 100
http_requests_duration_seconds_bucket{app="x",code="200",endpoint="/userinfo",method="GET",le="+Inf"} 100
identity_events_total{app="x",event="LoginFailed"} 3
oauth2_grants_total{app="x",grant_type="refresh_token"} 4
process_resident_memory_bytes{app="x"} 1048576
"#;

#[test]
fn sums_are_read() {
    let totals = Totals::read(TEXT);
    assert_eq!((totals.requests(), totals.errors(), totals.memory()), (10.0, 1.0, 1_048_576.0));
    assert_eq!((totals.answered("/oauth2/token"), totals.event("LoginFailed")), (7.0, 3.0));
    assert_eq!((totals.grant("refresh_token"), totals.grant("none")), (4.0, 0.0));
}

#[test]
fn percentiles_lie_between_the_limits_of_buckets() {
    let (none, totals) = (Totals::default(), Totals::read(TEXT));
    let slow = totals.percentile(&none, 0.99).unwrap();
    assert!((slow - 0.3).abs() < 1e-9, "{slow}");
    // Nothing was asked since.
    assert_eq!(totals.percentile(&totals, 0.99), None);
}

#[test]
fn what_cannot_be_read_is_passed_over() {
    assert_eq!(Totals::read("nonsense\nhttp_requests_total{code=\"200\" x\n\u{0}"), Totals::default());
}
