use super::*;

#[test]
fn texts_have_the_asked_length_and_alphabet() {
    for len in [0, 1, 6, 63, 64, 65, 200] {
        let text = random_alnum(&SystemEntropy, len);
        assert_eq!(text.len(), len);
        assert!(text.bytes().all(|b| b.is_ascii_alphanumeric()));
    }
    assert!(random_digits(&SystemEntropy, 6).bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(random_token(&SystemEntropy).len(), 43);
}

#[test]
fn no_digit_is_favoured() {
    let text = random_digits(&SystemEntropy, 100_000);
    for digit in b'0'..=b'9' {
        let count = text.bytes().filter(|b| *b == digit).count();
        assert!((9_400..=10_600).contains(&count), "{} came {count} times", char::from(digit));
    }
}
