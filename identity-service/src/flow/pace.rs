//! Answers at a steady pace: what was done to find them is not to be read from the time they took.
//!
//! The same statements run for an address that nobody has, but no two ways through a program cost exactly the same, and
//! who asks a thousand times sees a difference of a twentieth. So that there is nothing to see, answers that follow the
//! sending of a code or link leave at the next of the instants that are [`STEP`] apart, counted from the request.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// How far apart the instants are: more than the work takes, less than anybody notices who waits for a mail.
const STEP: Duration = Duration::from_millis(50);

/// When the work was begun.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pace(Instant);

impl Pace {
    /// From now on.
    pub(super) fn begun() -> Self {
        Self(Instant::now())
    }

    /// Waits for the next instant at which an answer may leave.
    pub(super) async fn keep(self) {
        sleep_until(self.0 + next(self.0.elapsed())).await;
    }
}

/// The first instant after so much time; whole steps.
fn next(elapsed: Duration) -> Duration {
    let steps = elapsed.as_nanos() / STEP.as_nanos() + 1;
    STEP.saturating_mul(u32::try_from(steps).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_took_less_and_what_took_more_leave_together() {
        for worked in [0, 1, 7, 49] {
            assert_eq!(next(Duration::from_millis(worked)), STEP, "after {worked} ms of work");
        }
    }

    #[test]
    fn there_is_always_a_wait() {
        assert_eq!(next(Duration::ZERO), STEP);
        assert_eq!(next(STEP), 2 * STEP);
        assert_eq!(next(3 * STEP + Duration::from_nanos(1)), 4 * STEP);
    }
}
