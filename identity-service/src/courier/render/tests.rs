use super::one_line;

#[test]
fn a_subject_is_one_line() {
    assert_eq!(one_line("\n  Use code 402813\r\nBcc: x@example.org\u{7}\n"), "Use code 402813 Bcc: x@example.org");
}
