//! bcrypt: new hashes, and what other systems wrote (contract §4.4).

use super::Error;

/// What bcrypt looks at.
pub(crate) const MAX_BYTES: usize = 72;
/// The highest cost an imported hash may have; more would let one import keep a core busy for minutes.
const MAX_IMPORT_COST: u32 = 15;

/// A hash in the `$2b$` notation.
pub(super) fn hash(password: &str, cost: u32, salt: [u8; 16]) -> Result<String, Error> {
    let parts = ::bcrypt::hash_with_salt(password, cost, salt).map_err(|_| Error::Unreadable)?;
    Ok(parts.format_for_version(::bcrypt::Version::TwoB))
}

/// Is this the password behind a stored hash?
pub(super) fn verify(password: &str, stored: &str) -> Result<bool, Error> {
    ::bcrypt::verify(password, stored).map_err(|_| Error::Unreadable)
}

/// Should a matching hash be replaced by one of `cost`?
pub(super) fn is_due(stored: &str, cost: u32) -> bool {
    cost_of(stored) != Some(cost)
}

/// A hash no password is known for.
pub(super) fn dummy(cost: u32) -> String {
    format!("$2b${cost:02}$Vq3mXy0hTn8sKc5eRw1uLO1rD6fGzB4jPa9oQiNkSbUxEtHvYlMCe")
}

/// Is this a bcrypt hash that can be imported?
pub(crate) fn is_importable(hash: &str) -> bool {
    let body = hash.split('$').nth(3).unwrap_or_default();
    let alphabet = |b: u8| b.is_ascii_alphanumeric() || b == b'.' || b == b'/';
    hash.len() == 60
        && hash.split('$').count() == 4
        && hash.starts_with('$')
        && matches!(hash.split('$').nth(1), Some("2a" | "2b" | "2x" | "2y"))
        && cost_of(hash).is_some_and(|cost| (4..=MAX_IMPORT_COST).contains(&cost))
        && body.len() == 53
        && body.bytes().all(alphabet)
        && hash.parse::<::bcrypt::HashParts>().is_ok()
}

/// The cost a hash was made with.
fn cost_of(hash: &str) -> Option<u32> {
    hash.split('$').nth(2)?.parse().ok()
}
