//! Opaque tokens (contract 5.1): `ory_<kind>_<random>.<mac>`, both parts base64url.
//!
//! The random part has 256 bits. The mac is ours: a text nobody here made is refused without a look into the database, and
//! after a rotation of `secrets.system` it tells which secret the row's digest was made with. The prefix is for people and
//! secret scanners; a token without it is as good.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use shared_types::{
    entropy::random_token,
    secret::{Digest, constant_time_eq},
};

use crate::app::Cx;

/// What an opaque token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Access token.
    Access,
    /// Refresh token.
    Refresh,
    /// Authorization code.
    Code,
    /// Device code.
    Device,
}

impl Kind {
    /// The prefix of its texts.
    pub(crate) const fn prefix(self) -> &'static str {
        match self {
            Self::Access => "ory_at_",
            Self::Refresh => "ory_rt_",
            Self::Code => "ory_ac_",
            Self::Device => "ory_dc_",
        }
    }

    const fn row(self) -> &'static str {
        match self {
            Self::Access => "access token",
            Self::Refresh => "refresh token",
            Self::Code => "authorization code",
            Self::Device => "device code",
        }
    }

    const fn mac(self) -> &'static str {
        match self {
            Self::Access => "access token mac",
            Self::Refresh => "refresh token mac",
            Self::Code => "authorization code mac",
            Self::Device => "device code mac",
        }
    }
}

/// A new token and the digest its row is found by.
#[derive(Debug)]
pub(crate) struct Minted {
    /// Given to the client once and kept nowhere.
    pub(crate) text: String,
    /// Kept.
    pub(crate) digest: Digest,
}

/// Makes a token.
pub(crate) fn mint(cx: &Cx, kind: Kind) -> Minted {
    let random = random_token(&*cx.entropy);
    let mac = cx.digester.digest(kind.mac(), &random);
    let text = format!("{}{random}.{}", kind.prefix(), URL_SAFE_NO_PAD.encode(mac.as_bytes()));
    Minted { digest: cx.digester.digest(kind.row(), &random), text }
}

/// The digest of a token we made; any other text is `None`.
pub(crate) fn read(cx: &Cx, kind: Kind, text: &str) -> Option<Digest> {
    let bare = text.strip_prefix(kind.prefix()).unwrap_or(text);
    let (random, mac) = bare.split_once('.')?;
    let mac = URL_SAFE_NO_PAD.decode(mac).ok()?;
    let macs = cx.digester.candidates(kind.mac(), random);
    let secret = macs.iter().position(|candidate| constant_time_eq(candidate.as_bytes(), &mac))?;
    cx.digester.candidates(kind.row(), random).get(secret).copied()
}
