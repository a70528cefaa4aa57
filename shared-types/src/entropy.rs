//! Randomness as an argument, and the texts made from it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

/// Where random bytes come from.
pub trait Entropy: Send + Sync {
    /// Fills `buf` with bytes nobody can foresee.
    fn fill(&self, buf: &mut [u8]);
}

/// The operating system's generator, through a per-thread ChaCha stream.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    #[expect(clippy::disallowed_methods, reason = "the one place that draws randomness")]
    fn fill(&self, buf: &mut [u8]) {
        rand::Rng::fill_bytes(&mut rand::rng(), buf);
    }
}

/// `N` random bytes.
pub fn random_bytes<const N: usize>(entropy: &dyn Entropy) -> [u8; N] {
    let mut buf = [0; N];
    entropy.fill(&mut buf);
    buf
}

/// A text of `len` characters drawn evenly from `alphabet` (1 to 256 ASCII characters; an empty alphabet gives an empty text).
pub fn random_from(entropy: &dyn Entropy, alphabet: &[u8], len: usize) -> String {
    let Some(span) = u8::try_from(alphabet.len()).ok().filter(|n| *n > 0) else {
        return String::new();
    };
    // The largest multiple of the alphabet's size below 256: bytes above it are drawn again, so no character is favoured.
    let limit = 256 - 256 % usize::from(span);
    let mut text = String::with_capacity(len);
    let mut buf = [0u8; 64];
    while text.len() < len {
        entropy.fill(&mut buf);
        for byte in buf {
            if usize::from(byte) < limit && text.len() < len {
                let index = usize::from(byte % span);
                text.push(char::from(alphabet.get(index).copied().unwrap_or_default()));
            }
        }
    }
    text
}

/// `len` characters of `[A-Za-z0-9]`.
pub fn random_alnum(entropy: &dyn Entropy, len: usize) -> String {
    random_from(entropy, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", len)
}

/// `len` lower-case letters and digits: what people copy by hand.
pub fn random_lower_alnum(entropy: &dyn Entropy, len: usize) -> String {
    random_from(entropy, b"abcdefghijklmnopqrstuvwxyz0123456789", len)
}

/// `len` decimal digits.
pub fn random_digits(entropy: &dyn Entropy, len: usize) -> String {
    random_from(entropy, b"0123456789", len)
}

/// 256 random bits as 43 characters of base64url.
pub fn random_token(entropy: &dyn Entropy) -> String {
    URL_SAFE_NO_PAD.encode(random_bytes::<32>(entropy))
}

#[cfg(test)]
mod tests;
