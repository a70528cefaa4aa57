//! The session cookie of Kratos, which gorilla's securecookie makes: base64 of `time|value|MAC`, the value being base64 of an
//! AES-CTR ciphertext of a map in Go's gob encoding. Who was signed in before a move stays signed in, as long as the secret the
//! cookie was made with is one of `secrets.cookie`. Such cookies are read here and never made.

use std::collections::BTreeMap;

use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use hmac::{Hmac, KeyInit as _, Mac as _};
use openssl::symm::{Cipher, decrypt};
use sha2::{Digest as _, Sha256};
use shared_types::secret::Secret;

/// securecookie makes no longer ones.
const MAX: usize = 4096;
/// Bytes of AES' block, which is the initial counter.
const BLOCK: usize = 16;

/// The texts a cookie of this name holds; `None` when none of the secrets has made it.
pub(super) fn open(secrets: &[Secret<String>], name: &str, value: &str) -> Option<BTreeMap<String, String>> {
    if value.len() > MAX {
        return None;
    }
    let bytes = URL_SAFE.decode(value).ok()?;
    let (time, rest) = split(&bytes)?;
    let (sealed, mac) = split(rest)?;
    let signed = [name.as_bytes(), b"|", time, b"|", sealed].concat();
    let secret = secrets.iter().find(|secret| is_signed(secret.expose().as_bytes(), &signed, mac))?;
    let key = Sha256::digest(secret.expose().as_bytes());
    let sealed = URL_SAFE.decode(sealed).ok()?;
    let (counter, body) = sealed.split_at_checked(BLOCK)?;
    let clear = decrypt(Cipher::aes_256_ctr(), &key, Some(counter), body).ok()?;
    texts(&clear)
}

/// Before and after the first bar.
fn split(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().position(|byte| *byte == b'|')?;
    Some((bytes.get(..at)?, bytes.get(at + 1..)?))
}

fn is_signed(secret: &[u8], signed: &[u8], mac: &[u8]) -> bool {
    Hmac::<Sha256>::new_from_slice(secret).is_ok_and(|mut own| {
        own.update(signed);
        own.verify_slice(mac).is_ok()
    })
}

/// The entries of a gob stream that holds one map, as far as both sides of them are texts.
fn texts(stream: &[u8]) -> Option<BTreeMap<String, String>> {
    let mut rest = stream;
    loop {
        let length = usize::try_from(unsigned(&mut rest)?).ok()?;
        let (message, after) = rest.split_at_checked(length)?;
        rest = after;
        let mut message = message;
        // A negative number introduces the description of a type, and is followed by more; odd is how gob writes it.
        if unsigned(&mut message)? % 2 == 0 {
            return map(&mut message);
        }
    }
}

fn map(bytes: &mut &[u8]) -> Option<BTreeMap<String, String>> {
    // What is no structure stands after a zero.
    (unsigned(bytes)? == 0).then_some(())?;
    let count = unsigned(bytes)?;
    let mut found = BTreeMap::new();
    for _ in 0..count {
        let (key, value) = (any(bytes)?, any(bytes)?);
        found.insert(key, value);
    }
    Some(found)
}

/// A value of an interface type: its type's name, its type's number, its length, itself. What is no text is an empty one.
fn any(bytes: &mut &[u8]) -> Option<String> {
    let name = sized(bytes)?;
    if name.is_empty() {
        return Some(String::new());
    }
    unsigned(bytes)?;
    let mut value = sized(bytes)?;
    if name != b"string" {
        return Some(String::new());
    }
    (unsigned(&mut value)? == 0).then_some(())?;
    String::from_utf8(sized(&mut value)?.to_vec()).ok()
}

/// A length and as many bytes.
fn sized<'a>(bytes: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(unsigned(bytes)?).ok()?;
    let (found, rest) = bytes.split_at_checked(length)?;
    *bytes = rest;
    Some(found)
}

/// Small numbers are one byte; before larger ones stands how many bytes they have, negated.
fn unsigned(bytes: &mut &[u8]) -> Option<u64> {
    let (first, rest) = bytes.split_first()?;
    *bytes = rest;
    if *first < 128 {
        return Some(u64::from(*first));
    }
    let (digits, rest) = rest.split_at_checked(usize::from(first.wrapping_neg()))?;
    *bytes = rest;
    (digits.len() <= 8).then(|| digits.iter().fold(0, |number, digit| number << 8 | u64::from(*digit)))
}

#[cfg(test)]
mod tests;
