//! Plots, drawn by the service itself: lines in an SVG, with a title, a description and the same as a table.

use std::fmt::Write as _;

/// Width and height of what is drawn in, in its own units.
const WIDTH: f64 = 600.0;
const HEIGHT: f64 = 120.0;

/// One line of a plot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Line {
    /// What it is called, where there are several.
    pub(crate) name: &'static str,
    /// It is drawn in dashes.
    pub(crate) second: bool,
    /// Where it is from left (0) to right (1), and its value; nothing where it is not known.
    pub(crate) points: Vec<(f64, Option<f64>)>,
}

impl Line {
    /// The known values.
    fn known(&self) -> impl Iterator<Item = f64> + '_ {
        self.points.iter().filter_map(|(_, value)| *value)
    }

    /// The value known last.
    pub(crate) fn latest(&self) -> Option<f64> {
        self.points.iter().rev().find_map(|(_, value)| *value)
    }

    fn highest(&self) -> f64 {
        self.known().fold(0.0, f64::max)
    }
}

/// A row of the table beside a plot: when, and each line's value then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) time: String,
    pub(crate) values: Vec<String>,
}

/// A plot.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plot {
    /// Makes ids of its parts.
    pub(crate) id: &'static str,
    pub(crate) title: &'static str,
    pub(crate) unit: &'static str,
    pub(crate) lines: Vec<Line>,
    /// The times at its left and right end.
    pub(crate) ends: (String, String),
    pub(crate) moments: Vec<Moment>,
}

impl Plot {
    /// Whether anything is known.
    pub(crate) fn is_known(&self) -> bool {
        self.lines.iter().any(|line| line.latest().is_some())
    }

    /// What it shows last, beside its title.
    pub(crate) fn latest(&self) -> String {
        let told = self.lines.iter().filter_map(|line| {
            let value = number(line.latest()?);
            Some(if line.name.is_empty() { value } else { format!("{} {value}", line.name) })
        });
        let told: Vec<String> = told.collect();
        if told.is_empty() {
            "–".to_owned()
        } else {
            format!("{} {}", told.join(", "), self.unit).trim_end().to_owned()
        }
    }

    /// What it shows, in a sentence.
    pub(crate) fn description(&self) -> String {
        let mut text = format!("{}, in {}, from {} to {}.", self.title, self.unit, self.ends.0, self.ends.1);
        for line in &self.lines {
            if let Some(latest) = line.latest() {
                let name = if line.name.is_empty() { String::new() } else { format!("{}: ", line.name) };
                let _ = write!(text, " {name}now {}, at most {}.", number(latest), number(line.highest()));
            }
        }
        text
    }

    /// The value at its upper end.
    pub(crate) fn top(&self) -> f64 {
        round_up(self.lines.iter().map(Line::highest).fold(0.0, f64::max))
    }

    /// The same in words.
    pub(crate) fn top_label(&self) -> String {
        number(self.top())
    }

    /// The parts of a line without gaps, each as the points of a polyline.
    pub(crate) fn strokes(&self, line: &Line) -> Vec<String> {
        let mut strokes = vec![String::new()];
        for (at, value) in &line.points {
            let Some(value) = value else {
                strokes.push(String::new());
                continue;
            };
            let (x, y) = (at * WIDTH, HEIGHT - value / self.top() * HEIGHT);
            if let Some(stroke) = strokes.last_mut() {
                // One alone is a dot as wide as the line.
                let _ = if stroke.is_empty() {
                    write!(stroke, "{:.1},{y:.1} {x:.1},{y:.1}", x - 0.5)
                } else {
                    write!(stroke, " {x:.1},{y:.1}")
                };
            }
        }
        strokes.retain(|stroke| !stroke.is_empty());
        strokes
    }
}

/// A number as people read it.
pub(crate) fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        0.0 => "0".to_owned(),
        value => format!("{value:.2}"),
    }
}

/// The next round number: 1, 2 or 5 with noughts.
fn round_up(value: f64) -> f64 {
    if value <= 0.0 {
        return 1.0;
    }
    let step = 10_f64.powf(value.log10().floor());
    [1.0, 2.0, 5.0, 10.0].iter().map(|times| times * step).find(|round| *round >= value).unwrap_or(value)
}

#[cfg(test)]
mod tests;
