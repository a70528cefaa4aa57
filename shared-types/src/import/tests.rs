//! A report as it is read.

use serde_json::json;

use super::{Outcome, Report};

#[test]
fn a_report_counts_and_gives_reasons() {
    let mut report = Report::default();
    report.begin("clients");
    report.count("keys", "k", &Outcome::Imported);
    for number in 0..7 {
        report.count("keys", &number.to_string(), &Outcome::Skipped("too old".into()));
    }
    assert!(!report.has_failures());
    report.count("clients", "shop", &Outcome::Failed("unreadable".into()));
    report.note("Mind the gap.");
    assert!(report.has_failures());
    let lines = report.lines();
    assert_eq!(lines[0], "          imported    updated  unchanged    skipped     failed");
    assert_eq!(lines[1], "clients          0          0          0          0          1");
    assert_eq!(lines[2], "keys             1          0          0          7          0");
    assert_eq!(lines[3], "clients: failed 1: unreadable (shop)");
    assert_eq!(lines[4], "keys: skipped 7: too old (0, 1, 2, 3, 4, ..)");
    assert_eq!(lines[5], "note: Mind the gap.");
    let body = report.to_json();
    assert_eq!(body["kinds"]["keys"]["skipped"], json!(7));
    assert_eq!(body["kinds"]["clients"]["reasons"][0]["rows"], json!(["shop"]));
    assert_eq!(body["failed"], json!(true));
}
