use shared_types::doctor::{Level, Place};
use url::Url;

use super::addresses::{judge_page, judge_return};

fn url(text: &str) -> Url {
    Url::parse(text).unwrap()
}

#[test]
fn pages_that_visitors_do_not_reach() {
    let judged = |home: &str, page: &str| {
        let (home, page) = (url(home), url(page));
        let (home, page) = (Place { key: "home", url: &home }, Place { key: "page", url: &page });
        judge_page(home, page).map(|finding| (finding.level, finding.what))
    };
    let wrong = |what: &str| Some((Level::Wrong, what.to_owned()));
    let home = "https://id.example.org/";
    assert_eq!(judged(home, "https://app.example.org/login"), None);
    assert_eq!(judged(home, "http://127.0.0.1:4455/login"), wrong("leads to http://127.0.0.1:4455"));
    assert_eq!(judged(home, "http://app.example.org/login"), wrong("is plain http (http://app.example.org)"));
    assert_eq!(judged("http://localhost:4433/", "http://127.0.0.1:4455/login"), None);
    assert_eq!(judged(home, "com.example.app://login"), None);
}

#[test]
fn return_addresses_that_are_too_much() {
    let home = url("https://id.example.org/");
    let judged = |text: &str| {
        let place = Place { key: "home", url: &home };
        judge_return(place, &[&home], &url(text)).map(|finding| (finding.level, finding.what))
    };
    for fine in ["https://portal.example.org/", "https://*.example.org/", "com.example.app:/back"] {
        assert_eq!(judged(fine), None, "{fine}");
    }
    for (odd, level, part) in [
        ("http://localhost:3000/", Level::Warning, "own machine"),
        ("http://portal.example.org/", Level::Warning, "plain http"),
        ("https://*.org/", Level::Wrong, "never allowed"),
        ("https://shop.example.net/", Level::Warning, "another site"),
    ] {
        let (found, what) = judged(odd).unwrap();
        assert!(found == level && what.contains(part), "{odd}: {what}");
    }
}
