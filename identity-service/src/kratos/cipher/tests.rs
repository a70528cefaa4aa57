//! Texts that were encrypted the ways Kratos does it, under one secret.

use shared_types::secret::Secret;

use super::Ciphers;

const SECRET: &str = "a cipher secret of thirty-two by";
const GCM: &str = "303132333435363738396162d97bbc190600ed77d0fee4c029ae4ccb4b106a876619b3176ae12b";
const XCHACHA: &str =
    "303132333435363738396162636465663031323334353637de4c7341890cf4a03bc0237d5582f076f43764e5f62749bffd0876";

fn ciphers(secrets: &[&str]) -> Ciphers {
    Ciphers::new(&secrets.iter().map(|text| Secret::new((*text).to_owned())).collect::<Vec<_>>())
}

#[test]
fn either_cipher_and_none_are_read() {
    let known = ciphers(&["another secret of thirty-two byt", SECRET, "too short"]);
    assert_eq!(known.open(GCM).as_deref(), Some("an-id-token"));
    assert_eq!(known.open(XCHACHA).as_deref(), Some("an-id-token"));
    assert_eq!(ciphers(&[]).open("616e2d69642d746f6b656e").as_deref(), Some("an-id-token"));
}

#[test]
fn without_the_secret_there_is_nothing() {
    for unknown in [GCM, XCHACHA, "not hexadecimal", "00ff"] {
        assert_eq!(ciphers(&["another secret of thirty-two byt"]).open(unknown), None, "{unknown}");
    }
}
