use super::*;

fn options(path: &Path) -> SocketOptions {
    SocketOptions { path: path.to_owned(), owner: None, group: None, mode: 0o600 }
}

#[test]
fn it_is_there_while_somebody_listens() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let (listener, file) = bind("public", &options(&path)).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let refused = bind("public", &options(&path)).unwrap_err();
    assert!(refused.to_string().contains("somebody else listens there"), "{refused}");
    assert!(UnixStream::connect(&path).is_ok(), "who was there first still listens");
    drop(listener);
    // As after a crash: the file is left, and nobody behind it.
    std::mem::forget(file);
    let (_listener, file) = bind("public", &options(&path)).unwrap();
    drop(file);
    assert!(!path.exists());
}

#[test]
fn other_files_stay() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("file");
    fs::write(&path, "kept").unwrap();
    let refused = bind("admin", &options(&path)).unwrap_err();
    assert!(refused.to_string().contains("no socket"), "{refused}");
    assert_eq!(fs::read_to_string(&path).unwrap(), "kept");
}

#[test]
fn owners_are_named_or_numbered() {
    assert_eq!((id("/etc/passwd", "root").unwrap(), id("/etc/passwd", "65533").unwrap()), (0, 65533));
    let unknown = id("/etc/group", "nobody is called so").unwrap_err();
    assert!(unknown.to_string().contains("a number will do"), "{unknown}");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("socket");
    let refused = bind("public", &SocketOptions { owner: Some("nobody is called so".into()), ..options(&path) });
    assert!(refused.is_err());
    assert!(!path.exists(), "what could not be opened as it should is not left behind");
}
