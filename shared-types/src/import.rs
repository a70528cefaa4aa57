//! What became of the rows of another program's database, by kind: for the person who moves and for the exit code.

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Map, Value, json};

/// How many rows are named to people under one reason.
const NAMED: usize = 5;
/// How many are named to programs.
const KEPT: usize = 10_000;

/// What became of one row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It is here now.
    Imported,
    /// It was here, and is now as it is there.
    Updated,
    /// It came before, and stays as it is here.
    Unchanged,
    /// It does not come, and need not.
    Skipped(Cow<'static, str>),
    /// It should have come and did not.
    Failed(Cow<'static, str>),
}

impl Outcome {
    const fn label(&self) -> &'static str {
        match self {
            Self::Imported => "imported",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Skipped(_) => "skipped",
            Self::Failed(_) => "failed",
        }
    }

    fn reason(&self) -> Option<&str> {
        match self {
            Self::Skipped(why) | Self::Failed(why) => Some(why),
            _ => None,
        }
    }
}

/// The words of a report, in the order they are shown.
const LABELS: [&str; 5] = ["imported", "updated", "unchanged", "skipped", "failed"];

/// Rows that share a reason.
#[derive(Debug, Clone, Default)]
struct Reason {
    count: usize,
    some: Vec<String>,
}

#[derive(Debug, Clone, Default)]
struct Kind {
    counts: BTreeMap<&'static str, usize>,
    reasons: BTreeMap<(&'static str, String), Reason>,
}

/// Counts by kind, with reasons, and what else is to be said.
#[derive(Debug, Clone, Default)]
pub struct Report {
    kinds: Vec<(&'static str, Kind)>,
    notes: Vec<String>,
}

impl Report {
    /// Shows a kind though none of its rows came.
    pub fn begin(&mut self, kind: &'static str) {
        if !self.kinds.iter().any(|(known, _)| *known == kind) {
            self.kinds.push((kind, Kind::default()));
        }
    }

    /// Counts a row; `row` says which, where there is a reason to.
    pub fn count(&mut self, kind: &'static str, row: &str, outcome: &Outcome) {
        self.begin(kind);
        for (_, kind) in self.kinds.iter_mut().filter(|(known, _)| *known == kind) {
            *kind.counts.entry(outcome.label()).or_default() += 1;
            if let Some(why) = outcome.reason() {
                kind.because(outcome.label(), why, row);
            }
        }
    }

    /// Says something about a row that comes all the same.
    pub fn warn(&mut self, kind: &'static str, row: &str, why: &str) {
        self.begin(kind);
        for (_, kind) in self.kinds.iter_mut().filter(|(known, _)| *known == kind) {
            kind.because("warning", why, row);
        }
    }

    /// Says something about the whole.
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    /// Whether a row should have come and did not.
    pub fn has_failures(&self) -> bool {
        self.kinds.iter().any(|(_, kind)| kind.counts.contains_key("failed"))
    }

    /// For programs.
    pub fn to_json(&self) -> Value {
        let kinds: Map<String, Value> =
            self.kinds.iter().map(|(name, kind)| ((*name).to_owned(), kind.to_json())).collect();
        json!({"kinds": kinds, "notes": self.notes, "failed": self.has_failures()})
    }

    /// For people: a table, then reasons and notes.
    pub fn lines(&self) -> Vec<String> {
        let width = self.kinds.iter().map(|(name, _)| name.len()).max().unwrap_or_default().max(4);
        let mut lines = vec![format!("{:width$}  {}", "", LABELS.map(|label| format!("{label:>9}")).join("  "))];
        for (name, kind) in &self.kinds {
            let cells = LABELS.map(|label| format!("{:>9}", kind.counts.get(label).copied().unwrap_or_default()));
            lines.push(format!("{name:width$}  {}", cells.join("  ")));
        }
        for (name, kind) in &self.kinds {
            for ((label, why), reason) in &kind.reasons {
                let more = if reason.count > NAMED { ", .." } else { "" };
                let some: Vec<&str> = reason.some.iter().take(NAMED).map(String::as_str).collect();
                lines.push(format!("{name}: {label} {}: {why} ({}{more})", reason.count, some.join(", ")));
            }
        }
        lines.extend(self.notes.iter().map(|note| format!("note: {note}")));
        lines
    }
}

impl Kind {
    fn because(&mut self, label: &'static str, why: &str, row: &str) {
        let reason = self.reasons.entry((label, why.to_owned())).or_default();
        reason.count += 1;
        if reason.some.len() < KEPT {
            reason.some.push(row.to_owned());
        }
    }

    fn to_json(&self) -> Value {
        let mut body: Map<String, Value> = LABELS
            .iter()
            .map(|label| ((*label).to_owned(), json!(self.counts.get(label).copied().unwrap_or_default())))
            .collect();
        let reasons = self.reasons.iter().map(|((label, why), reason)| {
            json!({"outcome": label, "reason": why, "count": reason.count, "rows": reason.some})
        });
        body.insert("reasons".to_owned(), reasons.collect());
        Value::Object(body)
    }
}

#[cfg(test)]
mod tests;
