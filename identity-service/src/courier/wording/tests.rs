use std::collections::BTreeSet;

use serde_json::json;
use shared_types::time::{Clock as _, SystemClock};
use tempfile::TempDir;

use super::*;
use crate::{config::Config, courier::gateway::tests::Sink};

/// A folder with these files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let dir = TempDir::new().unwrap();
    for (name, text) in files {
        let path = dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    dir
}

async fn open(courier: Value) -> Result<Wordings, Problems> {
    let config = Config::from_value(json!({"dsn": "memory", "courier": courier})).unwrap();
    Wordings::open(&config.courier, &HttpClient::trusted().unwrap(), SystemClock.now()).await
}

async fn written(wordings: &Wordings, template: Template, part: Part) -> Option<String> {
    let (http, now) = (HttpClient::trusted().unwrap(), SystemClock.now());
    let seen = data(&template.sample(), &json!({"User-Agent": ["tests"]}));
    wordings.written(&http, now, (template, part), &seen).await.unwrap()
}

#[tokio::test]
async fn texts_in_a_folder_replace_ours_and_use_each_other() {
    let dir = folder(&[
        ("recovery_code/valid/email.subject.gotmpl", "Kode {{ .RecoveryCode }}\n"),
        ("recovery_code/valid/email.body.gotmpl", "{{ template \"de\" . }}"),
        ("recovery_code/valid/email.body.de.gotmpl", "{{ define \"de\" }}<b>{{ .Identity.traits.name }}</b>{{ end }}"),
        ("login_code/valid/sms.body.gotmpl", "{{ .LoginCode }} {{ .RequestURLDomain }}"),
        ("authenticator_key_added/email.body.plaintext.gotmpl", "{{ index .Identity \"id\" }} {{ .AddedAt }}"),
    ]);
    let own = open(json!({"template_override_path": dir.path()})).await.unwrap();
    let of = |template, part| written(&own, template, part);
    assert_eq!(of(Template::RecoveryCodeValid, Part::Subject).await.as_deref(), Some("Kode 402813\n"));
    assert_eq!(of(Template::RecoveryCodeValid, Part::Html).await.as_deref(), Some("<b>Ada</b>"));
    assert_eq!(of(Template::RecoveryCodeValid, Part::Text).await, None);
    assert_eq!(of(Template::RecoveryValid, Part::Html).await, None);
    assert_eq!(of(Template::LoginCodeValid, Part::Sms).await.as_deref(), Some("402813 id.example.org"));
    let notice = of(Template::AuthenticatorKeyAdded, Part::Text).await.unwrap();
    assert!(notice.ends_with(" 2026-03-01T12:00:00Z"), "{notice}");
}

#[tokio::test]
async fn texts_of_the_configuration_come_before_those_in_the_folder() {
    let dir = folder(&[("verification/valid/email.subject.gotmpl", "from the folder")]);
    let encoded = "base64://PGEgaHJlZj0ie3sgLlZlcmlmaWNhdGlvblVSTCB9fSI+eDwvYT4=";
    let own = open(json!({
        "template_override_path": dir.path(),
        "templates": {
            "verification": {"valid": {"email": {"subject": "Hello {{ .To }}", "body": {"html": encoded}}}},
            "verifiable_address_changed": {"sms": {"body": {"plaintext": "changed {{ .ChangedAt }}"}}},
        },
    }))
    .await
    .unwrap();
    let subject = written(&own, Template::VerificationValid, Part::Subject).await;
    assert_eq!(subject.as_deref(), Some("Hello ada@example.org"));
    let html = written(&own, Template::VerificationValid, Part::Html).await.unwrap();
    assert!(html.starts_with("<a href=\"https://id.example.org/self-service/verification?flow="), "{html}");
    assert!(html.contains("&amp;token=a-token\""), "{html}");
    let sms = written(&own, Template::VerifiableAddressChanged, Part::Sms).await;
    assert_eq!(sms.as_deref(), Some("changed 2026-03-01T12:00:00Z"));
}

#[tokio::test]
async fn what_a_text_sees() {
    let text = "{{ .OAuth2LoginRequest.Client.ClientName }} {{ .TransientPayload.lang }} {{ .ExpiresInMinutes }} \
                {{ index .UserRequestHeaders \"User-Agent\" 0 }} {{ .Traits.email }}";
    let courier = json!({"templates": {"registration_code": {"valid": {"email": {"body": {"plaintext": text}}}}}});
    // Headers are not among what a text is tried out with.
    let problems = open(courier).await.unwrap_err().to_string();
    assert!(problems.contains("registration_code"), "{problems}");
    let text = text.replace(
        "{{ index .UserRequestHeaders \"User-Agent\" 0 }}",
        "{{ with .UserRequestHeaders }}{{ index (index . \"User-Agent\") 0 }}{{ end }}",
    );
    let courier = json!({"templates": {"registration_code": {"valid": {"email": {"body": {"plaintext": text}}}}}});
    let own = open(courier).await.unwrap();
    let seen = written(&own, Template::RegistrationCodeValid, Part::Text).await;
    assert_eq!(seen.as_deref(), Some("Orders en 60 tests ada@example.org"));
}

#[tokio::test]
async fn whatever_cannot_be_used_is_named_at_the_start() {
    let dir = folder(&[
        ("recovery/valid/email.body.gotmpl", "{{ .RecoveryURL"),
        ("login_code/valid/email.subject.gotmpl", "{{ if false }}{{ now }}{{ end }}"),
    ]);
    let problems = open(json!({
        "template_override_path": dir.path(),
        "templates": {"recovery_code": {"valid": {"email": {
            "subject": "base64://?", "body": {"plaintext": "{{ template \"nowhere\" }}", "html": "file:///nowhere.gotmpl"},
        }}}},
    }))
    .await
    .unwrap_err()
    .to_string();
    for told in ["email.body.gotmpl:1", "function now", "email.subject: is not base64", "nowhere", "body.html"] {
        assert!(problems.contains(told), "{told} is not in {problems}");
    }
    let problems = open(json!({"template_override_path": "/no/such/folder"})).await.unwrap_err().to_string();
    assert!(problems.contains("courier.template_override_path"), "{problems}");
}

/// What is behind HTTP is fetched when it is needed, so that its server may be down when this one starts.
#[tokio::test]
async fn what_cannot_be_fetched_is_told_when_it_is_needed() {
    let url = "http://127.0.0.1:9/x.gotmpl";
    let own = open(json!({"templates": {"login_code": {"valid": {"email": {"subject": url}}}}})).await.unwrap();
    let (http, now) = (HttpClient::trusted().unwrap(), SystemClock.now());
    let seen = data(&Template::LoginCodeValid.sample(), &Value::Null);
    let of = (Template::LoginCodeValid, Part::Subject);
    assert!(own.written(&http, now, of, &seen).await.is_err());
}

/// It is fetched once, and again after an hour.
#[tokio::test]
async fn what_is_behind_http_is_kept() {
    let sink = Sink::start(&[(200, "Code {{ .LoginCode }}"), (200, "Kode {{ .LoginCode }}")]);
    let url = sink.url();
    let own = open(json!({"templates": {"login_code": {"valid": {"email": {"subject": url}}}}})).await.unwrap();
    assert_eq!(sink.asked().len(), 0);
    let (http, now) = (HttpClient::trusted().unwrap(), SystemClock.now());
    let seen = data(&Template::LoginCodeValid.sample(), &Value::Null);
    let of = (Template::LoginCodeValid, Part::Subject);
    for (minutes, text) in [(0, "Code 402813"), (59, "Code 402813"), (61, "Kode 402813"), (62, "Kode 402813")] {
        let at = now + chrono::Duration::minutes(minutes);
        assert_eq!(own.written(&http, at, of, &seen).await.unwrap().as_deref(), Some(text));
    }
    assert_eq!(sink.asked().len(), 2);
}

#[test]
fn every_part_of_every_message_has_one_place() {
    let places: BTreeSet<String> = every().map(|(template, part)| format!("{:?}/{part}", template.place())).collect();
    assert_eq!(places.len(), 12 * 3 + 6);
}
