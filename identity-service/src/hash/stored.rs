//! The table of formats: what a stored hash begins with says who can compare with it.

use super::{Error, Unusable, argon2, bcrypt, firescrypt, hmac, md5_crypt, pbkdf2, salted, scrypt, sha_crypt, ssha};

/// A hash that was read, and how to compare with it.
pub(super) trait Stored: Send {
    /// Is this the password?
    fn matches(&self, password: &[u8]) -> Result<bool, Error>;

    /// Bytes of memory that takes, where they are many.
    fn memory(&self) -> usize {
        0
    }
}

type Read = fn(&str) -> Result<Box<dyn Stored>, Unusable>;

/// By what it begins with, longer beginnings before those they begin with.
const FORMATS: &[(&str, Read)] = &[
    ("$2$", bcrypt::read),
    ("$2a$", bcrypt::read),
    ("$2b$", bcrypt::read),
    ("$2y$", bcrypt::read),
    ("$2z$", bcrypt::read),
    ("$argon2id$", argon2::read),
    ("$argon2i$", argon2::read),
    ("$pbkdf2-", pbkdf2::read),
    ("$scrypt$", scrypt::read),
    ("$firescrypt$", firescrypt::read),
    ("$md5-crypt$", md5_crypt::read),
    ("$sha256-crypt$", sha_crypt::read),
    ("$sha512-crypt$", sha_crypt::read),
    ("{SSHA}", ssha::read),
    ("{SSHA256}", ssha::read),
    ("{SSHA512}", ssha::read),
    ("$md5$", salted::read),
    ("$sha1$", salted::read),
    ("$sha256$", salted::read),
    ("$sha512$", salted::read),
    ("$hmac-", hmac::read),
];

/// No format needs more.
const MAX_BYTES: usize = 4096;

/// Reads a hash of any system. What is hostile about it is refused here, before it costs anything.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    if text.len() > MAX_BYTES {
        return Err(Unusable::new(format_args!("at most {MAX_BYTES} bytes are possible")));
    }
    let format = FORMATS.iter().find(|(begins, _)| text.starts_with(begins));
    let (_, read) = format.ok_or_else(|| {
        Unusable::new(
            "is of no known kind: bcrypt, argon2, pbkdf2, scrypt, firescrypt, md5-crypt, sha256-crypt, \
            sha512-crypt, SSHA, md5, sha1, sha256, sha512 and hmac are known, by their prefixes",
        )
    })?;
    read(text)
}
