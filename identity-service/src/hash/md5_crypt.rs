//! The crypt(3) of FreeBSD, a thousand rounds of MD5: `$md5-crypt$<salt>$<hash>`, elsewhere `$1$<salt>$<hash>`.

use shared_types::secret::constant_time_eq;

use super::{Error, Unusable, digest::Digest, stored::Stored, text};

const ALPHABET: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ROUNDS: u32 = 1000;
/// Which bytes of the digest make each group of characters, and how many characters.
const GROUPS: [(&[usize], usize); 6] =
    [(&[0, 6, 12], 4), (&[1, 7, 13], 4), (&[2, 8, 14], 4), (&[3, 9, 15], 4), (&[4, 10, 5], 4), (&[11], 2)];

struct Hash {
    salt: String,
    hash: String,
}

/// Reads `$md5-crypt$..`.
pub(super) fn read(text: &str) -> Result<Box<dyn Stored>, Unusable> {
    let [_, salt, hash] = text::parts(text, "$md5-crypt$<salt>$<hash>")?;
    if salt.len() > 8 {
        return Err(Unusable::new("its salt may have 8 characters"));
    }
    if hash.len() != 22 || !hash.bytes().all(|byte| ALPHABET.contains(&byte)) {
        return Err(Unusable::new("its hash must have 22 characters of ./0-9A-Za-z"));
    }
    Ok(Box::new(Hash { salt: salt.to_owned(), hash: hash.to_owned() }))
}

impl Stored for Hash {
    fn matches(&self, password: &[u8]) -> Result<bool, Error> {
        let hash = characters(&digest(password, self.salt.as_bytes())?);
        Ok(constant_time_eq(&hash, self.hash.as_bytes()))
    }
}

fn digest(password: &[u8], salt: &[u8]) -> Result<Vec<u8>, Error> {
    let inner = Digest::Md5.of(&[password, salt, password].concat())?;
    let mut first = [password, b"$1$", salt].concat();
    first.extend(inner.iter().cycle().take(password.len()));
    let mut length = password.len();
    while length > 0 {
        // The original adds a byte it had set to zero where it meant one of the digest.
        first.push(if length & 1 == 1 { 0 } else { password.first().copied().unwrap_or_default() });
        length >>= 1;
    }
    let mut value = Digest::Md5.of(&first)?;
    for round in 0..ROUNDS {
        let odd = round & 1 == 1;
        let (begin, end) = if odd { (password, &*value) } else { (&*value, password) };
        let salt = if round % 3 == 0 { &[][..] } else { salt };
        let middle = if round % 7 == 0 { &[][..] } else { password };
        value = Digest::Md5.of(&[begin, salt, middle, end].concat())?;
    }
    Ok(value)
}

/// The digest in crypt's own order and alphabet, least significant six bits first.
fn characters(digest: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(22);
    for (bytes, length) in GROUPS {
        let byte = |at: &usize| usize::from(digest.get(*at).copied().unwrap_or_default());
        let mut group = bytes.iter().fold(0, |group, at| group << 8 | byte(at));
        for _ in 0..length {
            text.extend(ALPHABET.get(group & 63));
            group >>= 6;
        }
    }
    text
}
