use super::*;

#[test]
fn the_pages_words_arrive_as_they_are() {
    let body = RejectRequest {
        error: Some("access_denied".into()),
        error_description: Some("The person said no.".into()),
        ..RejectRequest::default()
    };
    let rejection = of(body, "x");
    assert_eq!(rejection.error, "access_denied");
    assert_eq!(rejection.description, "The person said no.");
}

#[test]
fn a_hint_is_joined_and_debug_is_not_told() {
    let body = RejectRequest {
        error: Some(String::new()),
        error_description: Some("No.".into()),
        error_hint: Some("Ask \"Ann\".".into()),
        error_debug: Some("secret".into()),
        status_code: Some(403),
    };
    let rejection = of(body, "login request denied");
    assert_eq!(rejection.error, "login request denied");
    assert_eq!(rejection.description, "No. Ask 'Ann'.");
}
