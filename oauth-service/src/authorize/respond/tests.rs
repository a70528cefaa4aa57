use proptest::prelude::*;

use super::*;

fn fields() -> Vec<(&'static str, String)> {
    vec![("code", "ory_ac_x".to_owned()), ("scope", "a b".to_owned()), ("state", "st&te".to_owned())]
}

#[test]
fn a_query_is_extended_in_alphabetical_order() {
    assert_eq!(
        in_query("https://a.example/cb?tenant=1&code=old&abc=%20", &fields()),
        "https://a.example/cb?abc=+&code=ory_ac_x&scope=a+b&state=st%26te&tenant=1"
    );
}

#[test]
fn what_stands_before_the_query_is_not_touched() {
    assert_eq!(in_query("https://a.example", &fields()[..1]), "https://a.example?code=ory_ac_x");
    assert_eq!(in_query("com.example.app:/cb", &fields()[..1]), "com.example.app:/cb?code=ory_ac_x");
}

#[test]
fn a_fragment_is_appended() {
    assert_eq!(
        in_fragment("https://a.example/cb?x=1", &fields()),
        "https://a.example/cb?x=1#code=ory_ac_x&scope=a+b&state=st%26te"
    );
}

proptest! {
    #[test]
    fn no_value_breaks_out_of_its_place(value in ".*") {
        let uri = in_query("https://a.example/cb?x=1", &[("state", value.clone())]);
        prop_assert!(uri.bytes().all(|b| b.is_ascii_graphic() && b != b'#'));
        let read: Vec<(String, String)> = Url::parse(&uri).unwrap().query_pairs().into_owned().collect();
        prop_assert_eq!(read, vec![("state".to_owned(), value), ("x".to_owned(), "1".to_owned())]);
    }
}
