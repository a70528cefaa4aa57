use super::*;

fn keys(texts: &[&str]) -> Vec<Secret<String>> {
    texts.iter().map(|t| Secret::new((*t).to_owned())).collect()
}

#[test]
fn a_secret_is_not_printed() {
    assert_eq!(format!("{:?}", Secret::new("hunter2")), "Secret(..)");
}

#[test]
fn purposes_and_keys_keep_digests_apart() {
    let one = Digester::new(&keys(&["first secret value"]));
    let two = Digester::new(&keys(&["second secret value"]));
    assert_eq!(one.digest("access", "t"), one.digest("access", "t"));
    assert_ne!(one.digest("access", "t"), one.digest("refresh", "t"));
    assert_ne!(one.digest("access", "t"), two.digest("access", "t"));
}

#[test]
fn an_old_key_still_finds_what_it_made() {
    let old = Digester::new(&keys(&["old secret value"]));
    let rotated = Digester::new(&keys(&["new secret value", "old secret value"]));
    assert!(rotated.candidates("access", "t").contains(&old.digest("access", "t")));
    assert_ne!(rotated.digest("access", "t"), old.digest("access", "t"));
}
