use serde_json::json;

use super::*;

fn data() -> Value {
    json!({
        "to": "ada@example.org",
        "request_url": "https://id.example.org/self-service/verification/browser",
        "transient_payload": null,
        "identity": {"id": "018f2d0c-0000-7000-8000-123456789012", "traits": {"name": "Win 900000 now http://evil.example"}},
        "expires_in_minutes": 60,
        "verification_url": "https://id.example.org/self-service/verification?flow=018f2d0c-0000-7000-8000-123456789012&token=abc",
        "verification_code": "402813",
    })
}

#[test]
fn every_mail() {
    for &template in Template::ALL {
        let content = render(template, &data()).unwrap();
        insta::assert_snapshot!(format!("{template}.txt"), format!("{}\n\n{}", content.subject, content.text));
        insta::assert_snapshot!(format!("{template}.html"), content.html);
    }
}

/// Programs read the code as the first run of six digits, so nothing before it may hold one.
#[test]
fn the_code_is_the_first_run_of_six_digits() {
    let content = render(Template::VerificationCodeValid, &data()).unwrap();
    assert!(!content.subject.contains(|c: char| c.is_ascii_digit()));
    for body in [&content.text, &content.html] {
        let first = body.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() >= 6);
        assert_eq!(first, Some("402813"), "{body}");
    }
}

#[test]
fn the_first_link_of_a_link_mail_is_the_link() {
    let content = render(Template::VerificationValid, &data()).unwrap();
    let (_, rest) = content.html.split_once("<a href=\"").unwrap();
    assert!(rest.starts_with("https://id.example.org/self-service/verification?flow="), "{rest}");
}

#[test]
fn nothing_an_owner_chose_is_written() {
    for &template in Template::ALL {
        let content = render(template, &data()).unwrap();
        assert!(!content.html.contains("evil") && !content.text.contains("evil"));
    }
}

#[test]
fn missing_data_is_named() {
    let error = render(Template::VerificationCodeValid, &json!({"expires_in_minutes": 5})).unwrap_err();
    assert_eq!(error.to_string(), "a mail of template verification_code_valid needs verification_code");
}

#[test]
fn lifespans_in_words() {
    let words: Vec<String> = [0, 1, 2, 59, 60, 90, 120].into_iter().map(lifespan).collect();
    assert_eq!(words, ["1 minute", "1 minute", "2 minutes", "59 minutes", "1 hour", "90 minutes", "2 hours"]);
}
