use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::*;

async fn read(url: &str) -> Result<String, String> {
    text(url, &HttpClient::trusted().unwrap()).await
}

#[tokio::test]
async fn texts_come_from_files_and_from_the_url_itself() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a b.jsonnet");
    std::fs::write(&file, "{ a: 1 }").unwrap();
    let url = format!("file://{}", file.display().to_string().replace(' ', "%20"));
    assert_eq!(read(&url).await.unwrap(), "{ a: 1 }");
    for encoded in ["eyBhOiAxIH0=", "eyBhOiAxIH0", " eyBhOiAxIH0= "] {
        assert_eq!(read(&format!("base64://{encoded}")).await.unwrap(), "{ a: 1 }");
    }
}

#[tokio::test]
async fn what_cannot_be_read_says_why() {
    let folder = tempfile::tempdir().unwrap();
    let (large, binary) = (folder.path().join("large"), folder.path().join("binary"));
    std::fs::write(&large, vec![b'x'; (1 << 20) + 1]).unwrap();
    std::fs::write(&binary, [0xff, 0xfe]).unwrap();
    for (url, why) in [
        (format!("file://{}", large.display()), "bytes"),
        (format!("file://{}", binary.display()), "UTF-8"),
        (format!("file://{}/none", folder.path().display()), "No such file"),
        (format!("base64://{}", STANDARD.encode(vec![b'x'; (1 << 20) + 1])), "bytes"),
        ("base64://!".to_owned(), "base64"),
        ("ftp://example.org/x".to_owned(), "must start with"),
        ("x.jsonnet".to_owned(), "must start with"),
        ("http://127.0.0.1:1/x".to_owned(), "could not be reached"),
    ] {
        let said = read(&url).await.unwrap_err();
        assert!(said.contains(why), "{url}: {said}");
    }
}

#[test]
fn messages_name_a_url_without_what_is_secret_in_it() {
    for (url, named) in [
        ("file:///etc/mapper.jsonnet", "file:///etc/mapper.jsonnet"),
        ("base64://eyJrZXlzIjpbXX0", "base64://.."),
        ("https://me:secret@example.org/m.jsonnet?token=secret", "https://example.org/m.jsonnet"),
        ("mapper.jsonnet", "mapper.jsonnet"),
    ] {
        assert_eq!(shown(url), named);
    }
}
