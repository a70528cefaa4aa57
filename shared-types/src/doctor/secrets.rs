//! Whether secrets are there, and hard to guess.

use super::Finding;
use crate::secret::Secret;

/// Shorter ones are within reach of who holds a sealed value and has time.
const ENOUGH: usize = 32;
/// More are hardly all needed.
const MANY: usize = 5;

/// Looks at a list of secrets, newest first. None is no finding here.
pub fn check(key: &str, secrets: &[Secret<String>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, secret) in secrets.iter().enumerate() {
        let text = secret.expose();
        let which = format!("secret {} of {}", index + 1, secrets.len());
        if is_guessable(text) {
            let why = "whoever guesses it opens cookies, keys and sealed columns";
            let fix = "put a new one first, such as `openssl rand -base64 48` writes; keep this one behind it until nothing is sealed with it";
            found.push(Finding::wrong(key, format!("{which} is easily guessed")).because(why, fix));
        } else if text.len() < ENOUGH {
            let what = format!("{which} has {} characters", text.len());
            let fix = format!("put one of {ENOUGH} or more first, such as `openssl rand -base64 48` writes");
            found.push(Finding::warning(key, what).because("short secrets are found by trying", fix));
        }
    }
    let repeated =
        secrets.iter().enumerate().any(|(at, one)| secrets.iter().skip(at + 1).any(|two| one.expose() == two.expose()));
    if repeated {
        found.push(
            Finding::warning(key, "a secret is listed twice")
                .because("nothing has been rotated by it", "remove one of them"),
        );
    }
    if secrets.len() > MANY {
        let what = format!("{} secrets are listed", secrets.len());
        let why = "each of them opens what was sealed with it, and each is tried";
        found.push(Finding::warning(key, what).because(why, "remove the last ones once nothing is sealed with them"));
    }
    found
}

/// Words of examples, and texts of few different characters.
fn is_guessable(text: &str) -> bool {
    const WORDS: &[&str] =
        &["changeme", "change-me", "change_me", "insecure", "youneedtochange", "example", "secretsecret"];
    let lower = text.to_ascii_lowercase();
    let distinct: std::collections::BTreeSet<char> = lower.chars().collect();
    distinct.len() < 6 || WORDS.iter().any(|word| lower.contains(word))
}
