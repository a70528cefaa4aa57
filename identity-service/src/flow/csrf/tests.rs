use proptest::prelude::*;
use shared_types::{
    entropy::SystemEntropy,
    secret::{Digester, Secret},
};

use super::CsrfSecret;

fn digester(secrets: &[&str]) -> Digester {
    let secrets: Vec<Secret<String>> = secrets.iter().map(|text| Secret::new((*text).to_owned())).collect();
    Digester::new(&secrets)
}

#[test]
fn tokens_differ_and_are_all_accepted() {
    let secret = CsrfSecret::random(&SystemEntropy);
    let (one, two) = (secret.masked(&SystemEntropy), secret.masked(&SystemEntropy));
    assert_ne!(one, two);
    assert_eq!((one.len(), secret.cookie().len()), (88, 44));
    assert!(secret.accepts(&one) && secret.accepts(&two));
    assert!(!CsrfSecret::random(&SystemEntropy).accepts(&one));
}

#[test]
fn the_cookie_gives_the_secret_back() {
    let secret = CsrfSecret::random(&SystemEntropy);
    assert_eq!(CsrfSecret::from_cookie(&secret.cookie()), Some(secret));
    for broken in ["", "x", "AAAA", "not base64 at all!"] {
        assert_eq!(CsrfSecret::from_cookie(broken), None);
    }
}

#[test]
fn a_flow_knows_its_browser_even_after_a_rotation_of_keys() {
    let secret = CsrfSecret::random(&SystemEntropy);
    let mark = secret.mark(&digester(&["an old secret of ours"]));
    let rotated = digester(&["a new secret of ours", "an old secret of ours"]);
    assert!(secret.began(&mark, &rotated));
    assert!(!CsrfSecret::random(&SystemEntropy).began(&mark, &rotated));
    assert!(!secret.began("", &rotated));
}

proptest! {
    #[test]
    fn no_text_is_accepted_by_chance(token in any::<String>()) {
        prop_assert!(!CsrfSecret::random(&SystemEntropy).accepts(&token));
    }
}
