//! What a Hydra makes: tokens, sealed keys, cookies, and a database of it. In the test's own words, by the documented formats.

use base64::{
    Engine as _,
    engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD},
};
use hmac::{Hmac, KeyInit as _, Mac as _};
use josekit::{
    jwk::{Jwk, alg::ec::EcCurve},
    jws::{ES256, JwsHeader, RS256},
    jwt::{self, JwtPayload},
};
use openssl::{
    sha::{sha256, sha384},
    symm::{Cipher, encrypt, encrypt_aead},
};
use serde_json::{Value, json};
use sha2::{Sha256, Sha512_256};
use shared_types::{
    db::{Db, DbOptions, Dsn, Error},
    testing::TempDatabase,
};

/// Their `secrets.system`.
pub(super) const SECRET: &str = "a secret of theirs and not of ours";
/// Their `secrets.cookie`.
pub(super) const COOKIE_SECRET: &str = "a cookie secret of theirs";
pub(super) const SID: &str = "00000000-0000-4000-8000-0000000000b1";

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|digit| char::from_digit(digit.into(), 16))
        .collect()
}

/// A token of theirs, made of one byte, and its signature.
pub(super) fn token(prefix: &str, byte: u8) -> (String, String) {
    let random = [byte; 32];
    let mut mac = Hmac::<Sha512_256>::new_from_slice(&sha256(SECRET.as_bytes())).unwrap();
    mac.update(&random);
    let signature = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
    (format!("{prefix}{}.{signature}", URL_SAFE_NO_PAD.encode(random)), signature)
}

/// A signature of an access token as their table has it.
fn hashed(signature: &str) -> String {
    hex(&sha384(signature.as_bytes()))
}

fn sealed(plain: &str) -> String {
    let (nonce, mut tag) = ([7; 12], [0; 16]);
    let body =
        encrypt_aead(Cipher::aes_256_gcm(), &sha256(SECRET.as_bytes()), Some(&nonce), &[], plain.as_bytes(), &mut tag);
    URL_SAFE.encode([&nonce[..], &body.unwrap(), &tag].concat())
}

/// The cookie of a remembered login.
pub(super) fn cookie(secret: &str, sid: &str) -> String {
    // A map from interface to interface with one entry, in Go's encoding.
    let mut map = b"\x0e\xff\x81\x04\x01\x02\xff\x82\x00\x01\x10\x01\x10\x00\x00".to_vec();
    map.extend(b"\x47\xff\x82\x00\x01\x06string\x0c\x05\x00\x03sid\x06string\x0c");
    map.extend([u8::try_from(sid.len() + 2).unwrap(), 0, u8::try_from(sid.len()).unwrap()]);
    map.extend(sid.as_bytes());
    let iv = [9; 16];
    let body = encrypt(Cipher::aes_256_ctr(), &sha256(secret.as_bytes()), Some(&iv), &map).unwrap();
    let value = URL_SAFE.encode([&iv[..], &body].concat());
    let message = format!("1772272800|{value}");
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("ory_hydra_session|{message}").as_bytes());
    URL_SAFE.encode([message.as_bytes(), b"|", &mac.finalize().into_bytes()].concat())
}

/// A database of theirs, and what belongs to it but is not in it.
pub(super) struct Theirs {
    database: TempDatabase,
    id_key: Jwk,
    access_key: Jwk,
    issuer_key: Jwk,
    pub(super) jwt: String,
}

impl Theirs {
    /// A database on the same engine as ours.
    pub(super) async fn beside(ours: &str) -> Self {
        let database = if ours.starts_with("sqlite") {
            TempDatabase::sqlite()
        } else {
            TempDatabase::postgres().expect("ours is one")
        };
        let named = |mut key: Jwk, kid: &str, alg: &str| {
            key.set_key_id(kid);
            key.set_algorithm(alg);
            key.set_key_use("sig");
            key
        };
        let mut theirs = Self {
            database,
            id_key: named(Jwk::generate_rsa_key(2048).unwrap(), "their-id-key", "RS256"),
            access_key: named(Jwk::generate_ec_key(EcCurve::P256).unwrap(), "their-access-key", "ES256"),
            issuer_key: named(Jwk::generate_ec_key(EcCurve::P256).unwrap(), "issuer-key", "ES256"),
            jwt: String::new(),
        };
        let claims = json!({"sub": "machine", "client_id": "machine", "jti": "their-jti", "scp": ["photos.read"]});
        theirs.jwt = signed(&theirs.access_key, &claims);
        theirs.execute(theirs.filled(include_str!("hydra.sql"))).await;
        theirs
    }

    pub(super) fn dsn(&self) -> String {
        self.database.dsn()
    }

    /// Changes the database, as Hydra does while it goes on.
    pub(super) async fn execute(&self, statements: String) {
        use diesel::connection::SimpleConnection as _;
        let db = Db::open(&Dsn::parse(&self.dsn()).unwrap(), DbOptions { pool_size: 1 }).unwrap();
        db.read(move |conn| shared_types::each_backend!(conn, |c| c.batch_execute(&statements)).map_err(Error::from))
            .await
            .unwrap();
    }

    fn filled(&self, sql: &str) -> String {
        let signature = |byte| token("", byte).1;
        let values = [
            ("{bcrypt}", bcrypt::hash("the-secret-of-the-machine", 4).unwrap()),
            ("{pbkdf2}", pbkdf2("an-older-secret")),
            ("{registration}", signature(6)),
            ("{id_key}", sealed(&self.id_key.to_string())),
            ("{access_key}", sealed(&self.access_key.to_string())),
            ("{issuer_key}", sealed(&self.issuer_key.to_string())),
            ("{live}", signature(1)),
            ("{spent}", signature(2)),
            ("{sister}", signature(3)),
            ("{opaque}", hashed(&signature(4))),
            ("{jwt}", hashed(self.jwt.rsplit('.').next().unwrap())),
            ("{over}", hashed(&signature(5))),
            ("{jti}", hex(&sha256(b"seen-there"))),
            ("{session}", session().to_string()),
            ("{sealed_session}", sealed(&session().to_string())),
            ("{machine_session}", machine_session().to_string()),
        ];
        values.iter().fold(sql.to_owned(), |text, (name, value)| text.replace(name, value))
    }

    /// An ID token of theirs.
    pub(super) fn id_token(&self, issuer: &str) -> String {
        let claims = json!({"iss": issuer, "sub": "ann", "aud": ["shop"], "sid": SID, "iat": 1_772_272_800,
            "auth_time": 1_772_272_800, "exp": 7_226_582_400_i64});
        signed(&self.id_key, &claims)
    }

    /// What the trusted issuer says of somebody.
    pub(super) fn assertion(&self, audience: &str, jti: &str, until: i64) -> String {
        let claims = json!({"iss": "https://issuer.test", "sub": "bob", "aud": audience, "jti": jti,
            "iat": until - 600, "exp": until});
        signed(&self.issuer_key, &claims)
    }
}

fn signed(key: &Jwk, claims: &Value) -> String {
    let mut header = JwsHeader::new();
    header.set_key_id(key.key_id().unwrap());
    let payload = JwtPayload::from_map(claims.as_object().unwrap().clone()).unwrap();
    match key.algorithm() {
        Some("RS256") => jwt::encode_with_signer(&payload, &header, &RS256.signer_from_jwk(key).unwrap()),
        _ => jwt::encode_with_signer(&payload, &header, &ES256.signer_from_jwk(key).unwrap()),
    }
    .unwrap()
}

fn pbkdf2(secret: &str) -> String {
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    let (salt, mut key) = ([3; 16], [0; 32]);
    openssl::pkcs5::pbkdf2_hmac(secret.as_bytes(), &salt, 1000, openssl::hash::MessageDigest::sha256(), &mut key)
        .unwrap();
    format!("$pbkdf2-sha256$i=1000,l=32${}${}", STANDARD_NO_PAD.encode(salt), STANDARD_NO_PAD.encode(key))
}

fn session() -> Value {
    let ends = "2199-01-01T00:00:00Z";
    json!({
        "id_token": {
            "id_token_claims": {
                "jti": "", "iss": "https://id.test/", "sub": "ann-at-the-shop", "aud": ["shop"], "nonce": "a-nonce-of-some-length",
                "exp": "0001-01-01T00:00:00Z", "iat": "2026-02-28T10:00:40Z", "rat": "2026-02-28T10:00:00Z",
                "auth_time": "2026-02-28T10:00:20Z", "at_hash": "", "acr": "1", "amr": ["pwd"], "c_hash": "",
                "ext": {"sid": SID, "role": "buyer"}
            },
            "headers": {"extra": {"kid": "their-id-key"}},
            "expires_at": {"access_token": ends, "authorize_code": "2026-02-28T10:10:00Z", "refresh_token": ends},
            "username": "", "subject": "ann"
        },
        "extra": {"role": "buyer"}, "kid": "their-id-key", "client_id": "shop",
        "consent_challenge": "000000000000400080000000000000d1", "exclude_not_before_claim": false,
        "allowed_top_level_claims": [], "mirror_top_level_claims": true
    })
}

fn machine_session() -> Value {
    json!({
        "id_token": {"id_token_claims": null, "headers": {"extra": {}}, "subject": "machine",
            "expires_at": {"access_token": "2199-01-01T00:00:00Z"}},
        "extra": {}, "kid": "", "client_id": "machine", "consent_challenge": ""
    })
}
