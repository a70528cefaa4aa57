use super::*;

#[test]
fn browsers_are_recognised() {
    let windows = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
    for (text, browser, system) in [
        (windows, Some("Chrome"), Some("Windows")),
        (&format!("{windows} Edg/142.0.0.0"), Some("Edge"), Some("Windows")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0", Some("Firefox"), Some("Linux")),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
            Some("Safari"),
            Some("iPhone"),
        ),
        ("curl/8.5.0", Some("curl"), None),
        ("Mozilla/5.0 (compatible)", None, None),
        ("", None, None),
        (&"x".repeat(500), None, None),
    ] {
        assert_eq!(Agent::of(text), Agent { browser, system }, "{text}");
    }
}
