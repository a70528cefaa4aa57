use super::*;

const SALT: [u8; 16] = [7; 16];

fn hashed(hasher: ClientHasher, secret: &str) -> String {
    hash_with(hasher, secret, super::tests::SALT).unwrap()
}

#[test]
fn both_kinds_of_hash_verify() {
    for hasher in [ClientHasher::Pbkdf2 { iterations: 100 }, ClientHasher::Bcrypt { cost: 4 }] {
        let hash = hashed(hasher, "a good secret");
        assert!(verify(&hash, "a good secret"), "{hash}");
        assert!(!verify(&hash, "a good secreT"), "{hash}");
        assert!(!verify(&hash, ""), "{hash}");
    }
}

#[test]
fn the_text_of_a_pbkdf2_hash_is_the_known_one() {
    let hash = hashed(ClientHasher::Pbkdf2 { iterations: 25_000 }, "secret");
    assert!(hash.starts_with("$pbkdf2-sha256$i=25000,l=32$BwcHBwcHBwcHBwcHBwcHBw$"), "{hash}");
}

#[test]
fn a_broken_hash_matches_nothing() {
    for hash in [
        "",
        "$pbkdf2-sha256$",
        "$pbkdf2-sha256$i=1,l=32$$",
        "$pbkdf2-sha256$i=0,l=32$c2FsdA$AAAA",
        "$pbkdf2-sha256$i=99999999999,l=32$c2FsdA$AAAA",
        "plain",
        "$2b$04$short",
    ] {
        assert!(!verify(hash, "plain"), "{hash}");
        assert!(!verify(hash, ""), "{hash}");
    }
}

#[test]
fn a_secret_bcrypt_would_cut_is_not_taken() {
    assert!(!is_hashable(ClientHasher::Bcrypt { cost: 10 }, 73));
    assert!(is_hashable(ClientHasher::Bcrypt { cost: 10 }, 72));
    assert!(is_hashable(ClientHasher::Pbkdf2 { iterations: 1 }, 500));
    let hash = hashed(ClientHasher::Bcrypt { cost: 4 }, &"a".repeat(72));
    assert!(!verify(&hash, &"a".repeat(73)));
}

#[test]
fn a_made_secret_has_26_safe_characters() {
    let secret = generate(&shared_types::entropy::SystemEntropy, "");
    assert_eq!(secret.expose().len(), 26);
    assert!(secret.expose().bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.~".contains(&b)));
}

/// PBKDF2-HMAC-SHA-256, RFC 7914 section 11: "passwd", "salt", one round; the first half of its 64 bytes.
#[test]
fn a_hash_made_elsewhere_verifies() {
    let key = [
        0x55, 0xac, 0x04, 0x6e, 0x56, 0xe3, 0x08, 0x9f, 0xec, 0x16, 0x91, 0xc2, 0x25, 0x44, 0xb6, 0x05, 0xf9, 0x41,
        0x85, 0x21, 0x6d, 0xde, 0x04, 0x65, 0xe6, 0x8b, 0x9d, 0x57, 0xc2, 0x0d, 0xac, 0xbc,
    ];
    let hash = format!("$pbkdf2-sha256$i=1,l=32${}${}", STANDARD_NO_PAD.encode("salt"), STANDARD_NO_PAD.encode(key));
    assert!(verify(&hash, "passwd"));
}
