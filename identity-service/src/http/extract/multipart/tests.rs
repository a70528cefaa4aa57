use super::pairs;

const TYPE: &str = "multipart/form-data; boundary=XX";

#[test]
fn texts_are_read() {
    let body = "preamble\r\n--XX\r\nContent-Disposition: form-data; name=\"method\"\r\n\r\npassword\r\n--XX\r\n\
                Content-Disposition: form-data; name=\"traits.email\"\r\nContent-Type: text/plain\r\n\r\n\
                line 1\r\nline 2\r\n--XX--\r\n";
    let found = pairs(TYPE, body.as_bytes()).unwrap();
    assert_eq!(
        found,
        [("method".to_owned(), "password".to_owned()), ("traits.email".to_owned(), "line 1\r\nline 2".to_owned()),]
    );
}

#[test]
fn what_is_broken_is_refused() {
    let cut = "--XX\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\nb\r\n";
    let file = "--XX\r\nContent-Disposition: form-data; name=\"a\"; filename=\"x\"\r\n\r\nb\r\n--XX--";
    let nameless = "--XX\r\n\r\nb\r\n--XX--";
    for body in ["", "--XX", cut, file, nameless, "--XX\r\nno headers--XX--"] {
        assert!(pairs(TYPE, body.as_bytes()).is_err(), "{body:?}");
    }
    assert!(pairs(TYPE, b"--XX\r\n\xff\r\n--XX--").is_err());
    assert!(pairs("multipart/form-data", cut.as_bytes()).is_err());
}
