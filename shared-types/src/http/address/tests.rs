use actix_web::test::TestRequest;

use super::*;

fn seen(peer: &str, forwarded: Option<&str>, proxies: &[&str]) -> String {
    let mut request = TestRequest::default().peer_addr(format!("{peer}:1000").parse().unwrap());
    if let Some(value) = forwarded {
        request = request.insert_header(("x-forwarded-for", value));
    }
    client_address(&request.to_http_request(), &TrustedProxies::parse(proxies).unwrap()).to_string()
}

#[test]
fn a_stranger_cannot_choose_an_address() {
    assert_eq!(seen("203.0.113.9", Some("198.51.100.1"), &[]), "203.0.113.9");
    assert_eq!(seen("203.0.113.9", Some("198.51.100.1"), &["10.0.0.0/8"]), "203.0.113.9");
}

#[test]
fn the_last_entry_no_proxy_wrote_for_itself_counts() {
    let proxies = ["10.0.0.0/8"];
    assert_eq!(seen("10.0.0.2", Some("198.51.100.1"), &proxies), "198.51.100.1");
    assert_eq!(seen("10.0.0.2", Some("6.6.6.6, 198.51.100.1, 10.0.0.9"), &proxies), "198.51.100.1");
    assert_eq!(seen("10.0.0.2", Some("6.6.6.6, rubbish, 10.0.0.9"), &proxies), "10.0.0.9");
    assert_eq!(seen("10.0.0.2", None, &proxies), "10.0.0.2");
}

#[test]
fn a_wrong_network_is_named() {
    assert_eq!(TrustedProxies::parse(&["10.0.0.0/8", "proxy"]).unwrap_err(), "proxy");
}

#[test]
fn who_comes_by_a_socket_is_of_this_machine() {
    let request = TestRequest::default().insert_header(("x-forwarded-for", "198.51.100.1")).to_http_request();
    let seen = |proxies: &[&str]| client_address(&request, &TrustedProxies::parse(proxies).unwrap()).to_string();
    assert_eq!((seen(&[]).as_str(), seen(&["127.0.0.1"]).as_str()), ("127.0.0.1", "198.51.100.1"));
}
