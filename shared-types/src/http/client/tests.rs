use super::*;

#[test]
fn special_networks_are_not_public() {
    for text in [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "::127.0.0.1",
    ] {
        assert!(!is_public(text.parse().unwrap()), "{text}");
    }
    for text in ["1.1.1.1", "93.184.216.34", "2606:4700::1111"] {
        assert!(is_public(text.parse().unwrap()), "{text}");
    }
}

#[test]
fn globs() {
    assert!(glob("http://127.0.0.1:*/hook", "http://127.0.0.1:8080/hook"));
    assert!(glob("https://*.internal/*", "https://a.internal/x/y"));
    assert!(!glob("https://*.internal/*", "http://a.internal/x"));
    assert!(glob("http://a/", "http://a/") && !glob("http://a/", "http://a/b"));
}

#[tokio::test]
async fn a_guarded_client_calls_nothing_inside() {
    let options = GuardOptions { disallow_private_ip_ranges: true, private_ip_exception_urls: vec![] };
    let client = HttpClient::guarded(options).unwrap();
    for url in ["http://127.0.0.1:1/", "http://[::1]:1/", "http://localhost:1/", "http://2130706433:1/"] {
        let outcome = client.send(HttpRequest::new("GET", url.parse().unwrap())).await;
        assert!(matches!(outcome, Err(HttpError::Refused(_))), "{url}: {outcome:?}");
    }
    let other = client.send(HttpRequest::new("GET", "file:///etc/passwd".parse().unwrap())).await;
    assert!(matches!(other, Err(HttpError::Invalid(_))));
}

#[tokio::test]
async fn an_excepted_url_is_called() {
    let options =
        GuardOptions { disallow_private_ip_ranges: true, private_ip_exception_urls: vec!["http://127.0.0.1:*".into()] };
    let client = HttpClient::guarded(options).unwrap();
    let outcome = client.send(HttpRequest::new("GET", "http://127.0.0.1:1/".parse().unwrap())).await;
    assert!(matches!(outcome, Err(HttpError::Unreachable(..))));
}
