//! The cookie in which Hydra keeps the id of a browser's login, as the Go library `securecookie` writes it: base64 of
//! `time|base64(iv, ciphertext)|mac`. The mac is HMAC-SHA-256 over `name|time|base64(..)`, the cipher AES-256 in counter mode, and what is
//! inside is a map in Go's own encoding.

use base64::{
    Engine as _,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use openssl::{
    sha::sha256,
    symm::{Cipher, decrypt},
};
use sha2::Sha256;
use shared_types::{id::LoginSessionId, secret::constant_time_eq};

const URL_SAFE: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// Bytes of the mac, and of the block the counter begins with.
const MAC: usize = 32;
const BLOCK: usize = 16;
/// The map's key and the type of its value, as Go writes a text inside an interface.
const SID: &[u8] = b"\x03sid\x06string\x0c";

/// The session a cookie of this name has, if this secret made it. How old it is says the session's row.
pub(super) fn session(secret: &[u8], name: &str, value: &str) -> Option<LoginSessionId> {
    let signed = URL_SAFE.decode(value).ok()?;
    let at = signed.len().checked_sub(MAC + 1)?;
    let (message, mac) = signed.split_at_checked(at)?;
    let mac = mac.strip_prefix(b"|")?;
    let mut hmac = Hmac::<Sha256>::new_from_slice(secret).ok()?;
    hmac.update(name.as_bytes());
    hmac.update(b"|");
    hmac.update(message);
    if !constant_time_eq(&hmac.finalize().into_bytes(), mac) {
        return None;
    }
    let at = message.iter().position(|byte| *byte == b'|')?;
    let sealed = URL_SAFE.decode(message.get(at + 1..)?).ok()?;
    let (iv, body) = sealed.split_at_checked(BLOCK)?;
    let plain = decrypt(Cipher::aes_256_ctr(), &sha256(secret), Some(iv), body).ok()?;
    sid(&plain)
}

/// The value of `sid`. What is inside has proven to be Hydra's, and Hydra puts nothing else there.
fn sid(map: &[u8]) -> Option<LoginSessionId> {
    let at = map.windows(SID.len()).position(|window| window == SID)?;
    // The length of what follows, a zero, the length of the text, the text.
    let rest = map.get(at + SID.len()..)?;
    let (_, rest) = rest.split_first()?;
    let rest = rest.strip_prefix(b"\0")?;
    let (length, rest) = rest.split_first()?;
    let text = rest.get(..usize::from(*length))?;
    LoginSessionId::parse(std::str::from_utf8(text).ok()?).ok()
}
