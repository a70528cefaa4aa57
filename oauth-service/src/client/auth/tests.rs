use super::*;

fn claim(authorization: Option<&str>, form: &str) -> Result<Claim, &'static str> {
    let params = Params::parse(form);
    let presented =
        Presented { authorization, params: &params, certificate: None, address: IpAddr::from([127, 0, 0, 1]) };
    claim_of(&presented).map_err(|error| error.code.as_str())
}

fn basic(text: &str) -> String {
    format!("Basic {}", STANDARD.encode(text))
}

#[expect(clippy::unnecessary_wraps, reason = "what a claim is compared with")]
fn is(client_id: &str, proof: Proof) -> Result<Claim, &'static str> {
    Ok(Claim { client_id: client_id.to_owned(), proof })
}

fn secret(text: &str) -> Secret<String> {
    Secret::new(text.to_owned())
}

#[test]
fn each_method_is_recognised() {
    assert_eq!(claim(Some(&basic("shop:s3cret")), ""), is("shop", Proof::Basic(secret("s3cret"))));
    assert_eq!(claim(None, "client_id=shop&client_secret=s3cret"), is("shop", Proof::Post(secret("s3cret"))));
    assert_eq!(claim(None, "client_id=shop"), is("shop", Proof::Nothing));
    assert_eq!(claim(Some(&basic("shop:")), ""), is("shop", Proof::Nothing));
    assert_eq!(claim(Some(&basic("shop:s")), "client_id=shop"), is("shop", Proof::Basic(secret("s"))));
}

#[test]
fn user_and_password_are_form_decoded() {
    let header = basic("my%3Ashop:s%2Bcret+and%20more%25");
    assert_eq!(claim(Some(&header), ""), is("my:shop", Proof::Basic(secret("s+cret and more%"))));
    assert_eq!(
        claim(Some(&header.replacen("Basic", "bAsIc", 1)), ""),
        is("my:shop", Proof::Basic(secret("s+cret and more%")))
    );
}

#[test]
fn more_than_one_method_is_refused() {
    let header = basic("shop:s3cret");
    assert_eq!(claim(Some(&header), "client_secret=s3cret"), Err("invalid_request"));
    assert_eq!(claim(Some(&header), "client_id=other"), Err("invalid_request"));
}

#[test]
fn a_request_without_client_is_malformed() {
    assert_eq!(claim(None, ""), Err("invalid_request"));
    assert_eq!(claim(None, "client_id="), Err("invalid_request"));
    assert_eq!(claim(Some("Bearer abc"), ""), Err("invalid_request"));
}

#[test]
fn an_unreadable_header_is_invalid_client() {
    let not_text = format!("Basic {}", STANDARD.encode([0xff, b':', 0xfe]));
    for header in ["Basic", "Basic ", "Basic !!!", &basic("no colon"), &basic(":secret"), &basic("%ff:x"), &not_text] {
        let expected = if is_basic(header) { "invalid_client" } else { "invalid_request" };
        assert_eq!(claim(Some(header), ""), Err(expected), "{header}");
    }
}
