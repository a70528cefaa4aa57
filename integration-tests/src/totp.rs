//! The codes of an authenticator app (RFC 6238), for people who have one.

use anyhow::Context as _;
use data_encoding::BASE32_NOPAD;
use openssl::{hash::MessageDigest, pkey::PKey, sign::Signer};
use shared_types::time::Time;

/// The six digits such an app shows at this time for the secret it was given.
pub fn code(secret: &str, at: Time) -> anyhow::Result<String> {
    let key = PKey::hmac(&BASE32_NOPAD.decode(secret.trim_end_matches('=').as_bytes())?)?;
    let step = u64::try_from(at.timestamp())? / 30;
    let mac = Signer::new(MessageDigest::sha1(), &key)?.sign_oneshot_to_vec(&step.to_be_bytes())?;
    let offset = usize::from(mac.last().context("a digest")? & 15);
    let word: [u8; 4] = mac.get(offset..offset + 4).context("four bytes of it")?.try_into()?;
    Ok(format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000))
}
