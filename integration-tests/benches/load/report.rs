//! The table that is printed at the end.

use std::io::Write as _;

use crate::{closed_loop::Outcome, profile::Profile, system::System};

/// Lines as they come in.
#[derive(Default)]
pub(crate) struct Report {
    head: Vec<String>,
    rows: Vec<String>,
    memory: Vec<String>,
    notes: Vec<String>,
    raw_bcrypt: Option<f64>,
}

impl Report {
    /// What the figures were taken on.
    pub(crate) fn machine(&mut self) {
        let cores = std::thread::available_parallelism().map_or(0, usize::from);
        let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let model = cpu.lines().find_map(|line| line.strip_prefix("model name")).unwrap_or_default();
        let model = model.trim_start_matches([' ', '\t', ':']);
        self.head.push(format!("{cores} cores shared by services, database and load generator ({model})"));
    }

    pub(crate) fn raw_bcrypt(&mut self, per_second: f64) {
        self.head.push(format!("raw bcrypt, cost 12, every core: {per_second:.1} hashes/s"));
        self.raw_bcrypt = Some(per_second);
    }

    pub(crate) fn started(&mut self, system: &System) {
        for (name, memory, started_in) in system.state() {
            self.memory.push(format!(
                "{:<10} {name:<17} ready after {:>4} ms, {:>5.1} MB before load",
                system.name,
                started_in.as_millis(),
                megabytes(memory)
            ));
        }
    }

    pub(crate) fn stopped(&mut self, system: &System) {
        for (name, memory, _) in system.state() {
            self.memory.push(format!("{:<10} {name:<17} {:>5.1} MB after load", system.name, megabytes(memory)));
        }
    }

    pub(crate) fn row(&mut self, system: &str, profile: Profile, outcome: &Outcome) {
        let milliseconds = |quantile: f64| outcome.latencies.value_at_quantile(quantile) as f64 / 1000.0;
        let goal = match (profile, self.raw_bcrypt) {
            (Profile::PasswordLogin, Some(raw)) => format!("{:.0} % of raw bcrypt", outcome.per_second / raw * 100.0),
            _ if outcome.remark.is_some() => outcome.remark.clone().unwrap_or_default(),
            _ => profile.goal().map_or_else(String::new, |goal| format!("goal {goal}")),
        };
        self.rows.push(format!(
            "{system:<10} {:<28} {:>9.0} {:>9.2} {:>9.2} {:>7}   {goal}",
            profile.name(),
            outcome.per_second,
            milliseconds(0.5),
            milliseconds(0.99),
            outcome.errors,
        ));
        if let Some(example) = &outcome.example {
            self.note(format!("{system}: {}: for example {example}", profile.name()));
        }
        // The whole table comes at the end; a line now shows that something happens.
        let _ = writeln!(std::io::stderr(), "{}", self.rows.last().map_or("", String::as_str));
    }

    pub(crate) fn note(&mut self, text: String) {
        let _ = writeln!(std::io::stderr(), "{text}");
        self.notes.push(text);
    }

    pub(crate) fn print(&self) -> anyhow::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out)?;
        for line in &self.head {
            writeln!(out, "{line}")?;
        }
        let titles = ["system", "profile", "per s", "p50 ms", "p99 ms", "errors"];
        let [system, profile, rate, p50, p99, errors] = titles;
        writeln!(out, "\n{system:<10} {profile:<28} {rate:>9} {p50:>9} {p99:>9} {errors:>7}")?;
        for line in
            self.rows.iter().chain([&String::new()]).chain(&self.memory).chain([&String::new()]).chain(&self.notes)
        {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}
