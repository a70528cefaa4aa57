//! The arithmetic of RFC 6238 over RFC 4226, and the URL authenticator apps read.

use data_encoding::BASE32_NOPAD;
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};
use shared_types::{
    entropy::{Entropy, random_bytes},
    secret::constant_time_eq,
    time::Time,
};
use url::Url;

/// RFC 6238, 4: seconds a code is good for.
const PERIOD: i64 = 30;
/// Codes of this many steps before and after the present one are taken: clocks differ (RFC 6238, 5.2).
const SKEW: u64 = 1;
const DIGITS: usize = 6;

/// A secret shared with an app.
pub(super) struct Shared(Vec<u8>);

impl Shared {
    /// A fresh one, as long as the digest (RFC 4226, 4, R6).
    pub(super) fn random(entropy: &dyn Entropy) -> Self {
        Self(random_bytes::<20>(entropy).to_vec())
    }

    /// The secret of an `otpauth:` URL; `None` when it is none we can compute codes for.
    pub(super) fn of_url(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok().filter(|url| url.scheme() == "otpauth")?;
        let get = |name: &str| url.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        let is = |name: &str, known: &str| get(name).is_none_or(|value| value.eq_ignore_ascii_case(known));
        if !is("algorithm", "SHA1") || !is("digits", "6") || !is("period", "30") {
            return None;
        }
        let secret = get("secret")?.to_ascii_uppercase();
        BASE32_NOPAD.decode(secret.trim_end_matches('=').as_bytes()).ok().map(Self)
    }

    /// What apps read from the picture.
    pub(super) fn url(&self, issuer: &str, account: &str) -> String {
        let encode =
            |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let (issuer, account) = (encode(issuer), encode(account));
        format!(
            "otpauth://totp/{issuer}:{account}?algorithm=SHA1&digits=6&issuer={issuer}&period=30&secret={}",
            self.base32()
        )
    }

    /// What people type into apps that cannot read pictures.
    pub(super) fn base32(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// The time step a code belongs to; `None` when it is wrong, or not of a later step than the last one taken.
    pub(super) fn step_of(&self, code: &str, now: Time, last: Option<u64>) -> Option<u64> {
        let present = u64::try_from(now.timestamp().div_euclid(PERIOD)).ok()?;
        let steps = present.saturating_sub(SKEW)..=present.saturating_add(SKEW);
        // Every step is compared, so that the time taken says nothing.
        let matching = steps.filter(|step| {
            let right = self.code(*step).is_some_and(|right| constant_time_eq(right.as_bytes(), code.as_bytes()));
            right && last.is_none_or(|last| *step > last)
        });
        matching.fold(None, |_, step| Some(step))
    }

    /// RFC 4226, 5.3: the dynamic truncation of an HMAC.
    fn code(&self, step: u64) -> Option<String> {
        let key = PKey::hmac(&self.0).ok()?;
        let mut signer = Signer::new(MessageDigest::sha1(), &key).ok()?;
        let digest = signer.sign_oneshot_to_vec(&step.to_be_bytes()).ok()?;
        let offset = usize::from(digest.last()? & 0x0f);
        let bytes: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
        let number = (u32::from_be_bytes(bytes) & 0x7fff_ffff) % 1_000_000;
        Some(format!("{number:0DIGITS$}"))
    }
}

#[cfg(test)]
mod tests;
