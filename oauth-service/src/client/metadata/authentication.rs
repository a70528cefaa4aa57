//! What a way of authenticating needs of a registration (OpenID Connect Core 9, RFC 8705 2).

use super::{Checked, MetadataError, one_of};
use crate::{model::client::Metadata, protocol::alg::Alg};

const SIGNING: &str = "token_endpoint_auth_signing_alg";
/// With a client's secret for a key (OpenID Connect Core 9, `client_secret_jwt`).
const HMAC: [&str; 3] = ["HS256", "HS384", "HS512"];

/// Checks that the registered method can be used.
pub(super) fn check(metadata: &Metadata) -> Checked {
    let (alg, keyless) = (metadata.token_endpoint_auth_signing_alg.as_str(), has_no_keys(metadata));
    match metadata.auth_method() {
        "private_key_jwt" if keyless => Err(needs("private_key_jwt", "'jwks' or 'jwks_uri'")),
        "self_signed_tls_client_auth" if keyless => Err(needs("self_signed_tls_client_auth", "'jwks' or 'jwks_uri'")),
        "client_secret_jwt" if !alg.is_empty() => one_of(SIGNING, alg, &HMAC),
        "tls_client_auth" if certificate_names(metadata) != 1 => {
            Err(needs("tls_client_auth", "exactly one of the members that begin with 'tls_client_auth_'"))
        }
        _ if !alg.is_empty() => one_of(SIGNING, alg, &Alg::accepted()),
        _ => Ok(()),
    }
}

fn needs(method: &str, what: &str) -> MetadataError {
    MetadataError::of("token_endpoint_auth_method", format_args!("'{method}' needs {what}"))
}

fn has_no_keys(metadata: &Metadata) -> bool {
    metadata.jwks.is_empty() && metadata.jwks_uri.is_empty()
}

/// How many of the certificate's names are registered (RFC 8705 2.1.2: exactly one).
fn certificate_names(metadata: &Metadata) -> usize {
    let names = [
        &metadata.tls_client_auth_subject_dn,
        &metadata.tls_client_auth_san_dns,
        &metadata.tls_client_auth_san_uri,
        &metadata.tls_client_auth_san_ip,
        &metadata.tls_client_auth_san_email,
    ];
    names.into_iter().filter(|name| !name.is_empty()).count()
}
