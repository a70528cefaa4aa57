use super::*;

#[test]
fn flags_become_the_api_object_and_override_the_file() {
    let dir = tempfile_path();
    std::fs::write(&dir, r#"{"client_name":"from file","owner":"acme"}"#).unwrap();
    let flags = ClientFlags {
        name: Some("from flag".into()),
        scopes: vec!["openid".into(), "email".into()],
        grant_types: vec!["client_credentials".into()],
        skip_consent: true,
        metadata: Some(r#"{"tier":1}"#.into()),
        file: Some(dir.clone()),
        ..ClientFlags::default()
    };
    let client = flags.to_json().unwrap();
    std::fs::remove_file(dir).unwrap();
    let expected = json!({"client_name": "from flag", "owner": "acme", "grant_types": ["client_credentials"], "skip_consent": true,
        "scope": "openid email", "metadata": {"tier": 1}});
    assert_eq!(client, expected);
}

#[test]
fn unreadable_input_is_named() {
    let flags = ClientFlags { metadata: Some("{".into()), ..ClientFlags::default() };
    assert!(flags.to_json().unwrap_err().to_string().contains("--metadata"));
    let flags = ClientFlags { file: Some("/nowhere/client.json".into()), ..ClientFlags::default() };
    assert!(flags.to_json().unwrap_err().to_string().contains("/nowhere/client.json"));
}

fn tempfile_path() -> PathBuf {
    std::env::temp_dir().join(format!("client-{}-{:?}.json", std::process::id(), std::thread::current().id()))
}
