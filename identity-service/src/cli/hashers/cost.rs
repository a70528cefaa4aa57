//! The cost of Argon2 on the command line: what is given there counts more than what is configured.

use std::str::FromStr;

use anyhow::ensure;
use clap::Args;
use shared_types::time::GoDuration;

use crate::config::{self, Argon2, MAX_ARGON2_ITERATIONS, MAX_ARGON2_MEMORY_KIB, MAX_ARGON2_PARALLELISM};

/// A number of bytes, such as `128MB`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Size(u64);

impl Size {
    /// In KiB.
    pub(super) fn kib(self) -> u32 {
        u32::try_from(self.0 / 1024).unwrap_or(u32::MAX)
    }
}

impl FromStr for Size {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        config::bytes(text).map(Self).ok_or_else(|| "must be a number of bytes, such as 128MB".to_owned())
    }
}

/// What does not change while parameters are looked for.
#[derive(Debug, Args)]
pub(super) struct Target {
    /// Lanes.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_ARGON2_PARALLELISM)))]
    parallelism: Option<u32>,
    /// Bytes of a salt.
    #[arg(long, value_parser = clap::value_parser!(u16).range(16..=64))]
    salt_length: Option<u16>,
    /// Bytes of a hash.
    #[arg(long, value_parser = clap::value_parser!(u16).range(16..=128))]
    key_length: Option<u16>,
    /// Memory for all hashes that are computed at once.
    #[arg(long)]
    dedicated_memory: Option<Size>,
    /// How long a hash is meant to take.
    #[arg(long)]
    min_duration: Option<GoDuration>,
    /// By how much the times may differ.
    #[arg(long)]
    expected_deviation: Option<GoDuration>,
}

/// Everything.
#[derive(Debug, Args)]
pub(super) struct Cost {
    /// Memory of one hash.
    #[arg(long)]
    memory: Option<Size>,
    /// Passes over it.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..=i64::from(MAX_ARGON2_ITERATIONS)))]
    iterations: Option<u32>,
    #[command(flatten)]
    target: Target,
}

impl Target {
    /// Laid over what is configured.
    pub(super) fn over(&self, under: Argon2) -> anyhow::Result<Argon2> {
        let cost = Argon2 {
            parallelism: self.parallelism.unwrap_or(under.parallelism),
            salt_length: self.salt_length.map_or(under.salt_length, usize::from),
            key_length: self.key_length.map_or(under.key_length, usize::from),
            dedicated_memory: self
                .dedicated_memory
                .map_or(under.dedicated_memory, |size| usize::try_from(size.0).unwrap_or(usize::MAX)),
            expected_duration: self.min_duration.map_or(under.expected_duration, GoDuration::std),
            expected_deviation: self.expected_deviation.map_or(under.expected_deviation, GoDuration::std),
            ..under
        };
        ensure!(!cost.expected_duration.is_zero(), "--min-duration: must be longer than nothing");
        Ok(cost)
    }
}

impl Cost {
    /// Laid over what is configured.
    pub(super) fn over(&self, under: Argon2) -> anyhow::Result<Argon2> {
        let cost = Argon2 {
            memory_kib: self.memory.map_or(under.memory_kib, Size::kib),
            iterations: self.iterations.unwrap_or(under.iterations),
            ..self.target.over(under)?
        };
        let least = 8 * cost.parallelism;
        ensure!(
            (least..=MAX_ARGON2_MEMORY_KIB).contains(&cost.memory_kib),
            "--memory: must be between {least}KB and {MAX_ARGON2_MEMORY_KIB}KB"
        );
        Ok(cost)
    }
}
