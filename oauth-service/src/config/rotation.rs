//! `keys.rotation`: whether this server replaces its signing keys by itself. Ours; off unless `interval` is set.

use std::time::Duration;

use shared_types::time::GoDuration;

use super::read::Reader;

/// When keys follow one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyRotation {
    /// For how long a key signs.
    pub(crate) interval: GoDuration,
    /// For how long its successor is published before it takes over.
    pub(crate) overlap: GoDuration,
}

const DAY: Duration = Duration::from_hours(24);
/// Relying parties that keep the published keys for a while must see a new one before it signs.
const LEAST: Duration = Duration::from_mins(1);

/// Reads the section.
pub(super) fn read(r: &Reader<'_>) -> Option<KeyRotation> {
    let overlap = r.maybe_duration("keys.rotation.overlap");
    let Some(interval) = r.maybe_duration("keys.rotation.interval") else {
        if overlap.is_some() {
            r.problem("keys.rotation.overlap", "counts only together with keys.rotation.interval");
        }
        return None;
    };
    let overlap = overlap.unwrap_or_else(|| DAY.min(interval / 2));
    if overlap < LEAST || overlap >= interval {
        r.problem("keys.rotation", "interval must be longer than overlap, and overlap at least 1m");
    }
    Some(KeyRotation { interval: GoDuration(interval), overlap: GoDuration(overlap) })
}
