//! bcrypt: `$2b$<cost>$<salt><hash>`, the default of new hashes.

use super::{Error, Unusable, stored::Stored, text};

/// What bcrypt looks at.
pub(super) const MAX_BYTES: usize = 72;
/// Bytes of a salt.
pub(super) const SALT: usize = 16;
/// A higher cost would keep a core busy for many seconds.
const MAX_COST: u32 = 15;

/// The letters differ by who fixed which of his own mistakes; the computation is one.
const LETTERS: [&str; 5] = ["2", "2a", "2b", "2y", "2z"];

struct Hash(String);

/// Reads `$2a$12$..`.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    let [letters, cost, body] = text::parts(text, "$2b$<cost>$<salt and hash>")?;
    if !LETTERS.contains(&letters) {
        return Err(Unusable::new("its kind of bcrypt is not known"));
    }
    let number = cost.parse().map_err(|_| Unusable::new("its cost must be a number"))?;
    text::within("its cost", number, 4..=MAX_COST)?;
    let alphabet = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/';
    let common = format!("$2b${cost}${body}");
    let whole = cost.len() == 2 && body.len() == 53 && body.bytes().all(alphabet);
    if !whole || common.parse::<::bcrypt::HashParts>().is_err() {
        return Err(Unusable::new("must have 53 characters of salt and hash after a cost of two digits"));
    }
    Ok(Box::new(Hash(common)))
}

impl Stored for Hash {
    fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        ::bcrypt::verify(password, &self.0).map_err(|_| Error::Unreadable)
    }
}

/// A hash in the `$2b$` notation.
pub(super) fn hash(password: &[u8], cost: u32, salt: &[u8]) -> Result<String, Error> {
    let salt = salt.first_chunk::<SALT>().ok_or(Error::Unreadable)?;
    let parts = ::bcrypt::hash_with_salt(password, cost, *salt).map_err(|_| Error::Unreadable)?;
    Ok(parts.format_for_version(::bcrypt::Version::TwoB))
}

/// Should a matching hash be replaced by one of `cost`?
pub(super) fn is_due(stored: &str, cost: u32) -> bool {
    let mut parts = stored.split('$').skip(1);
    let ours = parts.next().is_some_and(|letters| LETTERS.contains(&letters));
    !ours || parts.next().and_then(|text| text.parse().ok()) != Some(cost)
}
