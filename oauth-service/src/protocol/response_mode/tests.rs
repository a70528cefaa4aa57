use super::*;

#[test]
fn three_modes_are_known() {
    assert_eq!(ResponseMode::parse("query"), Some(ResponseMode::Query));
    assert_eq!(ResponseMode::parse("fragment"), Some(ResponseMode::Fragment));
    assert_eq!(ResponseMode::parse("form_post"), Some(ResponseMode::FormPost));
    for other in ["", "Query", "form-post", "web_message", "query.jwt", "query "] {
        assert_eq!(ResponseMode::parse(other), None, "{other}");
    }
}
