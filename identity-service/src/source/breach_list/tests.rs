use std::{io::Write as _, path::Path};

use tempfile::NamedTempFile;

use super::{check, count};

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn digits(number: u64) -> String {
    // Spread unevenly, as real ones never are, and of all sizes of counts.
    format!("{:040X}", u128::from(number).pow(3))
}

fn list(lines: u64, end: &str) -> String {
    let lines: Vec<String> = (1..=lines).map(|number| format!("{}:{}", digits(number), number * number)).collect();
    lines.join(end) + end
}

#[test]
fn every_line_is_found_and_nothing_else() {
    for lines in [1, 2, 3, 7, 200] {
        for end in ["\n", "\r\n"] {
            let text = list(lines, end);
            for text in [text.clone(), text.trim_end().to_owned()] {
                let file = file(&text);
                assert!(check(file.path()).is_ok());
                for number in 1..=lines {
                    assert_eq!(count(file.path(), &digits(number)).unwrap(), number * number, "{number} of {lines}");
                    let beside = format!("{:040X}", u128::from(number).pow(3) + 1);
                    assert_eq!(count(file.path(), &beside).unwrap(), 0, "beside {number} of {lines}");
                }
                assert_eq!(count(file.path(), &"0".repeat(40)).unwrap(), 0);
                assert_eq!(count(file.path(), &"F".repeat(40)).unwrap(), 0);
            }
        }
    }
}

#[test]
fn small_digits_and_missing_counts_are_understood() {
    let file = file(&format!("{}\n{}:7\n", "a".repeat(40), "b".repeat(40)));
    assert!(check(file.path()).is_ok());
    assert_eq!(count(file.path(), &"A".repeat(40)).unwrap(), 1);
    assert_eq!(count(file.path(), &"B".repeat(40)).unwrap(), 7);
}

#[test]
fn what_is_no_such_list_is_refused() {
    let unsorted = format!("{}:1\n{}:1\n{}:1\n", digits(9), digits(8), digits(7));
    for text in ["", "not a list\n", &"x".repeat(500), &format!("{}:many\n", digits(1)), &unsorted] {
        assert!(check(file(text).path()).is_err(), "{text}");
    }
    assert!(check(Path::new("/nowhere/at/all")).is_err());
    assert!(count(file(&"x".repeat(500)).path(), &digits(1)).is_err());
}
