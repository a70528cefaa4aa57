//! The crypt(3) of glibc: `$sha256-crypt$[rounds=<n>$]<salt>$<hash>`, elsewhere `$5$..`, and `$sha512-crypt$..` for `$6$..`.

use sha_crypt::{PasswordHashRef, PasswordVerifier as _, ShaCrypt, password_hash};

use super::{Error, Unusable, stored::Stored, text};

/// crypt(3) itself would go on for many minutes.
const MAX_ROUNDS: u32 = 5_000_000;

struct Hash(String);

/// Reads `$sha256-crypt$..` and `$sha512-crypt$..`.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    let (number, length, rest) = match text.strip_prefix("$sha256-crypt$") {
        Some(rest) => ('5', 43, rest),
        None => ('6', 86, text.strip_prefix("$sha512-crypt$").unwrap_or_default()),
    };
    let wrong = || Unusable::new(format_args!("must look like [rounds=..$]<salt>$<hash of {length} characters>"));
    let parts: Vec<&str> = rest.split('$').collect();
    let hash = match parts.as_slice() {
        [rounds, _, hash] => {
            let [rounds] = text::numbers(rounds, ["rounds"])?;
            text::within("rounds", rounds, 1000..=MAX_ROUNDS)?;
            hash
        }
        [_, hash] => hash,
        _ => return Err(wrong()),
    };
    let common = format!("${number}${rest}");
    if hash.len() != length || PasswordHashRef::new(&common).is_err() {
        return Err(wrong());
    }
    Ok(Box::new(Hash(common)))
}

impl Stored for Hash {
    fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        match ShaCrypt::default().verify_password(password, self.0.as_str()) {
            Ok(()) => Ok(true),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(_) => Err(Error::Unreadable),
        }
    }
}
