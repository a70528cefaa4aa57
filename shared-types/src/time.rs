//! Time as an argument: one clock per service, read once per request, and Go's duration notation,
//! which is what the configuration files and client lifespans of this field are written in.

use std::{fmt, str::FromStr, time::Duration};

use chrono::{DateTime, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// An instant in UTC. Stored instants have whole microseconds.
pub type Time = DateTime<Utc>;

/// Where the present comes from. Nothing but an implementation of this reads the system clock.
pub trait Clock: Send + Sync {
    /// The present, in whole microseconds.
    fn now(&self) -> Time;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the clock")]
    fn now(&self) -> Time {
        micros(Utc::now())
    }
}

/// Cuts an instant to whole seconds, as JWT claims and client timestamps have it.
pub fn whole_seconds(time: Time) -> Time {
    time.trunc_subsecs(0)
}

/// The instant of a `NumericDate` (RFC 7519 2): seconds since 1970, with or without a fraction. `None`: beyond what a date can be.
pub fn from_numeric_date(seconds: f64) -> Option<Time> {
    // The years 1 to 9999.
    if !(-62_135_596_800.0..=253_402_300_799.0).contains(&seconds) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "within the bounds just checked")]
    DateTime::from_timestamp_micros((seconds * 1_000_000.0).round() as i64)
}

/// Cuts an instant to whole microseconds, which both databases keep exactly.
pub fn micros(time: Time) -> Time {
    time.trunc_subsecs(6)
}

/// A length of time in Go's notation: `15m`, `1h30m`, `168h`, `1.5s`, `300ms`.
///
/// Prints as Go does (`1h0m0s`), so that Go programs read it back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct GoDuration(pub Duration);

/// A text that is not a duration in Go's notation.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a duration such as 15m, 1h30m or 168h")]
pub struct DurationError(String);

impl GoDuration {
    /// A duration of whole seconds.
    pub const fn from_secs(seconds: u64) -> Self {
        Self(Duration::from_secs(seconds))
    }

    /// As the standard library has it.
    pub const fn std(self) -> Duration {
        self.0
    }

    /// As chrono has it; durations beyond its range (292 million years) are cut to it.
    pub fn chrono(self) -> chrono::Duration {
        chrono::Duration::from_std(self.0).unwrap_or(chrono::Duration::MAX)
    }

    /// Whole seconds, the rest cut off.
    pub fn seconds(self) -> i64 {
        i64::try_from(self.0.as_secs()).unwrap_or(i64::MAX)
    }
}

impl FromStr for GoDuration {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, DurationError> {
        let fail = || DurationError(text.to_owned());
        if text == "0" {
            return Ok(Self::default());
        }
        let mut rest = text.strip_prefix('+').unwrap_or(text);
        if rest.is_empty() {
            return Err(fail());
        }
        let mut total = Duration::ZERO;
        while !rest.is_empty() {
            let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(fail)?;
            let (number, tail) = rest.split_at(number_end);
            let unit_end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
            let (unit, tail) = tail.split_at(unit_end);
            let part = part_of(number, unit).ok_or_else(fail)?;
            total = total.checked_add(part).ok_or_else(fail)?;
            rest = tail;
        }
        Ok(Self(total))
    }
}

/// One `number unit` pair in integer arithmetic, so that long durations stay exact.
fn part_of(number: &str, unit: &str) -> Option<Duration> {
    let unit_nanos: u128 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() {
        return None;
    }
    let whole: u128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let mut nanos = whole.checked_mul(unit_nanos)?;
    let mut scale = unit_nanos;
    for digit in fraction.chars() {
        scale /= 10;
        nanos = nanos.checked_add(u128::from(digit.to_digit(10)?).checked_mul(scale)?)?;
    }
    let seconds = u64::try_from(nanos / 1_000_000_000).ok()?;
    let rest = u32::try_from(nanos % 1_000_000_000).ok()?;
    (seconds <= u64::from(u32::MAX) * 4).then(|| Duration::new(seconds, rest))
}

impl fmt::Display for GoDuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, nanos) = (self.0.as_secs(), self.0.subsec_nanos());
        if seconds == 0 && nanos > 0 {
            return match nanos {
                0..1_000 => write!(f, "{nanos}ns"),
                1_000..1_000_000 => write!(f, "{}µs", decimal(u64::from(nanos), 3)),
                _ => write!(f, "{}ms", decimal(u64::from(nanos), 6)),
            };
        }
        if seconds >= 3600 {
            write!(f, "{}h", seconds / 3600)?;
        }
        if seconds >= 60 {
            write!(f, "{}m", seconds / 60 % 60)?;
        }
        let nanos = u64::from(nanos) + (seconds % 60) * 1_000_000_000;
        write!(f, "{}s", decimal(nanos, 9))
    }
}

/// `value / 10^places` without trailing zeros.
fn decimal(value: u64, places: u32) -> String {
    let unit = 10u64.pow(places);
    let (whole, fraction) = (value / unit, value % unit);
    if fraction == 0 {
        return whole.to_string();
    }
    let digits = format!("{fraction:0width$}", width = places as usize);
    format!("{whole}.{}", digits.trim_end_matches('0'))
}

impl Serialize for GoDuration {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for GoDuration {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
