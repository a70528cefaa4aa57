use serde_json::json;

use super::*;

/// The data of a template, with traits somebody chose who wants his words in our mails.
fn data(template: Template) -> Value {
    let mut data = template.sample();
    let traits = json!({"name": "Win 900000 now http://evil.example"});
    if let Some(identity) = data.get_mut("identity") {
        identity["traits"] = traits;
    } else if let Some(own) = data.get_mut("traits") {
        *own = traits;
    }
    data["transient_payload"] = json!({"greeting": "evil"});
    data
}

fn by_mail(template: Template) -> Content {
    content(template, Via::Email, &data(template)).unwrap()
}

#[test]
fn every_mail() {
    for &template in Template::ALL {
        let content = by_mail(template);
        insta::assert_snapshot!(format!("{template}.txt"), format!("{}\n\n{}", content.subject, content.text));
        insta::assert_snapshot!(format!("{template}.html"), content.html);
    }
}

#[test]
fn every_text_message() {
    for &template in Template::ALL {
        match content(template, Via::Sms, &data(template)) {
            Ok(content) => {
                assert!(template.goes(Via::Sms) && content.subject.is_empty() && content.html.is_empty());
                insta::assert_snapshot!(format!("{template}.sms"), content.text);
            }
            Err(error) => assert!(matches!(error, RenderError::NotBySms(_)) && !template.goes(Via::Sms), "{error}"),
        }
    }
}

/// Programs read the code as the first run of six digits, in the subject as in the bodies.
#[test]
fn the_code_is_the_first_run_of_six_digits() {
    let first = |text: &str| text.split(|c: char| !c.is_ascii_digit()).find(|run| run.len() >= 6).map(str::to_owned);
    let with_code = Template::ALL.iter().filter(|template| template.secrets().0.is_some());
    assert_eq!(with_code.clone().count(), 4);
    for &template in with_code {
        let mail = by_mail(template);
        let sms = content(template, Via::Sms, &data(template)).unwrap();
        for text in [&mail.subject, &mail.text, &mail.html, &sms.text] {
            assert_eq!(first(text).as_deref(), Some("402813"), "{text}");
        }
        assert_eq!(sms.text.lines().last(), Some("@id.example.org #402813"));
    }
}

#[test]
fn a_code_nobody_asked_for_on_a_page_names_no_page() {
    let mut data = data(Template::LoginCodeValid);
    data["request_url_domain"] = Value::Null;
    let sms = content(Template::LoginCodeValid, Via::Sms, &data).unwrap();
    assert!(!sms.text.contains('@') && !sms.text.contains('#') && sms.text.contains("402813"), "{}", sms.text);
}

#[test]
fn the_first_link_of_a_link_mail_is_the_link() {
    for (template, path) in [(Template::VerificationValid, "verification"), (Template::RecoveryValid, "recovery")] {
        let mail = by_mail(template);
        let (_, rest) = mail.html.split_once("<a href=\"").unwrap();
        let expected = format!("https://id.example.org/self-service/{path}?flow=");
        assert!(rest.starts_with(&expected), "{rest}");
        let in_text = mail.text.find("https://").unwrap();
        assert!(mail.text[in_text..].starts_with(&expected), "{}", mail.text);
    }
}

/// Mails are found by these in tests of programs written for the reference.
#[test]
fn subjects_are_those_of_the_contract() {
    let subjects: Vec<String> = Template::ALL.iter().map(|&template| by_mail(template).subject).collect();
    assert_eq!(
        subjects,
        [
            "Recover access to your account",
            "Account access attempted",
            "Use code 402813 to recover access to your account",
            "Account access attempted",
            "Please verify your email address",
            "Someone tried to verify this email address",
            "Use code 402813 to verify your account",
            "Someone tried to verify this email address",
            "Use code 402813 to log in",
            "Use code 402813 to complete your account registration",
            "A verifiable address on your account was changed",
            "A new sign-in method was added to your account",
        ]
    );
}

#[test]
fn nothing_an_owner_chose_is_written() {
    for &template in Template::ALL {
        for via in [Via::Email, Via::Sms] {
            let Ok(content) = content(template, via, &data(template)) else { continue };
            let all = format!("{}{}{}", content.subject, content.html, content.text);
            assert!(!all.contains("evil") && !all.contains("900000"), "{all}");
        }
    }
}

#[test]
fn missing_data_is_named() {
    let told = |template, data| content(template, Via::Email, &data).unwrap_err().to_string();
    let error = told(Template::VerificationCodeValid, json!({"expires_in_minutes": 5}));
    assert_eq!(error, "a message of template verification_code_valid needs verification_code");
    let error = told(Template::VerifiableAddressChanged, json!({"changed_at": "2026-03-01T12:00:00Z"}));
    assert_eq!(error, "a message of template verifiable_address_changed needs identity.id");
}

#[test]
fn lengths_of_time_and_instants_in_words() {
    let words: Vec<String> = [0, 1, 2, 59, 60, 90, 120].into_iter().map(lifespan).collect();
    assert_eq!(words, ["1 minute", "1 minute", "2 minutes", "59 minutes", "1 hour", "90 minutes", "2 hours"]);
    assert_eq!(moment("2026-03-01T12:00:00.123456Z"), "1 March 2026 at 12:00 UTC");
    assert_eq!(moment("yesterday"), "yesterday");
}

#[test]
fn every_template_has_its_place() {
    assert_eq!(Template::RecoveryValid.place(), ("recovery", Some("valid")));
    assert_eq!(Template::RecoveryCodeInvalid.place(), ("recovery_code", Some("invalid")));
    assert_eq!(Template::AuthenticatorKeyAdded.place(), ("authenticator_key_added", None));
}
