use super::*;

#[test]
fn lists_are_split_and_empty_words_left_out() {
    let params = Params::parse("acr_values=urn:a+urn:b&ui_locales=de-AT++en&display=popup&login_hint=&x=y");
    let context = of(&params, &[]);
    assert_eq!(context.acr_values, ["urn:a", "urn:b"]);
    assert_eq!(context.ui_locales, ["de-AT", "en"]);
    assert_eq!(context.display.as_deref(), Some("popup"));
    assert_eq!(context.login_hint, None);
    assert_eq!(context.id_token_hint_claims, None);
}

#[test]
fn a_hint_gives_its_claims() {
    let body = URL_SAFE_NO_PAD.encode(r#"{"sub":"ann"}"#);
    let context = of(&Params::parse(&format!("id_token_hint=e30.{body}.sig")), &[]);
    assert_eq!(context.id_token_hint_claims.unwrap()["sub"], "ann");
    for broken in ["x", "a.b.c", "a.!.c", "..", "a.W10.c"] {
        let params = Params::parse(&format!("id_token_hint={broken}"));
        assert_eq!(of(&params, &[]).id_token_hint_claims, None, "{broken}");
    }
}
