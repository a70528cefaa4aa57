//! The script front ends load for security keys and passkeys (contract §2.11). It is served as it stands, and forms
//! carry its digest.

use std::sync::LazyLock;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha512};

/// Where it is, below the public URL.
pub(crate) const PATH: &str = ".well-known/ory/webauthn.js";

/// Its text.
pub(crate) const WEBAUTHN: &str = include_str!("../../../assets/webauthn.js");

/// Its digest, as browsers compare it (Subresource Integrity).
pub(crate) static INTEGRITY: LazyLock<String> =
    LazyLock::new(|| format!("sha512-{}", STANDARD.encode(Sha512::digest(WEBAUTHN.as_bytes()))));
