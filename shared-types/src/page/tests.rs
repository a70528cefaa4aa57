use super::*;
use crate::{
    entropy::SystemEntropy,
    secret::Secret,
    time::{Clock as _, SystemClock},
};

#[test]
fn tokens_come_back_until_they_expire() {
    let tokens = PageTokens::new(Sealer::new(&[Secret::new("a secret of some length".to_owned())]));
    let now = SystemClock.now();
    let token = tokens.encode("client-7", now, &SystemEntropy);
    assert_eq!(tokens.decode(&token, now).unwrap(), "client-7");
    assert_eq!(tokens.decode(&token, now + Duration::hours(2)), Err(PageError::Expired));
    assert_eq!(tokens.decode("rubbish", now), Err(PageError::Invalid));
}

#[test]
fn the_link_header_names_first_and_next() {
    let header = link_header("/admin/clients", &[("owner".into(), "a b".into())], 2, Some("t"));
    assert_eq!(
        header,
        "</admin/clients?page_size=2&page_token=&owner=a+b>; rel=\"first\", </admin/clients?page_size=2&page_token=t&owner=a+b>; rel=\"next\""
    );
    assert!(!link_header("/x", &[], 2, None).contains("next"));
}
