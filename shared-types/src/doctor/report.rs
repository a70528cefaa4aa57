//! All that was found, as text for people and as JSON for programs.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::{Finding, Level};

/// The findings of one run, by check.
#[derive(Debug, Clone)]
pub struct Report {
    service: &'static str,
    checks: Vec<(&'static str, Vec<Finding>)>,
}

impl Report {
    /// A report of this service.
    pub const fn new(service: &'static str) -> Self {
        Self { service, checks: Vec::new() }
    }

    /// Adds what a check has found; one that has found nothing was not made.
    pub fn add(&mut self, check: &'static str, found: Vec<Finding>) {
        if !found.is_empty() {
            self.checks.push((check, found));
        }
    }

    /// How many findings are of this level.
    pub fn count(&self, level: Level) -> usize {
        self.checks.iter().flat_map(|(_, found)| found).filter(|finding| finding.level == level).count()
    }

    /// Whether something is wrong.
    pub fn failed(&self) -> bool {
        self.count(Level::Wrong) > 0
    }

    /// One object.
    pub fn json(&self) -> Value {
        let checks: Vec<Value> =
            self.checks.iter().map(|(name, found)| json!({"check": name, "findings": found})).collect();
        json!({
            "service": self.service, "ok": !self.failed(), "wrong": self.count(Level::Wrong),
            "warnings": self.count(Level::Warning), "checks": checks,
        })
    }

    /// Lines for a terminal.
    pub fn text(&self) -> String {
        let mut out = String::new();
        for (name, found) in &self.checks {
            let _ = writeln!(out, "{name}");
            for finding in found {
                write_finding(&mut out, finding);
            }
        }
        let (wrong, warnings) = (self.count(Level::Wrong), self.count(Level::Warning));
        let plural = if warnings == 1 { "" } else { "s" };
        let _ = write!(out, "\n{}: {wrong} wrong, {warnings} warning{plural}", self.service);
        out
    }
}

fn write_finding(out: &mut String, finding: &Finding) {
    let mark = match finding.level {
        Level::Fine => "fine   ",
        Level::Warning => "warning",
        Level::Wrong => "WRONG  ",
    };
    let key = if finding.key.is_empty() { String::new() } else { format!("{}: ", finding.key) };
    let _ = writeln!(out, "  {mark}  {key}{}", finding.what);
    for (label, text) in [("why", &finding.why), ("do", &finding.fix)] {
        if !text.is_empty() {
            let _ = writeln!(out, "           {label:<3}  {text}");
        }
    }
}
