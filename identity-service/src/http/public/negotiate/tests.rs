use actix_web::test::TestRequest;
use proptest::prelude::*;

use super::{beginning, submission};
use crate::flow::visitor::Client::{self, Html, Json};

fn ask(accept: Option<&str>, content_type: Option<&str>) -> (Client, Client) {
    let mut request = TestRequest::default();
    if let Some(accept) = accept {
        request = request.insert_header(("accept", accept));
    }
    if let Some(content_type) = content_type {
        request = request.insert_header(("content-type", content_type));
    }
    let request = request.to_http_request();
    (beginning(&request), submission(&request))
}

#[test]
fn browsers_and_curl_get_redirects() {
    assert_eq!(ask(None, None), (Html, Html));
    assert_eq!(ask(Some("*/*"), None), (Html, Html));
    assert_eq!(ask(Some("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), None), (Html, Html));
    assert_eq!(ask(Some("text/*"), None), (Html, Html));
    assert_eq!(ask(Some("nonsense;;,,"), None), (Html, Html));
}

#[test]
fn scripts_get_json() {
    assert_eq!(ask(Some("application/json"), None), (Json, Json));
    assert_eq!(ask(Some("application/json, text/plain, */*"), None), (Json, Json));
    assert_eq!(ask(Some("application/json;q=0.9, text/html;q=0.1"), None), (Json, Json));
    assert_eq!(ask(Some("application/json;q=0.1, text/html;q=0.9"), None), (Html, Html));
    assert_eq!(ask(Some("application/json;q=0"), None), (Html, Html));
}

#[test]
fn a_json_body_counts_only_without_a_charset() {
    assert_eq!(ask(None, Some("application/json")), (Html, Json));
    assert_eq!(ask(None, Some("application/json; charset=utf-8")), (Html, Html));
}

proptest! {
    #[test]
    fn no_header_panics(accept in "[ -~]{0,60}") {
        let _ = ask(Some(&accept), None);
    }
}
