use proptest::prelude::*;
use url::Url;

use super::Allowed;

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

fn check(candidate: &str) -> Option<String> {
    let default = url("https://app.example.org/welcome");
    let public = url("https://id.example.org/");
    let listed = [
        url("https://portal.example.org/app/"),
        url("https://*.partners.example.org/"),
        url("myapp://cb"),
        url("https://*.org/"),
    ];
    let allowed = Allowed { default: &default, listed: &listed, public: &public };
    allowed.check(candidate).ok().map(String::from)
}

#[test]
fn listed_addresses_are_allowed() {
    for text in [
        "https://app.example.org/welcome?from=login",
        "https://portal.example.org/app/orders?id=1#top",
        "https://a.partners.example.org/x",
        "https://a.b.partners.example.org/x",
        "https://id.example.org/self-service/login/browser?aal=aal2",
        "myapp://cb",
        "myapp://cb/done",
        "HTTPS://PORTAL.example.org/app/",
    ] {
        assert!(check(text).is_some(), "{text}");
    }
}

#[test]
fn a_relative_address_belongs_to_the_default() {
    assert_eq!(check("/welcome/back").as_deref(), Some("https://app.example.org/welcome/back"));
    assert_eq!(check("/other"), None);
}

#[test]
fn everything_else_is_refused() {
    for text in [
        "https://evil.example/",
        "//evil.example/welcome",
        "/\\evil.example",
        "https:\\\\evil.example/welcome",
        "http://app.example.org/welcome",
        "https://app.example.org:8443/welcome",
        "https://app.example.org/",
        "https://app.example.org/welcome/../admin",
        "https://app.example.org.evil.example/welcome",
        "https://app.example.org@evil.example/welcome",
        "https://user@app.example.org/welcome",
        "https://partners.example.org/",
        "https://evilpartners.example.org/",
        "https://anything.org/",
        "javascript:alert(1)",
        "data:text/html,x",
        "myapp:cb",
        "https://portal.example.org/ap",
        " https://app.example.org/welcome",
        "https://app.example.org/wel\ncome",
        "https://portal.example.org/app/%2e%2e/admin",
        "",
    ] {
        if text.is_empty() {
            // Nothing means the default's own address.
            assert_eq!(check(text).as_deref(), Some("https://app.example.org/welcome"));
        } else {
            assert_eq!(check(text), None, "{text}");
        }
    }
}

proptest! {
    /// Whatever is allowed leads to a host of the list, however it was written.
    #[test]
    fn nothing_leads_elsewhere(candidate in "(https?:|myapp:|javascript:)?[/\\\\]{0,3}[a-z.@:%*0-9]{0,24}(example\\.org)?[a-z./@?#:%\\\\]{0,24}") {
        if let Some(found) = check(&candidate) {
            let found = url(&found);
            let host = found.host_str().unwrap_or_default().to_owned();
            prop_assert!(found.username().is_empty());
            prop_assert!(
                ["app.example.org", "portal.example.org", "id.example.org", "cb"].contains(&host.as_str())
                    || host.ends_with(".partners.example.org"),
                "{}", host
            );
            prop_assert!(matches!(found.scheme(), "https" | "myapp"));
        }
    }

    #[test]
    fn no_text_panics(candidate in any::<String>()) {
        let _ = check(&candidate);
    }
}
