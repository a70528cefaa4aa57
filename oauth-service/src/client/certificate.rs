//! The certificate a client shows on its connection: what it is called, who vouches for it, and the thumbprint tokens are bound to
//! (RFC 8705 2, 3.1).

use std::net::IpAddr;

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use josekit::jwk::Jwk;
use openssl::{
    nid::Nid,
    stack::Stack,
    x509::{X509, X509NameRef, X509StoreContext},
};
use serde_json::Value;

use super::keys;
use crate::{
    app::Cx,
    key::thumbprint,
    model::client::Client,
    protocol::error::{OAuthCode, OAuthError},
};

/// A client's certificate. Its private key has been used on the connection; nothing else about it is proven.
#[derive(Debug, Clone)]
pub(crate) struct Certificate(X509);

impl Certificate {
    /// The certificate of a TLS connection.
    pub(crate) const fn of_connection(certificate: X509) -> Self {
        Self(certificate)
    }

    /// A certificate as proxies hand it over: PEM, as it is or percent-encoded (nginx), its Base64 alone (Envoy, Traefik), or a byte
    /// sequence of RFC 9440 (`:..:`).
    pub(crate) fn of_header(text: &str) -> Option<Self> {
        let plain = percent_encoding::percent_decode_str(text.trim()).decode_utf8().ok()?;
        let plain = plain.trim().trim_matches(':').trim_matches('"');
        let base64 = plain.replace("-----BEGIN CERTIFICATE-----", "").replace("-----END CERTIFICATE-----", "");
        let base64: String = base64.chars().filter(|c| !c.is_whitespace()).collect();
        X509::from_der(&STANDARD.decode(base64).ok()?).ok().map(Self)
    }

    /// `x5t#S256`.
    pub(crate) fn thumbprint(&self) -> Option<String> {
        Some(URL_SAFE_NO_PAD.encode(openssl::sha::sha256(&self.0.to_der().ok()?)))
    }
}

/// Checks that a certificate is the registered one.
pub(super) async fn check(
    cx: &Cx,
    client: &Client,
    method: &str,
    shown: Option<&Certificate>,
) -> Result<(), OAuthError> {
    let Some(Certificate(certificate)) = shown else { return Err(invalid("The client showed no certificate.")) };
    if method == "tls_client_auth" {
        return if is_vouched_for(cx, certificate) && bears_registered_name(client, certificate) {
            Ok(())
        } else {
            Err(invalid("The certificate is not the registered one, or nobody this server trusts vouches for it."))
        };
    }
    // RFC 8705 2.2: the certificate, or its key, is among the client's keys; nobody need vouch for it.
    let known = keys::find(cx, client, |key| is_of(key, certificate)).await;
    match known {
        Ok(true) => Ok(()),
        Ok(false) => Err(invalid("The certificate is not among the keys of the client.")),
        Err(error) => Err(invalid(format!("The keys of the client cannot be looked at: {error}."))),
    }
}

fn is_vouched_for(cx: &Cx, certificate: &X509) -> bool {
    let Some(authorities) = &cx.config.sender.authorities else { return false };
    let verified = || {
        let (mut context, chain) = (X509StoreContext::new()?, Stack::new()?);
        context.init(authorities, certificate, &chain, openssl::x509::X509StoreContextRef::verify_cert)
    };
    verified().unwrap_or(false)
}

/// Compares the one registered name (RFC 8705 2.1.2).
fn bears_registered_name(client: &Client, certificate: &X509) -> bool {
    if !client.tls_client_auth_subject_dn.is_empty() {
        return distinguished_name(certificate.subject_name()) == normalized(&client.tls_client_auth_subject_dn);
    }
    let Some(names) = certificate.subject_alt_names() else { return false };
    let ip: Option<IpAddr> = client.tls_client_auth_san_ip.parse().ok();
    names.iter().any(|name| {
        let is = |found: Option<&str>, registered: &str| !registered.is_empty() && found == Some(registered);
        is(name.dnsname(), &client.tls_client_auth_san_dns)
            || is(name.uri(), &client.tls_client_auth_san_uri)
            || is(name.email(), &client.tls_client_auth_san_email)
            || ip.is_some_and(|ip| name.ipaddress() == Some(&octets(ip)[..]))
    })
}

fn octets(ip: IpAddr) -> Vec<u8> {
    match ip {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

/// A subject as RFC 4514 writes it, the most specific part first.
fn distinguished_name(name: &X509NameRef) -> Vec<String> {
    let part = |entry: &openssl::x509::X509NameEntryRef| {
        let value = entry.data().to_string().unwrap_or_default();
        format!("{}={}", short(entry.object().nid()), value)
    };
    let mut parts: Vec<String> = name.entries().map(part).collect();
    parts.reverse();
    parts
}

fn short(kind: Nid) -> String {
    kind.short_name().unwrap_or_default().to_ascii_uppercase()
}

/// A registered subject in the same form: attribute names in capitals, no blanks around the parts. A comma inside of a value is written
/// `\,` (RFC 4514 2.4).
fn normalized(text: &str) -> Vec<String> {
    let (mut parts, mut part, mut escaped) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            _ if escaped => {
                part.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            ',' | '+' => parts.push(std::mem::take(&mut part)),
            _ => part.push(c),
        }
    }
    parts.push(part);
    let tidy = |part: String| match part.split_once('=') {
        Some((name, value)) => format!("{}={}", name.trim().to_ascii_uppercase(), value.trim()),
        None => part,
    };
    parts.into_iter().map(tidy).collect()
}

/// Whether a JWK holds this certificate (`x5c`), or its key.
fn is_of(key: &Jwk, certificate: &X509) -> bool {
    let leaf = key.parameter("x5c").and_then(|chain| chain.get(0)).and_then(Value::as_str);
    let same_certificate = |text: &str| {
        STANDARD.decode(text).ok().zip(certificate.to_der().ok()).is_some_and(|(known, shown)| known == shown)
    };
    let same_key = || {
        let shown = certificate.public_key().ok().and_then(|public| thumbprint::jwk_of(&public));
        shown.and_then(|shown| thumbprint::of_jwk(&shown)).is_some_and(|shown| thumbprint::of_jwk(key) == Some(shown))
    };
    leaf.is_some_and(same_certificate) || same_key()
}

fn invalid(why: impl Into<std::borrow::Cow<'static, str>>) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidClient).because(why)
}

#[cfg(test)]
mod tests;
