use super::{Form, decode};

const PAGE: &str = r#"<p>Hi</p><form action="/a?flow=1&amp;x=2" method="POST">
  <input type="hidden" name="csrf_token" value="a+b/=="><input name="identifier" type="text" value="">
  <input type="checkbox" name="remember" value="true"><input type=checkbox name=scope value="a > b" checked disabled>
  <button name="method" value="password" type="submit">Sign in</button></form>
  <form action='/b'><button type="submit" name="screen" value="previous">Back</button></form>"#;

#[test]
fn a_form_is_read_the_way_a_browser_sends_it() {
    let form = Form::with_button(PAGE, "method", "password").unwrap();
    assert_eq!(form.action, "/a?flow=1&x=2");
    assert_eq!(form.method, "post");
    let sent = form.fill("identifier", "ada@example.org").press("method", "password");
    assert_eq!(
        sent,
        [("csrf_token", "a+b/=="), ("identifier", "ada@example.org"), ("method", "password")]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(Form::with_button(PAGE, "screen", "previous").unwrap().action, "/b");
    assert!(Form::with_field(PAGE, "remember").is_ok());
    assert!(Form::with_field(PAGE, "nothing").is_err());
}

#[test]
fn escapes_are_undone_and_stray_ampersands_stay() {
    assert_eq!(decode("a &amp; b &#x27;c&#39; &unknown; & d"), "a & b 'c' &unknown; & d");
}
