use super::*;

#[test]
fn a_base_keeps_its_path() {
    for (base, expected) in [
        ("https://id.example", "https://id.example/oauth2/auth"),
        ("https://id.example/", "https://id.example/oauth2/auth"),
        ("https://id.example/oauth/?x=1#y", "https://id.example/oauth/oauth2/auth"),
    ] {
        assert_eq!(under(&Url::parse(base).unwrap(), AUTHORIZE).as_str(), expected);
    }
}

#[test]
fn a_page_keeps_its_query() {
    let page = Url::parse("https://id.example/login?theme=dark").unwrap();
    let url = with_params(&page, &[("login_challenge", "a b&c")]);
    assert_eq!(url.as_str(), "https://id.example/login?theme=dark&login_challenge=a+b%26c");
}
