use super::*;

#[test]
fn the_next_page_is_found_in_the_link_header() {
    let link = "</admin/clients?page_size=2&page_token=>; rel=\"first\", </admin/clients?page_size=2&page_token=a%3Db>; rel=\"next\"";
    let reply = HttpReply { status: 200, headers: vec![("link".into(), link.into())], body: vec![] };
    assert_eq!(next_page(&reply).as_deref(), Some("a=b"));
    assert_eq!(next_page(&HttpReply { headers: vec![], ..reply }), None);
}

#[test]
fn a_refusal_is_told_in_the_services_words() {
    let body = br#"{"error":"invalid_client_metadata","error_description":"redirect_uris[0] has a fragment"}"#;
    let reply = HttpReply { status: 400, headers: vec![], body: body.to_vec() };
    assert_eq!(refusal(&reply), "invalid_client_metadata: redirect_uris[0] has a fragment (400)");
    assert_eq!(refusal(&HttpReply { body: vec![], ..reply }), "the service answered 400");
}
