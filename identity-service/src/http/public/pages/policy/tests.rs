use serde_json::json;

use super::*;

fn config(over: &Value) -> Config {
    let mut config = json!({"dsn": "memory", "secrets": {"default": ["a secret for tests alone"]}});
    for (key, value) in over.as_object().into_iter().flatten() {
        config[key] = value.clone();
    }
    Config::from_value(config).unwrap()
}

fn forms(policy: &Policy) -> String {
    let header = policy.header().to_str().unwrap().to_owned();
    let (_, rest) = header.split_once("form-action ").unwrap();
    rest.split(';').next().unwrap().to_owned()
}

#[test]
fn behind_https_nothing_else_need_be_named() {
    let config = config(&json!({
        "serve": {"public": {"base_url": "https://id.example.org/"}},
        "selfservice": {"default_browser_return_url": "https://app.example.org/", "allowed_return_urls": ["com.app:/home"]},
    }));
    assert_eq!(forms(&Policy::new(&config)), "'self' https: com.app:");
}

#[test]
fn clients_in_development_and_on_devices_are_named() {
    let config = config(&json!({"serve": {"public": {"base_url": "https://id.example.org/"}}}));
    let client = json!({"redirect_uris": [
        "https://portal.example.com/cb", "http://localhost:3000/cb", "com.example.app:/cb",
        "javascript:alert(1)", "data:text/html,x", "no url", 7,
    ]});
    let request = "http://127.0.0.1:4444/oauth2/auth?redirect_uri=http%3A%2F%2F127.0.0.1%3A51234%2Fcb";
    let policy = Policy::new(&config).for_client(request, &client);
    let expected = "'self' https: com.example.app: http://127.0.0.1:4444 http://127.0.0.1:51234 http://localhost:3000";
    assert_eq!(forms(&policy), expected);
}

#[test]
fn sources_cannot_name_every_address() {
    let config = config(&json!({"serve": {"public": {"base_url": "https://id.example.org/"}}}));
    let policy =
        Policy::new(&config).for_client("https://auth.example.org/", &json!({"redirect_uris": ["http://[::1]/cb"]}));
    assert_eq!(forms(&policy), "'self' https: http:");
}

#[test]
fn in_development_any_http_address_will_do() {
    let policy = Policy::new(&config(&json!({})));
    let policy = policy.for_client("http://127.0.0.1:4444/", &json!({"redirect_uris": ["http://localhost:3000/cb"]}));
    assert_eq!(forms(&policy), "'self' https: http:");
}

#[test]
fn nothing_in_a_url_can_add_to_the_header() {
    let config = config(&json!({"serve": {"public": {"base_url": "https://id.example.org/"}}}));
    let client =
        json!({"redirect_uris": ["http://x.example; script-src *//", "http://y.example/; script-src *", "a b:c"]});
    let policy =
        Policy::new(&config).for_client("https://auth.example.org/?redirect_uri=http://z.example%3B%20x/", &client);
    assert_eq!(forms(&policy), "'self' https: http://y.example");
}
