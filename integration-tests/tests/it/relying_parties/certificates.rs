//! Certificates for a server on this machine and for clients that show one.

use std::path::PathBuf;

use openssl::{
    asn1::Asn1Time,
    bn::{BigNum, MsbOption},
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    x509::{
        X509, X509Name,
        extension::{BasicConstraints, SubjectAlternativeName},
    },
};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A key with its certificate.
struct Paper {
    key: PKey<Private>,
    certificate: X509,
}

/// Files of certificates and keys: of an authority, of the server and of two clients it vouches for, and one of a client nobody
/// vouches for.
pub(super) struct Papers {
    folder: TempDir,
}

impl Papers {
    pub(super) fn issue() -> anyhow::Result<Self> {
        let papers = Self { folder: TempDir::new()? };
        let authority = Paper::of("authority", None)?;
        papers.keep("authority", &authority)?;
        for name in ["server", "robot", "other"] {
            papers.keep(name, &Paper::of(name, Some(&authority))?)?;
        }
        papers.keep("own", &Paper::of("own", None)?)?;
        Ok(papers)
    }

    /// The public port speaks TLS and asks for a certificate.
    pub(super) fn settings(&self) -> Value {
        let tls = json!({
            "enabled": true,
            "cert": { "path": self.path("server", "crt") },
            "key": { "path": self.path("server", "key") },
        });
        let mtls = json!({ "request_certificates": true, "authorities": self.path("authority", "crt") });
        json!({ "serve": { "public": { "tls": tls } }, "oauth2": { "mtls": mtls } })
    }

    /// As programs are told of them.
    pub(super) fn paths(&self) -> Value {
        let pair = |name: &str| json!({ "cert": self.path(name, "crt"), "key": self.path(name, "key") });
        json!({
            "authority": self.path("authority", "crt"),
            "robot": pair("robot"),
            "other": pair("other"),
            "own": pair("own"),
        })
    }

    fn path(&self, name: &str, ending: &str) -> PathBuf {
        self.folder.path().join(name).with_extension(ending)
    }

    fn keep(&self, name: &str, paper: &Paper) -> anyhow::Result<()> {
        std::fs::write(self.path(name, "crt"), paper.certificate.to_pem()?)?;
        Ok(std::fs::write(self.path(name, "key"), paper.key.private_key_to_pem_pkcs8()?)?)
    }
}

impl Paper {
    /// Signed by somebody else, or by itself.
    fn of(common: &str, by: Option<&Self>) -> anyhow::Result<Self> {
        let key = PKey::from_ec_key(EcKey::generate(&*EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?)?)?;
        let mut name = X509Name::builder()?;
        name.append_entry_by_text("O", "Robots")?;
        name.append_entry_by_text("CN", common)?;
        let name = name.build();
        let mut builder = X509::builder()?;
        builder.set_version(2)?;
        let mut serial = BigNum::new()?;
        serial.rand(64, MsbOption::MAYBE_ZERO, false)?;
        let serial = serial.to_asn1_integer()?;
        builder.set_serial_number(&serial)?;
        builder.set_subject_name(&name)?;
        builder.set_issuer_name(by.map_or(&name, |by| by.certificate.subject_name()))?;
        builder.set_pubkey(&key)?;
        let (begins, ends) = (Asn1Time::days_from_now(0)?, Asn1Time::days_from_now(2)?);
        builder.set_not_before(&begins)?;
        builder.set_not_after(&ends)?;
        if by.is_none() {
            builder.append_extension(BasicConstraints::new().critical().ca().build()?)?;
        }
        let address = SubjectAlternativeName::new().ip("127.0.0.1").build(&builder.x509v3_context(None, None))?;
        builder.append_extension(address)?;
        builder.sign(by.map_or(&key, |by| &by.key), MessageDigest::sha256())?;
        Ok(Self { key, certificate: builder.build() })
    }
}
