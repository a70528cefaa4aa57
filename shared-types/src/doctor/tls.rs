//! Whether a certificate can be presented: readable, its key's, not expired, with its issuers, and for the right names.

use openssl::{
    asn1::{Asn1Time, Asn1TimeRef},
    pkey::{PKey, Private},
    x509::{X509, X509Ref},
};
use url::Url;

use super::Finding;
use crate::{
    http::server::{PemSource, TlsOptions},
    time::Time,
};

/// A certificate that ends within this many days is worth a warning.
const SOON: i32 = 21;

/// Looks at the certificate and key of a listener. `section`: such as `serve.public.tls`; `names`: what it is called.
pub fn check(section: &str, options: &TlsOptions, names: &[&Url], now: Time) -> Vec<Finding> {
    let (chain, key) = match (chain(section, &options.cert), key(section, &options.key)) {
        (Ok(chain), Ok(key)) => (chain, key),
        (chain, key) => return [chain.err(), key.err()].into_iter().flatten().collect(),
    };
    let mut found = Vec::new();
    let Some(leaf) = chain.first() else { return found };
    let belongs = leaf.public_key().is_ok_and(|public| public.public_eq(&key));
    if !belongs {
        let why = "the service does not start with them";
        let fix = "name the key the certificate was made for; the server's certificate comes first in the file";
        found.push(
            Finding::wrong(format!("{section}.key"), "the key does not belong to the certificate").because(why, fix),
        );
    }
    found.extend(validity(section, leaf, now));
    found.extend(issuers(section, &chain));
    found.extend(names.iter().filter_map(|url| name(section, leaf, url)));
    found
}

fn text(source: &PemSource) -> Result<(Vec<u8>, String), String> {
    match source {
        PemSource::Path(path) => match std::fs::read(path) {
            Ok(bytes) => Ok((bytes, path.display().to_string())),
            Err(error) => Err(format!("{}: {error}", path.display())),
        },
        PemSource::Inline(text) => Ok((text.expose().clone().into_bytes(), "the text".to_owned())),
    }
}

fn chain(section: &str, source: &PemSource) -> Result<Vec<X509>, Finding> {
    let failed = |what: String| {
        let fix = "name a readable file with the certificate in PEM, its issuers behind it";
        Finding::wrong(format!("{section}.cert"), what).because("the listener does not start", fix)
    };
    let (bytes, name) = text(source).map_err(failed)?;
    match X509::stack_from_pem(&bytes) {
        Ok(chain) if !chain.is_empty() => Ok(chain),
        _ => Err(failed(format!("{name} holds no certificate in PEM"))),
    }
}

fn key(section: &str, source: &PemSource) -> Result<PKey<Private>, Finding> {
    let failed = |what: String| {
        let fix = "name a readable file with a private key in PEM, without a passphrase";
        Finding::wrong(format!("{section}.key"), what).because("the listener does not start", fix)
    };
    let (bytes, name) = text(source).map_err(failed)?;
    // A key with a passphrase must not ask for it on the terminal.
    let read = PKey::private_key_from_pem_callback(&bytes, |_| Ok(0));
    read.map_err(|_| failed(format!("{name} holds no private key in PEM without a passphrase")))
}

fn validity(section: &str, leaf: &X509Ref, now: Time) -> Option<Finding> {
    let key = format!("{section}.cert");
    let now = Asn1Time::from_unix(now.timestamp()).ok()?;
    let days = |from: &Asn1TimeRef, to: &Asn1TimeRef| from.diff(to).map(|diff| diff.days).unwrap_or_default();
    let why = "browsers and clients refuse the connection";
    if leaf.not_after() < now {
        let what = format!("the certificate ended on {}", leaf.not_after());
        return Some(Finding::wrong(key, what).because(why, "renew it; a running service reads it at its next start"));
    }
    if leaf.not_before() > now {
        let what = format!("the certificate begins on {}", leaf.not_before());
        return Some(Finding::wrong(key, what).because(why, "look at this machine's clock, or wait"));
    }
    let left = days(&now, leaf.not_after());
    (left < SOON).then(|| {
        let what = format!("the certificate ends in {left} days");
        Finding::warning(key, what)
            .because(why.replace("refuse", "will refuse"), "renew it; see that this happens by itself")
    })
}

/// Each certificate is followed by its issuer; the last one is an issuer that clients know.
fn issuers(section: &str, chain: &[X509]) -> Option<Finding> {
    let key = format!("{section}.cert");
    let is_issued_by = |one: &X509, two: &X509| two.issued(one) == openssl::x509::X509VerifyResult::OK;
    let unordered = chain.iter().zip(chain.iter().skip(1)).any(|(one, issuer)| !is_issued_by(one, issuer));
    if unordered {
        let what = "a certificate of the chain is not followed by its issuer";
        let fix = "order the file: the server's certificate, its issuer, that one's issuer";
        return Some(Finding::wrong(key, what).because("clients cannot follow the chain to an issuer they know", fix));
    }
    let [alone] = chain else { return None };
    if is_issued_by(alone, alone) {
        let what = "the certificate is signed by itself";
        let why = "clients refuse it unless each of them is told to trust it";
        return Some(Finding::warning(key, what).because(why, "have it signed by an issuer your clients know"));
    }
    let what = "the certificate stands alone, without its issuer";
    let why = "clients that do not know the intermediate issuer refuse the connection; browsers may hide it";
    Some(Finding::warning(key, what).because(why, "append the intermediate certificates (a full chain)"))
}

fn name(section: &str, leaf: &X509Ref, url: &Url) -> Option<Finding> {
    let host = url.host_str()?.trim_matches(['[', ']']).to_ascii_lowercase();
    let names = leaf.subject_alt_names();
    let fits = names.iter().flatten().any(|name| match (name.dnsname(), name.ipaddress()) {
        (Some(pattern), _) => name_fits(pattern, &host),
        (_, Some(bytes)) => host.parse::<std::net::IpAddr>().is_ok_and(|ip| octets(ip) == bytes),
        _ => false,
    });
    let section_fix = "have a certificate made for that name (a subjectAltName), or correct the address";
    let why = "clients refuse a certificate that is not for the name they called";
    (!fits).then(|| {
        Finding::wrong(format!("{section}.cert"), format!("the certificate is not for {host}"))
            .because(why, section_fix)
    })
}

fn octets(ip: std::net::IpAddr) -> Vec<u8> {
    match ip {
        std::net::IpAddr::V4(ip) => ip.octets().to_vec(),
        std::net::IpAddr::V6(ip) => ip.octets().to_vec(),
    }
}

/// RFC 9525, 6.3: a star stands for one whole label, the leftmost.
fn name_fits(pattern: &str, host: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    match pattern.strip_prefix("*.") {
        Some(rest) => host.split_once('.').is_some_and(|(label, below)| !label.is_empty() && below == rest),
        None => pattern == host,
    }
}
