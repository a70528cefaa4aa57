use proptest::prelude::*;

use super::*;

const REGISTERED: [&str; 6] = [
    "https://client.example/callback",
    "https://client.example/callback?tenant=a",
    "http://127.0.0.1/cb",
    "http://[::1]:5000/cb?x=1",
    "http://localhost:5555/cb",
    "com.example.app:/oauth",
];

fn pick(sent: &str) -> Result<&str, RedirectUriError> {
    choose(&REGISTERED, Some(sent), true, false)
}

#[test]
fn registered_ones_are_taken_as_they_are() {
    for uri in REGISTERED {
        assert_eq!(pick(uri), Ok(uri));
    }
}

#[test]
fn a_loopback_address_may_have_any_port() {
    for uri in ["http://127.0.0.1:49152/cb", "http://127.0.0.1:1/cb", "http://[::1]/cb?x=1", "http://[::1]:6/cb?x=1"] {
        assert_eq!(pick(uri), Ok(uri));
    }
}

#[test]
fn nothing_else_about_it_may_differ() {
    let attacks = [
        "http://127.0.0.1:49152/cb2",
        "http://127.0.0.1:49152/cb?x=1",
        "http://127.0.0.1:49152/cb/",
        "http://127.0.0.1:49152/",
        "http://127.0.0.2:49152/cb",
        "https://127.0.0.1:49152/cb",
        "http://[::1]:6/cb?x=2",
        "http://[::1]:6/cb",
        "http://[0:0:0:0:0:0:0:1]/cb?x=1",
        "http://127.0.0.1:/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1:+80/cb",
        "http://127.0.0.1:80@evil.example/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://127.1/cb",
        "http://0177.0.0.1/cb",
        "http://2130706433/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost:5556/cb",
        "http://localhost/cb",
    ];
    for uri in attacks {
        assert_eq!(pick(uri), Err(RedirectUriError::NotRegistered), "{uri}");
    }
}

#[test]
fn look_alikes_are_not_registered() {
    let attacks = [
        "https://client.example/callback/",
        "https://client.example/callback#",
        "https://client.example/callback#x",
        "https://client.example/callback?",
        "https://client.example/callback?tenant=b",
        "https://client.example/callback?tenant=a&tenant=b",
        "https://client.example//callback",
        "https://client.example/./callback",
        "https://client.example/x/../callback",
        "https://client.example/%63allback",
        "https://CLIENT.example/callback",
        "HTTPS://client.example/callback",
        "https://client.example:443/callback",
        "https://client.example.evil.example/callback",
        "https://client.example@evil.example/callback",
        "https://client.example:x@evil.example/callback",
        "https://evil.example/?https://client.example/callback",
        "https://evil.example\\@client.example/callback",
        "https:\\\\client.example/callback",
        "https:client.example/callback",
        "https:/client.example/callback",
        "//client.example/callback",
        "/callback",
        "https://client.example/callback\r\nSet-Cookie: a=b",
        "https://client.example/callback\0",
        "https://client.example/callback ",
        " https://client.example/callback",
        "https://cli\u{0435}nt.example/callback",
        "https://client\u{3002}example/callback",
        "http://client.example/callback",
        "javascript://client.example/callback",
        "",
    ];
    for uri in attacks {
        assert_eq!(pick(uri), Err(RedirectUriError::NotRegistered), "{uri:?}");
    }
}

#[test]
fn an_absent_uri_needs_one_registered_and_no_openid() {
    let one = ["https://a.example/cb"];
    assert_eq!(choose(&one, None, false, false), Ok(one[0]));
    assert_eq!(choose(&one, None, true, false), Err(RedirectUriError::MissingForOpenid));
    assert_eq!(choose(&REGISTERED, None, false, false), Err(RedirectUriError::Missing));
    assert_eq!(choose::<&str>(&[], None, false, false), Err(RedirectUriError::Missing));
}

#[test]
fn a_registered_text_may_still_be_unfit() {
    let unfit = [
        "https://a.example/cb#x",
        "https://user:pw@a.example/cb",
        "https://a.example/c b",
        "https://a.example\\cb",
        "https:a.example",
        "https:///a.example",
        "https://",
        "javascript:alert(1)",
        "data:text/html,x",
        "/cb",
        "cb",
        "https://b\u{fc}cher.example/cb",
    ];
    for uri in unfit {
        assert_eq!(choose(&[uri], Some(uri), true, true), Err(RedirectUriError::Unfit), "{uri:?}");
    }
}

#[test]
fn plain_http_leaves_the_machine_in_development_alone() {
    let far = ["http://client.example/cb"];
    assert_eq!(choose(&far, Some(far[0]), true, false), Err(RedirectUriError::Insecure));
    assert_eq!(choose(&far, Some(far[0]), true, true), Ok(far[0]));
    for near in ["http://app.localhost/cb", "http://127.8.9.1/cb", "http://[::1]/cb"] {
        assert_eq!(choose(&[near], Some(near), true, false), Ok(near));
    }
    for tricky in ["http://localhost.evil.example/cb", "http://notlocalhost/cb"] {
        assert_eq!(choose(&[tricky], Some(tricky), true, false), Err(RedirectUriError::Insecure));
    }
}

proptest! {
    #[test]
    fn whatever_is_sent_is_registered_or_loopback(sent in ".{0,60}") {
        if let Ok(uri) = pick(&sent) {
            prop_assert!(REGISTERED.contains(&uri));
        }
    }

    #[test]
    fn any_change_to_a_registered_uri_is_refused(at in 0usize..30, with in "[!-~]") {
        let mut uri = REGISTERED[0].to_owned();
        uri.replace_range(at..=at, &with);
        prop_assert_eq!(pick(&uri).is_ok(), uri == REGISTERED[0]);
    }

    #[test]
    fn ports_alone_vary_on_loopback(port in any::<u16>(), path in "[a-z/?#@]{0,6}") {
        let uri = format!("http://127.0.0.1:{port}/{path}");
        prop_assert_eq!(pick(&uri).is_ok(), path == "cb");
    }

    #[test]
    fn what_is_fit_goes_into_a_header_as_it_is(uri in ".{0,40}") {
        if fit(&uri).is_some() {
            prop_assert!(uri.bytes().all(|b| b.is_ascii_graphic()));
        }
    }
}

#[test]
fn the_nearest_registered_uri_and_what_differs() {
    let registered = ["https://portal.example.org/cb", "https://portal.example.org/other/cb", "http://127.0.0.1/cb"];
    for (sent, near, parts) in [
        ("http://portal.example.org/cb", 0, &["scheme"][..]),
        ("https://portal.example.com/cb", 0, &["host"]),
        ("https://portal.example.org:8443/cb", 0, &["port"]),
        ("https://portal.example.org/cb/", 0, &["slash at the end"]),
        ("https://portal.example.org/callback", 0, &["path"]),
        ("https://portal.example.org/other/cb?x=1", 1, &["query"]),
        ("http://portal.example.org:3000/cb", 0, &["scheme", "port"]),
        ("HTTPS://portal.example.org/cb", 0, &["spelling"]),
        ("not an address", 0, &["spelling"]),
    ] {
        assert_eq!(nearest(&registered, sent), Some((registered[near], parts.to_vec())), "{sent}");
    }
    assert_eq!(nearest::<&str>(&[], "https://portal.example.org/cb"), None);
}
