//! RFC 8705, OAuth 2.0 Mutual-TLS Client Authentication and Certificate-Bound Access Tokens, behind a proxy that takes TLS off.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use integration_tests::{person::Answer, settings::Engine, world::World};
use openssl::{
    asn1::Asn1Time,
    bn::{BigNum, BigNumContext, MsbOption},
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

use super::{Scene, assert_error, keys::part, scene, text};
use crate::support::on_sqlite;

on_sqlite!(
    a_certificate_of_an_authority_is_a_client,
    a_certificate_is_known_by_one_name,
    a_self_signed_certificate_is_known_by_its_key,
    a_token_is_bound_to_its_certificate,
    a_public_client_refreshes_with_its_certificate,
    metadata_says_what_there_is,
);

const HEADER: &str = "client-cert";

fn key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn name(common: &str) -> X509Name {
    let mut name = X509Name::builder().unwrap();
    name.append_entry_by_text("O", "Robots").unwrap();
    name.append_entry_by_text("CN", common).unwrap();
    name.build()
}

/// Whoever vouches for certificates.
struct Authority {
    key: PKey<Private>,
    certificate: X509,
}

impl Authority {
    fn new() -> Self {
        let key = key();
        let certificate = certificate("authority", &key, ("authority", &key), 2);
        Self { key, certificate }
    }

    fn vouch_for(&self, common: &str) -> X509 {
        certificate(common, &key(), ("authority", &self.key), 2)
    }

    /// What has run out.
    fn vouched_for(&self, common: &str) -> X509 {
        certificate(common, &key(), ("authority", &self.key), 0)
    }
}

fn certificate(common: &str, of: &PKey<Private>, by: (&str, &PKey<Private>), days: u32) -> X509 {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let mut serial = BigNum::new().unwrap();
    serial.rand(64, MsbOption::MAYBE_ZERO, false).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name(common)).unwrap();
    builder.set_issuer_name(&name(by.0)).unwrap();
    builder.set_pubkey(of).unwrap();
    builder.set_not_before(&Asn1Time::from_unix(1_600_000_000).unwrap()).unwrap();
    let end = if days == 0 { Asn1Time::from_unix(1_700_000_000) } else { Asn1Time::days_from_now(days) };
    builder.set_not_after(&end.unwrap()).unwrap();
    if common == by.0 {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    }
    let context = builder.x509v3_context(None, None);
    let names = SubjectAlternativeName::new()
        .dns(&format!("{common}.robots.example"))
        .email(&format!("{common}@robots.example"))
        .uri(&format!("urn:robots:{common}"))
        .ip("10.0.0.7")
        .build(&context)
        .unwrap();
    builder.append_extension(names).unwrap();
    builder.sign(by.1, MessageDigest::sha256()).unwrap();
    builder.build()
}

fn header_of(certificate: &X509) -> String {
    format!(":{}:", STANDARD.encode(certificate.to_der().unwrap()))
}

fn thumbprint(certificate: &X509) -> String {
    URL_SAFE_NO_PAD.encode(openssl::sha::sha256(&certificate.to_der().unwrap()))
}

/// The public key of a certificate as a JWK.
fn jwk(certificate: &X509) -> Value {
    let key = certificate.public_key().unwrap().ec_key().unwrap();
    let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
    key.public_key().affine_coordinates(key.group(), &mut x, &mut y, &mut BigNumContext::new().unwrap()).unwrap();
    let coordinate = |number: &BigNum| URL_SAFE_NO_PAD.encode(number.to_vec_padded(32).unwrap());
    json!({ "kty": "EC", "crv": "P-256", "x": coordinate(&x), "y": coordinate(&y) })
}

/// A configuration that believes this authority, from a proxy on this machine.
fn believing(authority: &Authority, folder: &tempfile::TempDir) -> Value {
    let file = folder.path().join("authority.pem");
    std::fs::write(&file, authority.certificate.to_pem().unwrap()).unwrap();
    json!({
        "trusted_proxies": ["127.0.0.1/32"],
        "oauth2": { "mtls": { "certificate_header": HEADER, "authorities": file } },
    })
}

async fn ask(scene: &Scene, client: &str, shown: Option<&X509>) -> anyhow::Result<Answer> {
    let header = shown.map(header_of);
    let headers: Vec<(&str, &str)> = header.iter().map(|value| (HEADER, value.as_str())).collect();
    scene.post("/oauth2/token", &headers, &[("grant_type", "client_credentials"), ("client_id", client)]).await
}

async fn robot(scene: &Scene, fields: Value) -> anyhow::Result<String> {
    scene.register(super::keys::lay(json!({ "grant_types": ["client_credentials"] }), &fields)).await
}

/// 2.1: "the PKI method [...] the certificate chain is validated [...] and its subject is the registered one"; 2: "client_id [...] MUST"
/// name the client; 7.1: "error code invalid_client".
async fn a_certificate_of_an_authority_is_a_client(engine: Engine) -> anyhow::Result<()> {
    let (authority, folder) = (Authority::new(), tempfile::tempdir()?);
    let scene = scene!(World::on(engine).oauth(believing(&authority, &folder)));
    let fields =
        json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=robot,O=Robots" });
    let client = robot(&scene, fields).await?;
    ask(&scene, &client, Some(&authority.vouch_for("robot"))).await?.expect(200)?;
    let (stranger, own) = (Authority::new().vouch_for("robot"), key());
    let shown = [
        None,
        Some(authority.vouch_for("other")),
        Some(authority.vouched_for("robot")),
        Some(stranger),
        Some(certificate("robot", &own, ("robot", &own), 2)),
    ];
    for certificate in &shown {
        let refused = ask(&scene, &client, certificate.as_ref()).await?;
        assert_error(&refused, 401, "invalid_client");
    }
    // A client with another method is not helped by a certificate.
    let (id, _) = scene.confidential().await?;
    assert_error(&ask(&scene, &id, Some(&authority.vouch_for("robot"))).await?, 401, "invalid_client");
    for value in ["junk", ":AAAA:", "", "::"] {
        let form = [("grant_type", "client_credentials"), ("client_id", client.as_str())];
        assert_error(&scene.post("/oauth2/token", &[(HEADER, value)], &form).await?, 401, "invalid_client");
    }
    Ok(())
}

/// 2.1.2: tls_client_auth_subject_dn, _san_dns, _san_uri, _san_ip, _san_email: "A client using the tls_client_auth authentication method
/// MUST use exactly one of the below metadata parameters".
async fn a_certificate_is_known_by_one_name(engine: Engine) -> anyhow::Result<()> {
    let (authority, folder) = (Authority::new(), tempfile::tempdir()?);
    let scene = scene!(World::on(engine).oauth(believing(&authority, &folder)));
    let (mine, other) = (authority.vouch_for("robot"), authority.vouch_for("droid"));
    let names = [
        ("tls_client_auth_subject_dn", "CN=robot,O=Robots", true),
        ("tls_client_auth_san_dns", "robot.robots.example", true),
        ("tls_client_auth_san_uri", "urn:robots:robot", true),
        ("tls_client_auth_san_email", "robot@robots.example", true),
        // Both certificates have it.
        ("tls_client_auth_san_ip", "10.0.0.7", false),
    ];
    for (member, value, apart) in names {
        let client = robot(&scene, json!({ "token_endpoint_auth_method": "tls_client_auth", member: value })).await?;
        assert_eq!(ask(&scene, &client, Some(&mine)).await?.status, 200, "{member}");
        assert_eq!(ask(&scene, &client, Some(&other)).await?.status == 401, apart, "{member}");
    }
    let none = json!({ "token_endpoint_auth_method": "tls_client_auth" });
    let two = json!({
        "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_san_dns": "a.example", "tls_client_auth_san_ip": "10.0.0.7",
    });
    for body in [none, two] {
        let answer = scene.world.oauth_admin("POST", "/admin/clients", Some(&body)).await?;
        assert_error(&answer, 400, "invalid_client_metadata");
    }
    Ok(())
}

/// 2.2: "the client is successfully authenticated if the certificate that it presented during the handshake matches one of the
/// certificates [or keys] configured or registered for that particular client."
async fn a_self_signed_certificate_is_known_by_its_key(engine: Engine) -> anyhow::Result<()> {
    let (authority, folder) = (Authority::new(), tempfile::tempdir()?);
    let scene = scene!(World::on(engine).oauth(believing(&authority, &folder)));
    let (own, foreign) = (key(), key());
    let (mine, other) = (certificate("me", &own, ("me", &own), 2), certificate("me", &foreign, ("me", &foreign), 2));
    let mut with_chain = jwk(&mine);
    with_chain["x5c"] = json!([STANDARD.encode(mine.to_der()?)]);
    for known in [jwk(&mine), with_chain] {
        let fields =
            json!({ "token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": { "keys": [known] } });
        let client = robot(&scene, fields).await?;
        assert_eq!(ask(&scene, &client, Some(&mine)).await?.status, 200);
        for shown in [Some(&other), None] {
            assert_error(&ask(&scene, &client, shown).await?, 401, "invalid_client");
        }
    }
    Ok(())
}

/// 3: "access tokens bound to the client certificate"; 3.1: cnf x5t#S256 in a JWT, 3.2: and in introspection; "the protected resource MUST
/// [...] if not the same, reject with 401 and invalid_token".
async fn a_token_is_bound_to_its_certificate(engine: Engine) -> anyhow::Result<()> {
    let (authority, folder) = (Authority::new(), tempfile::tempdir()?);
    let scene = scene!(World::on(engine).oauth(believing(&authority, &folder)));
    let fields = json!({ "tls_client_certificate_bound_access_tokens": true, "access_token_strategy": "jwt" });
    let client = scene.register(fields).await?;
    let (mine, other) = (authority.vouch_for("app"), authority.vouch_for("app"));
    let authorization = scene.request_of(&client)?;
    let code = scene.code(&authorization).await?;
    assert_error(&scene.exchange(&authorization, &code, &[], &[]).await?, 400, "invalid_request");
    let shown = header_of(&mine);
    let tokens = scene.exchange(&authorization, &code, &[(HEADER, &shown)], &[]).await?.expect(200)?;
    let token = text(&tokens, "access_token")?;
    let confirmation = json!({ "x5t#S256": thumbprint(&mine) });
    assert_eq!(part(token, 1)["cnf"], confirmation);
    assert_eq!(scene.world.introspect(token).await?["cnf"], confirmation);
    let bearer = format!("Bearer {token}");
    let userinfo = async |shown: Option<String>| {
        let mut headers = vec![("authorization", bearer.as_str())];
        headers.extend(shown.iter().map(|value| (HEADER, value.as_str())));
        scene.get("/userinfo", &headers).await
    };
    assert_eq!(userinfo(Some(header_of(&mine))).await?.status, 200);
    for shown in [None, Some(header_of(&other))] {
        let refused = userinfo(shown).await?;
        assert_eq!(refused.status, 401, "{}", refused.body);
        assert!(
            refused.header("www-authenticate").is_some_and(|text| text.contains("invalid_token")),
            "{:?}",
            refused.headers
        );
    }
    Ok(())
}

/// 4: "refresh tokens issued to public clients [...] MUST be bound to the certificate".
async fn a_public_client_refreshes_with_its_certificate(engine: Engine) -> anyhow::Result<()> {
    let (authority, folder) = (Authority::new(), tempfile::tempdir()?);
    let scene = scene!(World::on(engine).oauth(believing(&authority, &folder)));
    let client = scene.register(json!({ "tls_client_certificate_bound_access_tokens": true })).await?;
    let (mine, other) = (header_of(&authority.vouch_for("app")), header_of(&authority.vouch_for("app")));
    let authorization = scene.request_of(&client)?;
    let code = scene.code(&authorization).await?;
    let tokens = scene.exchange(&authorization, &code, &[(HEADER, &mine)], &[]).await?.expect(200)?;
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", text(&tokens, "refresh_token")?),
        ("client_id", client.as_str()),
    ];
    for headers in [vec![], vec![(HEADER, other.as_str())]] {
        let refused = scene.post("/oauth2/token", &headers, &form).await?;
        assert_eq!(refused.status, 400, "{}", refused.body);
    }
    scene.post("/oauth2/token", &[(HEADER, &mine)], &form).await?.expect(200)?;
    Ok(())
}

/// 3.3: "tls_client_certificate_bound_access_tokens [...] Boolean value indicating server support"; 2.1.1, 2.2.1: the methods; 5: aliases.
async fn metadata_says_what_there_is(engine: Engine) -> anyhow::Result<()> {
    let (authority, folder) = (Authority::new(), tempfile::tempdir()?);
    let mut config = believing(&authority, &folder);
    config["oauth2"]["mtls"]["url"] = json!("https://mtls.example/");
    let scene = scene!(World::on(engine).oauth(config));
    let metadata = scene.metadata().await?;
    assert_eq!(metadata["tls_client_certificate_bound_access_tokens"], true);
    let methods = metadata["token_endpoint_auth_methods_supported"].as_array().expect("a list");
    for method in ["tls_client_auth", "self_signed_tls_client_auth"] {
        assert!(methods.contains(&json!(method)), "{methods:?}");
    }
    assert_eq!(metadata["mtls_endpoint_aliases"]["token_endpoint"], "https://mtls.example/oauth2/token");
    // Who is no trusted proxy shows no certificate, whatever it writes.
    let mut strange = believing(&authority, &folder);
    strange["trusted_proxies"] = json!(["192.0.2.0/24"]);
    let scene = scene!(World::on(engine).oauth(strange));
    let fields =
        json!({ "token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=robot,O=Robots" });
    let client = robot(&scene, fields).await?;
    assert_error(&ask(&scene, &client, Some(&authority.vouch_for("robot"))).await?, 401, "invalid_client");
    Ok(())
}
