use super::*;

fn plot(points: Vec<(f64, Option<f64>)>) -> Plot {
    let ends = ("12:00".to_owned(), "13:00".to_owned());
    let lines = vec![Line { name: "", second: false, points }];
    Plot { id: "x", title: "Requests", unit: "a second", lines, ends, moments: Vec::new() }
}

#[test]
fn a_line_has_gaps_where_nothing_is_known() {
    let plot = plot(vec![(0.0, Some(0.0)), (0.25, Some(4.0)), (0.5, None), (1.0, Some(5.0))]);
    assert_eq!(plot.strokes(&plot.lines[0]), ["-0.5,120.0 0.0,120.0 150.0,24.0", "599.5,0.0 600.0,0.0"]);
    assert_eq!((plot.top_label(), plot.latest()), ("5.00".to_owned(), "5.00 a second".to_owned()));
    assert!(plot.description().ends_with("now 5.00, at most 5.00."), "{}", plot.description());
}

#[test]
fn nothing_known_is_said_so() {
    let plot = plot(vec![(0.0, None)]);
    assert!(!plot.is_known() && plot.strokes(&plot.lines[0]).is_empty());
    assert_eq!(plot.latest(), "–");
}

#[test]
fn the_scale_ends_at_a_round_number() {
    for (value, expected) in [(0.0, 1.0), (0.03, 0.05), (1.0, 1.0), (7.0, 10.0), (130.0, 200.0)] {
        assert!((round_up(value) - expected).abs() < 1e-9, "{value}");
    }
}
