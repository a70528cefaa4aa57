use openssl::{
    asn1::Asn1Time,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    pkey::PKey,
    x509::{X509NameBuilder, extension::SubjectAlternativeName},
};

use super::*;
use crate::model::client::{Metadata, SecretHashes};

fn certificate() -> X509 {
    let key = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).and_then(|group| EcKey::generate(&group)).unwrap();
    let key = PKey::from_ec_key(key).unwrap();
    let mut name = X509NameBuilder::new().unwrap();
    for (field, value) in [("C", "DE"), ("O", "Shop, Inc"), ("CN", "shop")] {
        name.append_entry_by_text(field, value).unwrap();
    }
    let name = name.build();
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    builder.set_subject_name(&name).unwrap();
    builder.set_issuer_name(&name).unwrap();
    builder.set_pubkey(&key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(1).unwrap()).unwrap();
    let names = SubjectAlternativeName::new()
        .dns("shop.test")
        .ip("192.0.2.7")
        .uri("https://shop.test/me")
        .build(&builder.x509v3_context(None, None));
    builder.append_extension(names.unwrap()).unwrap();
    builder.sign(&key, MessageDigest::sha256()).unwrap();
    builder.build()
}

fn registered(set: impl FnOnce(&mut Metadata)) -> Client {
    let mut metadata = Metadata::default();
    set(&mut metadata);
    let at = shared_types::time::from_numeric_date(0.0).unwrap();
    Client {
        id: "c".into(),
        version: 1,
        metadata,
        secrets: SecretHashes::default(),
        registration_digest: None,
        created_at: at,
        updated_at: at,
    }
}

#[test]
fn each_registered_name_is_compared() {
    let shown = certificate();
    let cases: [(&str, bool); 8] = [
        ("dn CN=shop,O=Shop\\, Inc,C=DE", true),
        ("dn cn = shop, o=Shop\\, Inc ,C=DE", true),
        ("dn CN=shop,C=DE", false),
        ("dns shop.test", true),
        ("dns evil.test", false),
        ("ip 192.0.2.7", true),
        ("ip 192.0.2.8", false),
        ("uri https://shop.test/me", true),
    ];
    for (case, expected) in cases {
        let (kind, value) = case.split_once(' ').unwrap();
        let client = registered(|metadata| {
            let names = &mut metadata.unlisted.extensions;
            let place = match kind {
                "dn" => &mut names.tls_client_auth_subject_dn,
                "dns" => &mut names.tls_client_auth_san_dns,
                "ip" => &mut names.tls_client_auth_san_ip,
                _ => &mut names.tls_client_auth_san_uri,
            };
            value.clone_into(place);
        });
        assert_eq!(bears_registered_name(&client, &shown), expected, "{case}");
    }
}

#[test]
fn proxies_write_certificates_in_many_ways() {
    let shown = certificate();
    let pem = String::from_utf8(shown.to_pem().unwrap()).unwrap();
    let base64 = STANDARD.encode(shown.to_der().unwrap());
    let escaped = percent_encoding::utf8_percent_encode(&pem, percent_encoding::NON_ALPHANUMERIC).to_string();
    for text in [pem.replace('\n', " "), base64.clone(), format!(":{base64}:"), escaped] {
        let read = Certificate::of_header(&text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(read.thumbprint(), Certificate(shown.clone()).thumbprint());
    }
    for nonsense in ["", "::", "not a certificate", "%%%"] {
        assert!(Certificate::of_header(nonsense).is_none(), "{nonsense}");
    }
}
