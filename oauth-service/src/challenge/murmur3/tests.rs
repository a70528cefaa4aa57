use super::hash;

#[test]
fn the_reference_values_come_out() {
    let cases = [
        ("", 0),
        ("a", 0x3c25_69b2),
        ("abc", 0xb3dd_93fa),
        ("abcd", 0x43ed_676a),
        ("hello", 0x248b_fa47),
        ("hello, world", 0x149b_bb7f),
        ("The quick brown fox jumps over the lazy dog", 0x2e4f_f723),
    ];
    for (text, expected) in cases {
        assert_eq!(hash(text), expected, "{text}");
    }
}
