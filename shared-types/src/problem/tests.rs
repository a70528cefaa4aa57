use super::*;

#[test]
fn absent_parts_are_left_out_and_siblings_stand_beside() {
    let problem = Problem::new(403)
        .id("session_aal2_required")
        .reason("A second factor is needed")
        .debug("internal")
        .sibling("redirect_browser_to", "https://a.example/login");
    let body = problem.body(None, false);
    assert_eq!(body.pointer("/error/id").unwrap(), "session_aal2_required");
    assert_eq!(body.pointer("/error/status").unwrap(), "Forbidden");
    assert_eq!(body.get("redirect_browser_to").unwrap(), "https://a.example/login");
    assert!(body.pointer("/error/debug").is_none() && body.pointer("/error/request").is_none());
    assert_eq!(problem.body(Some("r1"), true).pointer("/error/request").unwrap(), "r1");
}
