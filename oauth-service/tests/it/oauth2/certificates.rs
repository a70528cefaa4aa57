//! Clients that show a certificate: authentication and bound tokens (RFC 8705), handed over by a proxy that is trusted.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use openssl::{
    asn1::Asn1Time,
    bn::BigNum,
    ec::{EcGroup, EcKey},
    hash::MessageDigest,
    nid::Nid,
    pkey::{PKey, Private},
    x509::{X509, X509Name, X509NameBuilder, extension::BasicConstraints},
};
use reqwest::Method;
use serde_json::{Value, json};
use shared_types::on_both;

use super::{
    auth::world::{CALLBACK, Reply, VERIFIER, World, read},
    token::code,
};

const HEADER: &str = "client-cert";

fn key() -> PKey<Private> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    PKey::from_ec_key(EcKey::generate(&group).unwrap()).unwrap()
}

fn name(common: &str) -> X509Name {
    let mut name = X509NameBuilder::new().unwrap();
    name.append_entry_by_text("O", "Robots").unwrap();
    name.append_entry_by_text("CN", common).unwrap();
    name.build()
}

struct Authority {
    key: PKey<Private>,
    certificate: X509,
}

impl Authority {
    fn new() -> Self {
        let key = key();
        let certificate = issued(&key, "authority", &key, "authority", true);
        Self { key, certificate }
    }

    fn vouch_for(&self, common: &str) -> X509 {
        issued(&key(), common, &self.key, "authority", false)
    }
}

fn issued(key: &PKey<Private>, common: &str, by: &PKey<Private>, issuer: &str, authority: bool) -> X509 {
    let mut builder = X509::builder().unwrap();
    builder.set_version(2).unwrap();
    let mut serial = BigNum::new().unwrap();
    serial.rand(64, openssl::bn::MsbOption::MAYBE_ZERO, false).unwrap();
    builder.set_serial_number(&serial.to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&name(common)).unwrap();
    builder.set_issuer_name(&name(issuer)).unwrap();
    builder.set_pubkey(key).unwrap();
    builder.set_not_before(&Asn1Time::days_from_now(0).unwrap()).unwrap();
    builder.set_not_after(&Asn1Time::days_from_now(2).unwrap()).unwrap();
    if authority {
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
    }
    builder.sign(by, MessageDigest::sha256()).unwrap();
    builder.build()
}

fn header_of(certificate: &X509) -> String {
    format!(":{}:", STANDARD.encode(certificate.to_der().unwrap()))
}

/// A server behind a proxy on this machine, and somebody who vouches for certificates.
async fn world(dsn: &str, authority: &Authority) -> (World, tempfile::NamedTempFile) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), authority.certificate.to_pem().unwrap()).unwrap();
    let config = json!({
        "trusted_proxies": ["127.0.0.1/32"],
        "oauth2": {"mtls": {"certificate_header": HEADER, "authorities": file.path()}},
    });
    (World::with(dsn, config).await, file)
}

async fn robot(world: &World, more: Value) {
    let mut body = json!({"grant_types": ["client_credentials"], "scope": "a", "redirect_uris": []});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    world.client("robot", body).await;
}

async fn ask(world: &World, certificate: Option<&X509>) -> Reply {
    let form = [("grant_type", "client_credentials"), ("client_id", "robot")];
    let request = world.public(Method::POST, "/oauth2/token").form(&form);
    read(match certificate {
        Some(certificate) => request.header(HEADER, header_of(certificate)),
        None => request,
    })
    .await
}

on_both! {
    async fn a_certificate_somebody_vouches_for_is_a_client(dsn: String) {
        let authority = Authority::new();
        let (world, _file) = world(&dsn, &authority).await;
        robot(&world, json!({"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=robot,O=Robots",
            "tls_client_certificate_bound_access_tokens": true})).await;
        let mine = authority.vouch_for("robot");
        let reply = ask(&world, Some(&mine)).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        // RFC 8705 3.2: introspection tells the thumbprint of the certificate.
        let seen = world.introspect(reply.json()["access_token"].as_str().unwrap()).await;
        let thumbprint = URL_SAFE_NO_PAD.encode(openssl::sha::sha256(&mine.to_der().unwrap()));
        assert_eq!((&seen["cnf"]["x5t#S256"], &seen["token_type"]), (&json!(thumbprint), &json!("Bearer")), "{seen}");
        let stranger = Authority::new().vouch_for("robot");
        for shown in [None, Some(&authority.vouch_for("other")), Some(&stranger)] {
            let reply = ask(&world, shown).await;
            assert_eq!((reply.status, &reply.json()["error"]), (401, &json!("invalid_client")), "{reply:?}");
        }
        // Two headers: the first may be the client's own.
        let form = [("grant_type", "client_credentials"), ("client_id", "robot")];
        let twice = world.public(Method::POST, "/oauth2/token").form(&form);
        let twice = read(twice.header(HEADER, header_of(&mine)).header(HEADER, header_of(&stranger))).await;
        assert_eq!(twice.status, 401);
    }
}

on_both! {
    async fn a_certificate_nobody_vouches_for_is_known_by_its_key(dsn: String) {
        let authority = Authority::new();
        let (world, _file) = world(&dsn, &authority).await;
        let mine = authority.vouch_for("self");
        let x5c = STANDARD.encode(mine.to_der().unwrap());
        let jwk = {
            let public = mine.public_key().unwrap();
            let point = public.ec_key().unwrap();
            let mut context = openssl::bn::BigNumContext::new().unwrap();
            let (mut x, mut y) = (BigNum::new().unwrap(), BigNum::new().unwrap());
            point.public_key().affine_coordinates(point.group(), &mut x, &mut y, &mut context).unwrap();
            let coordinate = |n: &BigNum| URL_SAFE_NO_PAD.encode(n.to_vec_padded(32).unwrap());
            json!({"kty": "EC", "crv": "P-256", "x": coordinate(&x), "y": coordinate(&y)})
        };
        // RFC 8705 2.2.2: by the certificate in x5c, or by the key alone.
        let with_certificate = {
            let mut key = jwk.clone();
            key["x5c"] = json!([x5c]);
            key
        };
        for known in [jwk, with_certificate] {
            robot(&world, json!({"token_endpoint_auth_method": "self_signed_tls_client_auth", "jwks": {"keys": [known]}})).await;
            assert_eq!(ask(&world, Some(&mine)).await.status, 200);
            assert_eq!(ask(&world, Some(&authority.vouch_for("self"))).await.status, 401);
            world.admin(Method::DELETE, "/admin/clients/robot", None).await;
        }
    }
}

on_both! {
    async fn a_bound_token_is_good_on_its_connection_alone(dsn: String) {
        let authority = Authority::new();
        let (world, _file) = world(&dsn, &authority).await;
        world.client("shop", json!({"tls_client_certificate_bound_access_tokens": true})).await;
        let mine = authority.vouch_for("shop");
        let code = code(&world).await;
        let form = [("grant_type", "authorization_code"), ("client_id", "shop"), ("code", code.as_str()),
            ("redirect_uri", CALLBACK), ("code_verifier", VERIFIER)];
        // Without a certificate there is nothing to bind to, and the code is not spent.
        assert_eq!(world.token(&form).await.json()["error"], "invalid_request");
        let reply = read(world.public(Method::POST, "/oauth2/token").form(&form).header(HEADER, header_of(&mine))).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        let access = reply.json()["access_token"].as_str().unwrap().to_owned();
        let userinfo = |certificate: Option<&X509>| {
            let request = world.public(Method::GET, "/userinfo").bearer_auth(&access);
            read(match certificate {
                Some(certificate) => request.header(HEADER, header_of(certificate)),
                None => request,
            })
        };
        assert_eq!(userinfo(Some(&mine)).await.status, 200);
        assert_eq!(userinfo(None).await.status, 401);
        assert_eq!(userinfo(Some(&authority.vouch_for("shop"))).await.status, 401);
    }
}

on_both! {
    /// Who is no trusted proxy could write any certificate into the header.
    async fn a_header_of_a_stranger_is_not_looked_at(dsn: String) {
        let authority = Authority::new();
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), authority.certificate.to_pem().unwrap()).unwrap();
        let config = json!({"oauth2": {"mtls": {"certificate_header": HEADER, "authorities": file.path()}}});
        let world = World::with(&dsn, config).await;
        robot(&world, json!({"token_endpoint_auth_method": "tls_client_auth", "tls_client_auth_subject_dn": "CN=robot,O=Robots"})).await;
        assert_eq!(ask(&world, Some(&authority.vouch_for("robot"))).await.status, 401);
    }
}
