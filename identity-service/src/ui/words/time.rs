//! Instants and lengths of time in words.

use chrono::{DateTime, Datelike as _, Duration, Timelike as _, Utc};
use serde_json::Value;

use super::Words;

/// An instant given by its seconds since 1970.
pub(super) fn instant(value: &Value) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(value.as_i64()?, 0)
}

/// A day and its time.
pub(super) fn moment(words: &Words, at: DateTime<Utc>) -> String {
    let months = words.say("time.months");
    let month = months.split(' ').nth(usize::try_from(at.month0()).unwrap_or(0)).unwrap_or_default();
    words.fill(
        "time.moment",
        &[
            ("day", at.day().into()),
            ("month", month.into()),
            ("year", at.year().into()),
            ("time", format!("{:02}:{:02}", at.hour(), at.minute()).into()),
        ],
    )
}

/// How long ago something was.
pub(super) fn ago(words: &Words, past: Duration) -> String {
    length(words, "time.ago", past)
}

/// How long something lasts from now on.
pub(super) fn span(words: &Words, left: Duration) -> String {
    // To the nearest minute: an instant has passed since somebody was told for how long.
    length(words, "time.span", left + Duration::seconds(30))
}

fn length(words: &Words, kind: &str, length: Duration) -> String {
    let (unit, number) = match (length.num_days(), length.num_hours(), length.num_minutes()) {
        (1.., _, _) => ("days", length.num_days()),
        (_, 1.., _) => ("hours", length.num_hours()),
        (_, _, 1..) => ("minutes", length.num_minutes()),
        _ => ("now", 0),
    };
    words.fill(&format!("{kind}.{unit}"), &[("n", number.into())])
}
