//! What a new password must be (contract §4.3): long enough, not too near to an identifier, and not known from breaches.

use super::MethodError;
use crate::{
    app::Cx,
    config::PasswordMethod,
    source::breach_list,
    ui::text::{Message, validation},
};

/// Longer texts are not compared: the comparison takes the product of both lengths.
const COMPARED: usize = 256;
/// Passwords fewer changes than this away from an identifier are refused.
const DISTANCE: usize = 5;

/// What is wrong with a password, if anything.
pub(super) async fn judge(cx: &Cx, password: &str, identifiers: &[String]) -> Result<Option<Message>, MethodError> {
    let policy = &cx.config.selfservice.methods.password;
    if let Some(message) = length(policy, cx.hasher.longest(), password) {
        return Ok(Some(message));
    }
    if policy.similarity_check && identifiers.iter().any(|identifier| similar(password, identifier)) {
        return Ok(Some(validation::password_similar()));
    }
    breached(cx, password).await
}

fn length(policy: &PasswordMethod, longest: usize, password: &str) -> Option<Message> {
    let actual = password.len();
    let count = |bytes: usize| u64::try_from(bytes).unwrap_or(u64::MAX);
    if actual < policy.min_length {
        Some(validation::password_short(count(policy.min_length), count(actual)))
    } else if actual > longest {
        Some(validation::password_long(count(longest), count(actual)))
    } else {
        None
    }
}

/// Whether a password is a variation of an identifier, or mostly a part of it.
fn similar(password: &str, identifier: &str) -> bool {
    let password: Vec<char> = password.to_lowercase().chars().collect();
    let identifier: Vec<char> = identifier.to_lowercase().chars().collect();
    if password.len() > COMPARED || identifier.len() > COMPARED {
        return false;
    }
    changes(&password, &identifier) < DISTANCE || shared(&password, &identifier) * 2 > password.len()
}

/// Levenshtein's distance: insertions, deletions and replacements from one text to the other.
fn changes(a: &[char], b: &[char]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (at, left) in a.iter().enumerate() {
        let mut diagonal = at;
        let mut last = at + 1;
        for (cell, right) in row.iter_mut().skip(1).zip(b) {
            let replaced = diagonal + usize::from(left != right);
            diagonal = *cell;
            *cell = replaced.min(diagonal + 1).min(last + 1);
            last = *cell;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or(a.len())
}

/// The length of the longest part both texts share.
fn shared(a: &[char], b: &[char]) -> usize {
    let mut longest = 0;
    let mut row = vec![0_usize; b.len()];
    for left in a {
        let mut diagonal = 0;
        for (cell, right) in row.iter_mut().zip(b) {
            let here = if left == right { diagonal + 1 } else { 0 };
            diagonal = *cell;
            *cell = here;
            longest = longest.max(here);
        }
    }
    longest
}

/// Whether a password is known from breaches: by the list in a file, then by the one others keep.
async fn breached(cx: &Cx, password: &str) -> Result<Option<Message>, MethodError> {
    let policy = &cx.config.selfservice.methods.password;
    let digits = data_encoding::HEXUPPER.encode(&openssl::sha::sha1(password.as_bytes()));
    let most = u64::from(policy.max_breaches);
    if let Some(path) = policy.breach_file.clone() {
        let digits = digits.clone();
        let looked_up = tokio::task::spawn_blocking(move || breach_list::count(&path, &digits)).await;
        let looked_up = looked_up.map_err(std::io::Error::other).and_then(|counted| counted);
        let count = tolerated(policy, looked_up)?;
        if count > most {
            return Ok(Some(validation::password_breached(count)));
        }
    }
    if policy.breach_check {
        let count = tolerated(policy, cx.breaches.count(cx, &policy.breach_url, &digits).await)?;
        if count > most {
            return Ok(Some(validation::password_breached(count)));
        }
    }
    Ok(None)
}

/// A list that cannot be asked keeps nobody from choosing a password, unless the configuration says so.
fn tolerated<E: std::error::Error>(policy: &PasswordMethod, counted: Result<u64, E>) -> Result<u64, MethodError> {
    counted.or_else(|error| {
        tracing::warn!(%error, ignored = policy.ignore_network_errors, "breached passwords cannot be looked up");
        if policy.ignore_network_errors { Ok(0) } else { Err(MethodError::Upstream(error.to_string())) }
    })
}

#[cfg(test)]
mod tests;
