//! Which algorithms a registration may name (OpenID Connect Registration 2, JARM 3, RFC 9701 6). Signatures are asymmetric: no
//! secret of a client is kept in a form that could sign.

use super::{Checked, MetadataError, one_of};
use crate::{
    model::client::Metadata,
    protocol::{
        alg::Alg,
        encryption::{Enc, KeyAlg},
    },
};

/// Checks every member that names an algorithm.
pub(super) fn check(metadata: &Metadata) -> Checked {
    let signed = Alg::names();
    let or_empty: Vec<&str> = std::iter::once("").chain(signed).collect();
    let or_none: Vec<&str> = or_empty.iter().copied().chain(["none"]).collect();
    one_of("id_token_signed_response_alg", &metadata.id_token_signed_response_alg, &or_empty)?;
    one_of("authorization_signed_response_alg", &metadata.authorization_signed_response_alg, &or_empty)?;
    one_of("introspection_signed_response_alg", &metadata.introspection_signed_response_alg, &or_empty)?;
    one_of("userinfo_signed_response_alg", &metadata.userinfo_signed_response_alg, &or_none)?;
    let accepted: Vec<&str> = ["", "none"].into_iter().chain(Alg::accepted()).collect();
    one_of("request_object_signing_alg", &metadata.request_object_signing_alg, &accepted)?;
    let encrypted = [
        ("id_token", &metadata.id_token_encrypted_response_alg, &metadata.id_token_encrypted_response_enc),
        ("userinfo", &metadata.userinfo_encrypted_response_alg, &metadata.userinfo_encrypted_response_enc),
        (
            "authorization",
            &metadata.authorization_encrypted_response_alg,
            &metadata.authorization_encrypted_response_enc,
        ),
        (
            "introspection",
            &metadata.introspection_encrypted_response_alg,
            &metadata.introspection_encrypted_response_enc,
        ),
    ];
    for (what, alg, enc) in encrypted {
        encryption(metadata, what, alg, enc)?;
    }
    Ok(())
}

/// `enc` without `alg` means nothing, and what is encrypted needs a key of the client's.
fn encryption(metadata: &Metadata, what: &str, alg: &str, enc: &str) -> Checked {
    let (alg_member, enc_member) = (format!("{what}_encrypted_response_alg"), format!("{what}_encrypted_response_enc"));
    if alg.is_empty() {
        return if enc.is_empty() {
            Ok(())
        } else {
            Err(MetadataError::of(&enc_member, format_args!("needs '{alg_member}'")))
        };
    }
    one_of(&alg_member, alg, &KeyAlg::names())?;
    if !enc.is_empty() {
        one_of(&enc_member, enc, &Enc::names())?;
    }
    if metadata.jwks.is_empty() && metadata.jwks_uri.is_empty() {
        return Err(MetadataError::of(&alg_member, "needs 'jwks' or 'jwks_uri'"));
    }
    Ok(())
}
