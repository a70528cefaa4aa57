use super::counts;

#[test]
fn answers_are_read_line_by_line() {
    let counts = counts("0018A45C4D1DEF81644B54AB7F969B88D65:3\r\n00d4f6e8fa6eecad2a3aa415eec418d38ec\nFE:0\nAA:x");
    let count = |suffix: &str| counts.get(suffix).copied();
    assert_eq!(count("0018A45C4D1DEF81644B54AB7F969B88D65"), Some(3));
    assert_eq!(count("00D4F6E8FA6EECAD2A3AA415EEC418D38EC"), Some(1));
    assert_eq!(count("AA"), Some(1));
    assert_eq!(count("FE"), None);
    assert_eq!(count("FF"), None);
}
