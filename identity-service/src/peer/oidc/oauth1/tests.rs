//! The examples of RFC 5849.

use super::*;

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[test]
fn characters_are_encoded_as_section_3_6_says() {
    assert_eq!(encoded("abcXYZ019-._~"), "abcXYZ019-._~");
    assert_eq!(encoded(" +!*'()/:&=%\""), "%20%2B%21%2A%27%28%29%2F%3A%26%3D%25%22");
    assert_eq!(encoded("ä☃"), "%C3%A4%E2%98%83");
}

#[test]
fn the_base_string_of_section_3_4_1() {
    let url = Url::parse("http://EXAMPLE.com:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b").unwrap();
    let parameters = owned(&[
        ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"),
        ("oauth_nonce", "7d8f3e4a"),
        // Of the body.
        ("c2", ""),
        ("a3", "2 q"),
    ]);
    assert_eq!(
        base_string("post", &url, &parameters),
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%\
         26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%\
         26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    );
}

#[test]
fn a_port_that_is_not_the_usual_one_is_signed() {
    let url = Url::parse("https://www.example.net:8080/?q=1").unwrap();
    assert_eq!(base_string("GET", &url, &[]), "GET&https%3A%2F%2Fwww.example.net%3A8080%2F&q%3D1");
}

/// The two requests of section 1.2 that are signed with a token, as a client that sends no `oauth_version` signs them.
#[test]
fn the_signatures_of_section_1_2() {
    let client = Credentials { key: "dpf43f3p2l4k3l03", secret: "kd94hf93k423kf44", token: None };
    let sign = |method: &str, url: &str, by: Credentials<'_>, parameters: &[(&str, &str)]| {
        let mut all = owned(parameters);
        all.extend(owned(&[("oauth_consumer_key", by.key), ("oauth_signature_method", "HMAC-SHA1")]));
        all.extend(by.token.map(|(token, _)| ("oauth_token".to_owned(), token.to_owned())));
        signature(&base_string(method, &Url::parse(url).unwrap(), &all), by).unwrap()
    };
    let begun = [
        ("oauth_timestamp", "137131200"),
        ("oauth_nonce", "wIjqoS"),
        ("oauth_callback", "http://printer.example.com/ready"),
    ];
    assert_eq!(sign("POST", "https://photos.example.net/initiate", client, &begun), "74KNZJeDHnMBp0EMJ9ZHt/XKycU=");
    let temporary = Credentials { token: Some(("hh5s93j4hdidpola", "hdhd0244k9j7ao03")), ..client };
    let asked = [("oauth_timestamp", "137131201"), ("oauth_nonce", "walatlh"), ("oauth_verifier", "hfdp7dh39dks9884")];
    assert_eq!(sign("POST", "https://photos.example.net/token", temporary, &asked), "gKgrFCywp7rO0OXSjdot/IHF7IU=");
    let granted = Credentials { token: Some(("nnch734d00sl2jdk", "pfkkdhi9sl3r4s00")), ..client };
    let photo = "http://photos.example.net/photos?file=vacation.jpg&size=original";
    let read = [("oauth_timestamp", "137131202"), ("oauth_nonce", "chapoH")];
    assert_eq!(sign("GET", photo, granted, &read), "MdpQcU8iPSUjWoN/UDMsK2sui9I=");
}

#[test]
fn the_header_holds_what_was_signed() {
    let url = Url::parse("https://api.example.org/token?a=1").unwrap();
    let by = Credentials { key: "k&", secret: "s", token: Some(("t", "ts")) };
    let at = Moment { nonce: "n".to_owned(), timestamp: 7 };
    let request = signed(HttpRequest::new("POST", url), by, &at, &[("oauth_verifier", "v 1")]).unwrap();
    let header = &request.headers.iter().find(|(name, _)| name == "authorization").unwrap().1;
    assert!(header.starts_with("OAuth oauth_consumer_key=\"k%26\", oauth_nonce=\"n\", "), "{header}");
    for part in ["oauth_timestamp=\"7\"", "oauth_version=\"1.0\"", "oauth_verifier=\"v%201\"", "oauth_token=\"t\""] {
        assert!(header.contains(part), "{header}");
    }
    assert!(header.contains("oauth_signature=\"") && !header.contains("ts\""), "{header}");
}
