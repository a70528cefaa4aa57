//! Dotted names, in a JSON body as in a form: one name a line, with its value behind the last equals sign.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    let pairs = || data.lines().map(|line| line.rsplit_once('=').unwrap_or((line, "")));
    let encoded = |text: &str| -> String { text.bytes().map(|byte| format!("%{byte:02x}")).collect() };
    let form: Vec<String> = pairs().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect();
    identity_service::fuzzing::body("application/x-www-form-urlencoded", form.join("&").as_bytes());
    let members: Vec<String> = pairs().map(|(name, value)| format!("{}:{}", quoted(name), nested(value))).collect();
    identity_service::fuzzing::body("application/json", format!("{{{}}}", members.join(",")).as_bytes());
});

fn quoted(text: &str) -> String {
    let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    format!("\"{escaped}\"")
}

/// A value of some kind.
fn nested(text: &str) -> String {
    match text.len() % 4 {
        0 => "null".to_owned(),
        1 => format!("{{{}:[1,null]}}", quoted(text)),
        2 => format!("[{}]", quoted(text)),
        _ => quoted(text),
    }
}
