//! What a new password must be (contract §4.3): long enough, not too near to an identifier, and not known from breaches.

use std::time::Duration;

use shared_types::http::client::HttpRequest;
use url::Url;

use super::MethodError;
use crate::{
    app::Cx,
    config::PasswordMethod,
    ui::text::{Message, validation},
};

/// Longer texts are not compared: the comparison takes the product of both lengths.
const COMPARED: usize = 256;
/// Passwords fewer changes than this away from an identifier are refused.
const DISTANCE: usize = 5;
/// A registration does not wait longer for the look-up among breached passwords.
const PATIENCE: Duration = Duration::from_secs(1);

/// What is wrong with a password, if anything.
pub(super) async fn judge(cx: &Cx, password: &str, identifiers: &[String]) -> Result<Option<Message>, MethodError> {
    let policy = &cx.config.selfservice.methods.password;
    if let Some(message) = length(policy, cx.hasher.longest(), password) {
        return Ok(Some(message));
    }
    if policy.similarity_check && identifiers.iter().any(|identifier| similar(password, identifier)) {
        return Ok(Some(validation::password_similar()));
    }
    if policy.breach_check {
        return breached(cx, password).await;
    }
    Ok(None)
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

/// Asks the range API of Have I Been Pwned: five hex digits of the SHA-1 leave, the rest is compared here.
async fn breached(cx: &Cx, password: &str) -> Result<Option<Message>, MethodError> {
    let policy = &cx.config.selfservice.methods.password;
    let digest = hex(&openssl::sha::sha1(password.as_bytes()));
    let (prefix, suffix) = digest.split_at(5);
    let url = Url::parse(&format!("https://{}/range/{prefix}", policy.breach_host))
        .map_err(|error| MethodError::Upstream(format!("haveibeenpwned_host: {error}")))?;
    // Padding hides from onlookers how many digests share the prefix.
    let mut request = HttpRequest::new("GET", url).header("add-padding", "true");
    request.timeout = Some(PATIENCE);
    let listed = match cx.http.send(request).await {
        Ok(reply) if reply.status == 200 => String::from_utf8_lossy(&reply.body).into_owned(),
        Ok(_) | Err(_) if policy.ignore_network_errors => return Ok(None),
        Ok(reply) => return Err(MethodError::Upstream(format!("the breach list answered with {}", reply.status))),
        Err(error) => return Err(MethodError::Upstream(error.to_string())),
    };
    let count = count(&listed, suffix);
    Ok((count > u64::from(policy.max_breaches)).then(|| validation::password_breached(count)))
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02X}");
        text
    })
}

/// How often a digest was seen. A line without a count means once.
fn count(listed: &str, suffix: &str) -> u64 {
    let mut lines = listed.lines().map(|line| line.split_once(':').unwrap_or((line, "1")));
    lines
        .find(|(digest, _)| digest.trim().eq_ignore_ascii_case(suffix))
        .map_or(0, |(_, count)| count.trim().parse().unwrap_or(1))
}

#[cfg(test)]
mod tests;
