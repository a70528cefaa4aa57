use super::*;

const NASTY: &str = "\"><script>alert(1)</script>&'";

#[test]
fn what_a_stranger_sends_is_text() {
    let fields = [("state", NASTY.to_owned()), ("code", "ory_ac_x".to_owned())];
    let form =
        FormPostTemplate { nonce: "n", action: "https://a.example/cb?a=1&b=\"2", fields: &fields }.render().unwrap();
    let facts = [("Error", NASTY.to_owned())];
    let error = ErrorPage { nonce: "n", facts: &facts }.render().unwrap();
    for html in [&form, &error] {
        assert!(!html.contains("<script>alert"), "{html}");
        assert!(!html.contains("\"><"), "{html}");
    }
    assert!(form.contains("name=\"code\" value=\"ory_ac_x\""));
    assert!(form.contains("<noscript><button type=\"submit\">"));
    assert!(error.contains("The OAuth2 request resulted in an error."));
}

#[test]
fn a_fallback_names_its_key() {
    let html = FallbackPage { nonce: "n", title: "A title", text: "A text.", key: "urls.login" }.render().unwrap();
    assert!(html.contains("<code>urls.login</code>"));
    assert!(html.contains("<h1>A title</h1>"));
}
