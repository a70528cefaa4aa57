use serde_json::{Value, json};

use super::super::Config;

fn read(courier: &Value) -> Result<Config, String> {
    Config::from_value(json!({"dsn": "memory", "courier": courier})).map_err(|problems| problems.to_string())
}

#[test]
fn mail_goes_by_smtp_unless_something_else_is_said() {
    let uri = "smtps://user:pa%40ss@mail.example.org/?server_name=mx.example.org";
    let courier = read(&json!({"smtp": {"connection_uri": uri}})).unwrap().courier;
    let smtp = courier.smtp.as_ref().unwrap();
    assert_eq!(
        (smtp.host.as_str(), smtp.port, smtp.server_name.as_deref()),
        ("mail.example.org", 465, Some("mx.example.org"))
    );
    assert!(smtp.user.as_ref().is_some_and(|(user, password)| user == "user" && password.expose() == "pa@ss"));
    assert_eq!((smtp.from_address.as_str(), smtp.local_name.as_str()), ("no-reply@ory.kratos.sh", "localhost"));
    assert!(courier.mail_gateway.is_none() && !courier.sends_sms());

    let request = json!({"url": "https://mails.example.org/"});
    let by_strategy = json!({"delivery_strategy": "http", "http": {"request_config": request}});
    let by_channel = json!({"channels": [{"id": "email", "type": "http", "request_config": request}]});
    for courier in [by_strategy, by_channel] {
        let courier = read(&courier).unwrap().courier;
        assert_eq!(courier.mail_gateway.unwrap().url.as_str(), "https://mails.example.org/");
    }
    let both = json!({"delivery_strategy": "http", "channels": [{"id": "email", "type": "smtp"}]});
    assert!(read(&both).unwrap().courier.mail_gateway.is_none(), "a channel says it for itself");
}

/// The schema of the reference leaves the type out.
#[test]
fn text_messages_go_by_http() {
    let request = json!({"url": "https://texts.example.org/", "method": "PUT"});
    let courier = read(&json!({"channels": [{"id": "sms", "request_config": request}]})).unwrap().courier;
    assert!(courier.sends_sms());
    assert_eq!(courier.sms_gateway.unwrap().method, "PUT");
}

#[test]
fn whatever_cannot_be_meant_is_named() {
    let request = json!({"url": "https://texts.example.org/"});
    let sms = json!({"id": "sms", "request_config": request});
    for (courier, told) in [
        (json!({"delivery_strategy": "pigeon"}), "courier.delivery_strategy"),
        (json!({"delivery_strategy": "http"}), "courier.http.request_config.url"),
        (json!({"channels": [{"id": "fax", "request_config": request}]}), "courier.channels.0.id"),
        (json!({"channels": [{"id": "sms", "type": "smtp"}]}), "courier.channels.0.type"),
        (json!({"channels": [{"id": "email", "type": "post"}]}), "courier.channels.0.type"),
        (json!({"channels": [sms, sms]}), "courier.channels.1"),
        (json!({"channels": [{"id": "sms"}]}), "courier.channels.0.request_config.url"),
        (json!({"smtp": {"connection_uri": "http://mail.example.org"}}), "courier.smtp.connection_uri"),
        (json!({"smtp": {"client_key_path": "/key.pem", "connection_uri": "smtp://m/"}}), "client_key_path"),
        (
            json!({"templates": {"farewell": {"valid": {"email": {"subject": "{{ x }}"}}}}}),
            "courier.templates.farewell",
        ),
        (json!({"templates": {"login_code": {"invalid": {"email": {"subject": "a b"}}}}}), "there is no such text"),
        (json!({"templates": {"login_code": {"valid": {"email": {"subject": "./subject.gotmpl"}}}}}), "must be a text"),
    ] {
        let problems = read(&courier).err().unwrap_or_default();
        assert!(problems.contains(told), "{courier}: {problems}");
    }
}
