//! `oauth2.dpop` and `oauth2.mtls`: how clients prove that they hold a key (RFC 9449, RFC 8705), and `oauth2.profile`.

use std::sync::Arc;

use openssl::x509::{
    X509,
    store::{X509Store, X509StoreBuilder},
};
use url::Url;

use super::read::Reader;

/// Which security profile counts for every client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Profile {
    /// What existing clients expect; the unsafe options are off unless a client is registered for them.
    #[default]
    Ory,
    /// OAuth 2.1 and RFC 9700.
    OAuth21,
    /// The FAPI 2.0 Security Profile.
    Fapi2,
}

impl Profile {
    /// Nothing is issued to who proves possession of no key (FAPI 2.0 5.3.2.1).
    pub(crate) const fn demands_bound_tokens(self) -> bool {
        matches!(self, Self::Fapi2)
    }

    /// Every authorization request brings a `code_challenge` (RFC 9700 2.1.1).
    pub(crate) const fn demands_pkce(self) -> bool {
        !matches!(self, Self::Ory)
    }

    /// No access token comes over the front channel (RFC 9700 2.1.2).
    pub(crate) const fn forbids_front_channel_tokens(self) -> bool {
        !matches!(self, Self::Ory)
    }

    /// An access token may stand in an address, where logs keep it (RFC 6750 2.3, FAPI 2.0 5.3.4).
    pub(crate) const fn takes_tokens_from_addresses(self) -> bool {
        matches!(self, Self::Ory)
    }

    /// A refresh token stays the same: only its client can use it, and an answer that is lost does not end the grant
    /// (FAPI 2.0 5.3.2.1).
    pub(crate) const fn keeps_refresh_tokens(self) -> bool {
        matches!(self, Self::Fapi2)
    }

    /// There is no response type but `code` (FAPI 2.0 5.3.2.2).
    pub(crate) const fn answers_codes_alone(self) -> bool {
        matches!(self, Self::Fapi2)
    }

    /// Requests are pushed (FAPI 2.0 5.3.2.2).
    pub(crate) const fn demands_pushed_requests(self) -> bool {
        matches!(self, Self::Fapi2)
    }

    /// Clients authenticate with keys (FAPI 2.0 5.3.2.1).
    pub(crate) fn allows_method(self, method: &str) -> bool {
        match self {
            Self::Ory | Self::OAuth21 => true,
            Self::Fapi2 => matches!(method, "private_key_jwt" | "tls_client_auth" | "self_signed_tls_client_auth"),
        }
    }

    /// Whether a signature algorithm may be used (FAPI 2.0 5.4.1).
    pub(crate) fn allows_alg(self, alg: &str) -> bool {
        match self {
            Self::Ory | Self::OAuth21 => true,
            Self::Fapi2 => matches!(alg, "PS256" | "ES256" | "EdDSA" | "Ed25519"),
        }
    }

    /// The longest life of a code in seconds (FAPI 2.0 5.3.2.2).
    pub(crate) const fn longest_code(self) -> Option<u64> {
        match self {
            Self::Ory | Self::OAuth21 => None,
            Self::Fapi2 => Some(60),
        }
    }
}

/// Reads `oauth2.profile`.
pub(super) fn profile(r: &Reader<'_>) -> Profile {
    match r.text("oauth2.profile").as_deref() {
        None | Some("ory") => Profile::Ory,
        Some("oauth21") => Profile::OAuth21,
        Some("fapi2") => Profile::Fapi2,
        Some(_) => {
            r.problem("oauth2.profile", "must be ory, oauth21 or fapi2");
            Profile::Ory
        }
    }
}

/// How possession of keys is proven.
#[derive(Clone)]
pub(crate) struct Sender {
    /// A `DPoP` proof must hold a nonce of this server's.
    pub(crate) require_nonce: bool,
    /// Who vouches for clients' certificates (`tls_client_auth`).
    pub(crate) authorities: Option<Arc<X509Store>>,
    /// A trusted proxy hands the certificate over in this header.
    pub(crate) certificate_header: Option<String>,
    /// The public listener asks who connects for a certificate.
    pub(crate) request_certificates: bool,
    /// Where clients with certificates are to go (RFC 8705 5).
    pub(crate) mtls_url: Option<Url>,
}

impl std::fmt::Debug for Sender {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sender(..)")
    }
}

impl Sender {
    /// Whether a certificate can reach this server at all.
    pub(crate) const fn takes_certificates(&self) -> bool {
        self.request_certificates || self.certificate_header.is_some()
    }
}

/// Reads both sections.
pub(super) fn read(r: &Reader<'_>) -> Sender {
    Sender {
        require_nonce: r.flag("oauth2.dpop.require_nonce", false),
        authorities: r.text("oauth2.mtls.authorities").and_then(|path| authorities(r, &path)),
        certificate_header: r.text("oauth2.mtls.certificate_header").map(|name| name.to_ascii_lowercase()),
        request_certificates: r.flag("oauth2.mtls.request_certificates", false),
        mtls_url: r.url("oauth2.mtls.url"),
    }
}

fn authorities(r: &Reader<'_>, path: &str) -> Option<Arc<X509Store>> {
    let unfit = || {
        r.problem("oauth2.mtls.authorities", "must be a readable file of certificates in PEM");
        None
    };
    let Ok(pem) = std::fs::read(path) else { return unfit() };
    let Ok(certificates) = X509::stack_from_pem(&pem) else { return unfit() };
    let store = || {
        let mut store = X509StoreBuilder::new()?;
        for certificate in certificates {
            store.add_cert(certificate)?;
        }
        Ok::<_, openssl::error::ErrorStack>(store.build())
    };
    match store() {
        Ok(store) => Some(Arc::new(store)),
        Err(_) => unfit(),
    }
}
