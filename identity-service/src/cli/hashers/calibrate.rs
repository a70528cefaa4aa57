//! Looks for the parameters that make a hash take so long: as much memory as there may be first, then passes over it.

use std::time::Duration;

use crate::config::{Argon2, MAX_ARGON2_ITERATIONS};

/// Within what it is looked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    /// The most memory.
    pub(super) most_kib: u32,
    /// How far two tries lie apart.
    pub(super) step_kib: u32,
    /// How long a hash may take.
    pub(super) target: Duration,
}

impl Search {
    /// The dearest parameters that stay within the target, or the cheapest there are. `measure` says how long a hash takes.
    pub(super) async fn run(
        &self,
        begin: Argon2,
        mut measure: impl AsyncFnMut(&Argon2) -> anyhow::Result<Duration>,
    ) -> anyhow::Result<Argon2> {
        let least = 8 * begin.parallelism;
        let iterations = begin.iterations.clamp(1, MAX_ARGON2_ITERATIONS);
        let mut cost = Argon2 { memory_kib: begin.memory_kib.clamp(least, self.most_kib), iterations, ..begin };
        let mut took = measure(&cost).await?;
        while took <= self.target && cost.memory_kib < self.most_kib {
            cost.memory_kib = cost.memory_kib.saturating_add(self.step_kib).min(self.most_kib);
            took = measure(&cost).await?;
        }
        while took > self.target {
            let Some(cheaper) = self.cheaper(&cost) else { return Ok(cost) };
            cost = cheaper;
            took = measure(&cost).await?;
        }
        while cost.iterations < MAX_ARGON2_ITERATIONS {
            let dearer = Argon2 { iterations: cost.iterations + 1, ..cost };
            if measure(&dearer).await? > self.target {
                break;
            }
            cost = dearer;
        }
        Ok(cost)
    }

    /// The next cheaper parameters: fewer passes, then less memory; by halves where a step would leave none.
    pub(super) fn cheaper(&self, cost: &Argon2) -> Option<Argon2> {
        if cost.iterations > 1 {
            return Some(Argon2 { iterations: cost.iterations - 1, ..*cost });
        }
        let least = 8 * cost.parallelism;
        let stepped = cost.memory_kib.saturating_sub(self.step_kib);
        let memory_kib = if stepped >= least { stepped } else { (cost.memory_kib / 2).max(least) };
        (memory_kib < cost.memory_kib).then_some(Argon2 { memory_kib, ..*cost })
    }
}

#[cfg(test)]
mod tests;
