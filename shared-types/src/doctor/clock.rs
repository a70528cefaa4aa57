//! Whether two clocks agree.

use super::Finding;
use crate::time::Time;

/// More than this is worth a warning: codes of authenticator apps and short-lived proofs begin to fail.
const NOTICED: i64 = 5;
/// More than this breaks tokens: `iat` and `exp` are compared with a minute's patience at most.
const BREAKS: i64 = 60;

/// Compares this machine's clock with another one, both read at about the same moment.
pub fn compare(own: Time, other: Time, whose: &str) -> Finding {
    let seconds = (other - own).num_seconds();
    if seconds.abs() <= NOTICED {
        return Finding::fine(format!("agrees with {whose}"));
    }
    let direction = if seconds > 0 { "behind" } else { "ahead of" };
    let what = format!("this machine's clock is {} seconds {direction} {whose}", seconds.abs());
    let why = "tokens, codes and signed requests are judged by the time: they seem expired, or not yet good";
    let fix = "let both machines follow a time server (NTP)";
    let finding = if seconds.abs() > BREAKS { Finding::wrong("", what) } else { Finding::warning("", what) };
    finding.because(why, fix)
}

/// The instant of an HTTP `Date` header (RFC 9110, 5.6.7).
pub fn of_header(text: &str) -> Option<Time> {
    chrono::DateTime::parse_from_rfc2822(text).ok().map(Into::into)
}
