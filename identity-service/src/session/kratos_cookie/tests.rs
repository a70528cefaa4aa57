//! Cookies that gorilla's securecookie made, with the secret `an old cookie secret of ours`.

use shared_types::secret::Secret;

use super::open;

const SECRET: &str = "an old cookie secret of ours";
const NAME: &str = "ory_kratos_session";
const TOKEN: &str = "ory_st_AAAAbbbbCCCCddddEEEEffffGGGGhhhh";
const TEXTS: &str = "MTc5NTgzNzYxMnxDRm1zeGNHM1FfTWN6a3NhX2lJVzdyMUV3M2h1ZWx1eTlndjR1R1NEX1dDNWVNZGNqRkVXdnJNNE1tRUI5dHhCZWxJWEh1b0NJdkdjMWNteXZDUV8wajRoUE44NUM0SjNmeVIwMkNkT1ZlNXpSLVhfdTIwbnpJbWtUMzR5ci1vNjRUMFpoLWs4ZkdpWU0wbUQ5VDVQck01NHlPa1NNbUlDM01jOGd5a1ZQN1dVanAwV2RCeDhINjJPX05tMGNDMHQyTU96ZUFtV0tlVTBGQzk1M20tX3Via3M4UEhjOFlEcy1ISV9TUE9Ub1ctLWVzOWEyUnVjc1Y5TEVVbUpGbTlvQ0tVMW02aHdUOThWOGJEZDZSaUJ8MkooVO8djwiQBdgsWUGJvmnkBoi2HPzjkOnCE0GpzVw=";
const WITH_NUMBER: &str = "MTc5NTgzNzYxMnxGOFRKMm05eGdGZTFoX3FhQW1hZGlodW51U0ZNclNXNDlaTFdnd3ZSNjJkRW5FcmRhdVJoX0ZQTWVFYkNoejBYeEZ1bnZUd1Y4X3lGVXcyb0NOY2RlS3BLMGRpeHhOQ0cza244QWNtcXFrWUUyS1JvaUt5ek9BRXBsV2o1VFUyMWtkRWE5RXhZSW5NRThTV0xDNFplZ3p0U2tteEhfT21LV3hjLWRNd0NUdDkzUngtczBDc3RjakpHbUx0eTNTZGFPdF96bmFNTDVId3VUaWlhUWpYMlE2Z2FMN19UdjBMQkZaeHItOThUemhXNXowdzJZZjlGd1MwaE1mUDdKS0dHWGx3MUxHQVNaOG5zdEk5Y09DYjdvcU1RZ0w5VVZLd2N5NXQtZHQ3UUJxZV9CZWQ3LUlXeHwL7nVFn4PIiHVQp4-shv9Rdh_d8NYW9ZY_xfFuK587jQ==";

fn secrets(texts: &[&str]) -> Vec<Secret<String>> {
    texts.iter().map(|text| Secret::new((*text).to_owned())).collect()
}

#[test]
fn a_cookie_of_kratos_is_read_under_any_of_the_secrets() {
    let both = secrets(&["the secret of today, first in the list", SECRET]);
    let content = open(&both, NAME, TEXTS).unwrap();
    assert_eq!(content["session_token"], TOKEN);
    assert_eq!(content["expires_at"], "2026-03-02T12:00:00.123456789Z");
    assert_eq!(open(&both, NAME, WITH_NUMBER).unwrap()["session_token"], TOKEN);
}

#[test]
fn other_cookies_are_none() {
    let own = secrets(&[SECRET]);
    assert!(open(&own, "another_name", TEXTS).is_none());
    assert!(open(&secrets(&["another secret, long enough"]), NAME, TEXTS).is_none());
    assert!(open(&[], NAME, TEXTS).is_none());
    let mut forged = TEXTS.to_owned();
    forged.replace_range(40..41, "Q");
    for text in [forged.as_str(), "", "fHx8", "MTc5NTgzNzYxMnw=", &TEXTS[..100], &"A".repeat(5000)] {
        assert!(open(&own, NAME, text).is_none(), "{text}");
    }
}

#[test]
fn streams_that_end_early_are_none() {
    // A whole stream: the description of the type, then the map of one entry.
    let entry = [&b"\x06string\x0c\x03\x00\x01a"[..], &b"\x06string\x0c\x03\x00\x01b"[..]].concat();
    let value = [&b"\xff\x80\x00\x01"[..], &entry[..]].concat();
    let description = b"\x7f\x04\x01\x02\xff\x80\x00\x01\x10\x01\x10\x00\x00";
    let mut stream = vec![13];
    stream.extend(description);
    stream.push(u8::try_from(value.len()).unwrap());
    stream.extend(&value);
    assert_eq!(super::texts(&stream).unwrap()["a"], "b");
    for end in 0..stream.len() {
        assert!(super::texts(&stream[..end]).is_none(), "{end}");
    }
}
