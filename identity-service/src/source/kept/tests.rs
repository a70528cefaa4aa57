use std::path::Path;

use chrono::TimeDelta;

use super::*;

fn number(name: &str, text: &str) -> Result<u32, String> {
    text.parse().map_err(|_| format!("{name} is no number"))
}

fn at(minutes: i64) -> Time {
    chrono::DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
}

fn url(file: &Path) -> String {
    format!("file://{}", file.display())
}

#[tokio::test]
async fn a_change_is_noticed_after_an_hour() {
    let http = HttpClient::trusted().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "1").unwrap();
    let kept = Kept::now(&url(file.path()), number, &http, at(0)).await.unwrap();
    std::fs::write(file.path(), "2").unwrap();
    assert_eq!(kept.get(&http, at(59)).await, Ok(1));
    assert_eq!(kept.get(&http, at(60)).await, Ok(2));
    std::fs::write(file.path(), "3").unwrap();
    assert_eq!(kept.get(&http, at(61)).await, Ok(2));
    assert_eq!(kept.get(&http, at(-10)).await, Ok(3), "the clock was set back");
}

#[tokio::test]
async fn what_cannot_be_read_again_is_used_as_it_was() {
    let http = HttpClient::trusted().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "1").unwrap();
    let kept = Kept::now(&url(file.path()), number, &http, at(0)).await.unwrap();
    std::fs::write(file.path(), "one").unwrap();
    assert_eq!(kept.get(&http, at(60)).await, Ok(1));
    std::fs::write(file.path(), "2").unwrap();
    assert_eq!(kept.get(&http, at(60)).await, Ok(1), "it is not tried at every request");
    assert_eq!(kept.get(&http, at(61)).await, Ok(2));
}

#[tokio::test]
async fn what_was_never_read_is_an_error() {
    let http = HttpClient::trusted().unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "one").unwrap();
    assert!(Kept::now(&url(file.path()), number, &http, at(0)).await.unwrap_err().contains("is no number"));
    let kept = Kept::later(&url(file.path()), number);
    assert!(kept.get(&http, at(0)).await.is_err());
    std::fs::write(file.path(), "1").unwrap();
    assert_eq!(kept.get(&http, at(0)).await, Ok(1), "it is tried again at once");
}
