//! A day of samples in memory that never grows.

use std::collections::VecDeque;

use shared_types::time::Time;

/// What is noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Figure {
    Requests,
    Errors,
    Slow,
    LoginsGood,
    LoginsBad,
    Sessions,
    Hashing,
    Messages,
    DatabaseWait,
    Memory,
    Tokens,
    Introspections,
    Refreshes,
    PeerErrors,
    PeerSlow,
    PeerMemory,
}

const FIGURES: usize = 16;
/// A day of samples.
const MOST: usize = 24 * 60 * 4;

/// One moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Sample {
    pub(crate) at: Time,
    /// NaN is unknown.
    values: [f64; FIGURES],
}

impl Sample {
    /// A moment of which nothing is known yet.
    pub(super) const fn at(at: Time) -> Self {
        Self { at, values: [f64::NAN; FIGURES] }
    }

    pub(super) fn set(&mut self, figure: Figure, value: f64) {
        if let Some(place) = self.values.get_mut(figure as usize) {
            *place = value;
        }
    }

    pub(super) fn set_maybe(&mut self, figure: Figure, value: Option<f64>) {
        if let Some(value) = value {
            self.set(figure, value);
        }
    }

    /// What is known.
    pub(crate) fn get(&self, figure: Figure) -> Option<f64> {
        self.values.get(figure as usize).copied().filter(|value| value.is_finite())
    }
}

/// The samples of a day, the oldest first.
#[derive(Debug, Default)]
pub(crate) struct Ring(VecDeque<Sample>);

impl Ring {
    pub(super) fn push(&mut self, sample: Sample) {
        while self.0.len() >= MOST {
            self.0.pop_front();
        }
        self.0.push_back(sample);
    }

    pub(super) fn newest(&self) -> Option<Time> {
        self.0.back().map(|sample| sample.at)
    }

    pub(super) fn since(&self, then: Time) -> Vec<Sample> {
        self.0.iter().filter(|sample| sample.at >= then).copied().collect()
    }
}

#[cfg(test)]
mod tests;
