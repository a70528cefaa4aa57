//! What the reading of the configuration has said, as findings.

use super::{Finding, or_fine};
use crate::config::{Key, Problems};

/// Everything that keeps a service from starting.
pub fn problems(problems: &Problems, keys: &[Key]) -> Vec<Finding> {
    problems.0.iter().map(|problem| one(problem, keys)).collect()
}

fn one(problem: &str, keys: &[Key]) -> Finding {
    let (key, what) = problem.split_once(": ").unwrap_or(("", problem));
    let fix = match nearest(key, keys).filter(|_| what == "is not a known key") {
        Some(known) => format!("write {known}, if that is what is meant; else remove it"),
        None => "correct it in the file, or in the environment variable that lies over it".to_owned(),
    };
    Finding::wrong(key, what).because("the service does not start", fix)
}

/// What it starts with, though it should be known.
pub fn warnings(warnings: &[String]) -> Vec<Finding> {
    let found = warnings.iter().map(|text| {
        if let Some((key, reason)) = text.split_once(" is not supported and has no effect: ") {
            return Finding::warning(key, format!("has no effect: {reason}")).because(
                "what it asks for does not happen",
                "remove the key once you have seen that it is not needed",
            );
        }
        let (key, what) = match text.split_once(": ") {
            Some((key, what)) if !key.contains(' ') => (key, what),
            _ => ("", text.as_str()),
        };
        Finding::warning(key, what).because("the service starts all the same", "change it unless it is meant")
    });
    or_fine(found.collect(), "every key is known, and every value can be used")
}

/// The known key that is written most alike.
fn nearest<'k>(path: &str, keys: &'k [Key]) -> Option<&'k str> {
    let far = |key: &Key| (distance(path, key.path), key.path);
    keys.iter().map(far).min().filter(|(steps, _)| *steps <= 4 && *steps * 3 <= path.len()).map(|(_, path)| path)
}

/// How many letters have to be changed, added or left out (Levenshtein).
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, left) in a.chars().enumerate() {
        let mut diagonal = i;
        let mut before = i + 1;
        let mut next = vec![before];
        for (right, above) in b.iter().zip(row.iter().skip(1)) {
            let cost = diagonal + usize::from(left != *right);
            diagonal = *above;
            before = cost.min(above + 1).min(before + 1);
            next.push(before);
        }
        row = next;
    }
    row.last().copied().unwrap_or_default()
}
