//! Names an authorization request in few bytes, so that a verifier can say which request it answers without carrying it.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};

use crate::protocol::params::Params;

/// The parameters by which a browser brings back what a page answered. They are no part of the request.
pub(crate) const VERIFIERS: [&str; 2] = ["login_verifier", "consent_verifier"];

/// 128 bits over the names and values of a request, in their order.
///
/// Names and values are taken decoded, because what stands between may encode a URL anew, and with their lengths, so that no value
/// can pass for a name.
pub(crate) fn of(params: &Params) -> String {
    let mut hash = openssl::sha::Sha256::new();
    for (name, value) in params.iter().filter(|(name, _)| !VERIFIERS.contains(name)) {
        for part in [name, value] {
            hash.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            hash.update(part.as_bytes());
        }
    }
    let digest = hash.finish();
    URL_SAFE_NO_PAD.encode(digest.split_at(16).0)
}

#[cfg(test)]
mod tests;
