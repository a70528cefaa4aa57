//! `hashers`: how new passwords are hashed (contract §4.4).

use std::time::Duration;

use super::read::Reader;

/// The most Argon2 may cost, here and in hashes of other systems: 1 GiB,
pub(crate) const MAX_ARGON2_MEMORY_KIB: u32 = 1 << 20;
/// this many passes over it,
pub(crate) const MAX_ARGON2_ITERATIONS: u32 = 10;
/// and this many lanes.
pub(crate) const MAX_ARGON2_PARALLELISM: u32 = 16;

/// How new passwords are hashed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hashers {
    pub(crate) algorithm: HashAlgorithm,
    pub(crate) bcrypt_cost: u32,
    pub(crate) argon2: Argon2,
}

/// By which algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum HashAlgorithm {
    Bcrypt,
    Argon2,
}

/// `hashers.argon2`: Argon2id.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Argon2 {
    pub(crate) memory_kib: u32,
    pub(crate) iterations: u32,
    pub(crate) parallelism: u32,
    pub(crate) salt_length: usize,
    pub(crate) key_length: usize,
    /// How long a hash is meant to take; what `hashers argon2 calibrate` aims at.
    pub(crate) expected_duration: Duration,
    pub(crate) expected_deviation: Duration,
    /// Bytes all hashes that are computed at once may take.
    pub(crate) dedicated_memory: usize,
}

/// Reads `hashers`. Costs of bcrypt below 12 are raised unless the service runs for development.
pub(super) fn read(r: &Reader<'_>, dev: bool) -> Hashers {
    let algorithm = match r.text("hashers.algorithm").as_deref() {
        None | Some("bcrypt") => HashAlgorithm::Bcrypt,
        Some("argon2") => HashAlgorithm::Argon2,
        Some(_) => {
            r.problem("hashers.algorithm", "must be \"bcrypt\" or \"argon2\"");
            HashAlgorithm::Bcrypt
        }
    };
    // What is hashed must be comparable with, and that is bounded at 15.
    let cost = r.number("hashers.bcrypt.cost", 12_u32, 4..=15);
    let floor = if dev { 4 } else { 12 };
    if cost < floor {
        r.warn(format!("hashers.bcrypt.cost: {cost} is raised to {floor}"));
    }
    Hashers { algorithm, bcrypt_cost: cost.max(floor), argon2: argon2(r) }
}

fn argon2(r: &Reader<'_>) -> Argon2 {
    let path = |name: &str| format!("hashers.argon2.{name}");
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZeroUsize::get);
    let lanes = u32::try_from(2 * cores).unwrap_or(u32::MAX).min(MAX_ARGON2_PARALLELISM);
    let parallelism = r.number(&path("parallelism"), lanes, 1..=MAX_ARGON2_PARALLELISM);
    let memory = r.size(&path("memory"), 128 << 20);
    let memory_kib = u32::try_from(memory / 1024).unwrap_or(u32::MAX);
    if !(8 * parallelism..=MAX_ARGON2_MEMORY_KIB).contains(&memory_kib) {
        r.problem(&path("memory"), "must be between 8KB for each of `parallelism` and 1GB");
    }
    let dedicated = r.size(&path("dedicated_memory"), 1 << 30);
    if dedicated < memory {
        r.warn(format!("{}: less than one hash takes; hashes are computed one at a time", path("dedicated_memory")));
    }
    let half_a_second = Duration::from_millis(500);
    Argon2 {
        memory_kib,
        iterations: r.number(&path("iterations"), 1, 1..=MAX_ARGON2_ITERATIONS),
        parallelism,
        salt_length: usize::from(r.number(&path("salt_length"), 16_u8, 16..=64)),
        key_length: usize::from(r.number(&path("key_length"), 32_u8, 16..=128)),
        expected_duration: r.duration(&path("expected_duration"), half_a_second),
        expected_deviation: r.duration(&path("expected_deviation"), half_a_second),
        dedicated_memory: usize::try_from(dedicated).unwrap_or(usize::MAX),
    }
}
