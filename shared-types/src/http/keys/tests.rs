use actix_web::test::TestRequest;

use super::*;

#[test]
fn one_of_the_keys_must_come_as_a_bearer() {
    let keys = ApiKeys::new(vec![Secret::new("first-key".into()), Secret::new("second-key".into())]);
    let admitted = |value: &str| {
        keys.admit(TestRequest::default().insert_header(("authorization", value)).to_http_request().headers())
    };
    assert!(admitted("Bearer second-key") && admitted("bearer first-key"));
    for wrong in ["Bearer third-key", "Basic first-key", "first-key", "Bearer ", "Bearer first-key2"] {
        assert!(!admitted(wrong), "{wrong}");
    }
    assert!(ApiKeys::default().admit(&HeaderMap::new()));
}
