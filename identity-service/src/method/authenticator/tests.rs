use super::*;

fn key(id: &str) -> Key {
    serde_json::from_value(json!({"id": id, "public_key": "", "added_at": "2026-01-01T00:00:00Z"})).unwrap()
}

#[test]
fn imports_may_write_ids_in_either_alphabet() {
    let keys = Keys { credentials: vec![key("+/8=")], user_handle: String::new() };
    for same in ["+/8=", "+/8", "-_8=", "-_8"] {
        assert!(is_known(&keys, &key(same)), "{same}");
        assert_eq!(hex_id(&key(same)), "fbff", "{same}");
    }
    assert!(!is_known(&keys, &key("AAAA")));
}

#[test]
fn a_handle_is_told_from_others_where_there_is_one() {
    let of = |user_handle: &str| Keys { credentials: Vec::new(), user_handle: user_handle.to_owned() };
    assert!(is_handle(&of(&encoded("anna")), b"anna") && !is_handle(&of(&encoded("anna")), b"eve"));
    assert!(is_handle(&of(""), b"anna"), "imported without one");
    assert_eq!(user_handle(&of(&encoded("anna"))).as_deref(), Some("anna"));
    assert_eq!(user_handle(&of("/////w==")), None, "bytes that are no text find no credential");
}

#[test]
fn wishes_are_written_as_the_specification_has_them() {
    let rp = RelyingParty {
        id: "example.org".to_owned(),
        name: "Example".to_owned(),
        origins: vec!["https://example.org".parse().unwrap()],
    };
    let known = [key("AQID")];
    let invitation = Invitation {
        rp: &rp,
        timeout: Duration::from_mins(1),
        verification: Verification::Discouraged,
        resident_key: ResidentKey::Preferred,
        attachment: Some("cross-platform"),
        attestation: Attestation::Enterprise,
        user_handle: "handle".to_owned(),
        account: "",
        known: &known,
    };
    let (options, _) = invite(&invitation).unwrap();
    let public_key = &options["publicKey"];
    assert_eq!(public_key["attestation"], "enterprise");
    assert_eq!(public_key["timeout"], 60_000);
    assert_eq!(public_key["rp"], json!({"name": "Example", "id": "example.org"}));
    assert_eq!(public_key["user"], json!({"id": "aGFuZGxl", "name": "Example", "displayName": "Example"}));
    assert_eq!(public_key["excludeCredentials"], json!([{"type": "public-key", "id": "AQID"}]));
    let selection = json!({"authenticatorAttachment": "cross-platform", "residentKey": "preferred",
        "requireResidentKey": false, "userVerification": "discouraged"});
    assert_eq!(public_key["authenticatorSelection"], selection);
    let algorithms: Vec<&Value> =
        public_key["pubKeyCredParams"].as_array().unwrap().iter().map(|wish| &wish["alg"]).collect();
    assert_eq!(algorithms, [&json!(-7), &json!(-8), &json!(-257)]);
}
