use super::*;

#[test]
fn seven_modes_are_known() {
    let read = |name| Delivery::parse(name, ResponseMode::Fragment);
    let (query, form) = (ResponseMode::Query, ResponseMode::FormPost);
    assert_eq!(read("query"), Some(Delivery { mode: query, signed: false }));
    assert_eq!(read("fragment"), Some(Delivery { mode: ResponseMode::Fragment, signed: false }));
    assert_eq!(read("form_post"), Some(Delivery { mode: form, signed: false }));
    assert_eq!(read("query.jwt"), Some(Delivery { mode: query, signed: true }));
    assert_eq!(read("form_post.jwt"), Some(Delivery { mode: form, signed: true }));
    assert_eq!(read("jwt"), Some(Delivery { mode: ResponseMode::Fragment, signed: true }));
    assert!(Delivery::NAMES.iter().all(|name| read(name).is_some()));
    for other in ["", "Query", "form-post", "web_message", "query.jwt.jwt", "query ", ".jwt", "jwt.jwt"] {
        assert_eq!(read(other), None, "{other}");
    }
}
