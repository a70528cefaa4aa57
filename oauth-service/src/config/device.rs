//! `oauth2.device_authorization` and `ttl.device_user_code`: the codes devices show, and how often they ask (contract 4.8).

use std::time::Duration;

use shared_types::time::GoDuration;

use super::read::Reader;

/// How the device grant behaves.
#[derive(Debug, Clone)]
pub(crate) struct Device {
    /// Of both codes.
    pub(crate) lifetime: GoDuration,
    /// Seconds between two questions of a device.
    pub(crate) interval: i64,
    pub(crate) user_code: UserCode,
}

/// What user codes are made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UserCode {
    pub(crate) length: usize,
    /// ASCII.
    pub(crate) alphabet: Vec<u8>,
}

/// No vowels, so that no words appear, and nothing that looks like something else (RFC 8628 6.1).
const HIGH: &str = "23456789BCDFGHJKLMNPQRSTVWXZ";
const MEDIUM: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOW: &str = "0123456789";

impl UserCode {
    fn preset(length: usize, alphabet: &str) -> Self {
        Self { length, alphabet: alphabet.as_bytes().to_vec() }
    }

    /// What a person typed, as the code was made: blanks and dashes are how people group characters, and case is how their keyboards
    /// feel about it (RFC 8628 6.1).
    pub(crate) fn normal(&self, typed: &str) -> String {
        let kept = typed.chars().filter(|c| {
            u8::try_from(*c).is_ok_and(|byte| self.alphabet.contains(&byte)) || !(c.is_whitespace() || *c == '-')
        });
        let text: String = kept.collect();
        if self.alphabet.iter().any(u8::is_ascii_lowercase) { text } else { text.to_ascii_uppercase() }
    }
}

/// Reads the sections.
pub(super) fn read(r: &Reader<'_>) -> Device {
    let lifetime = r.duration("ttl.device_user_code", Duration::from_mins(10));
    if lifetime < Duration::from_mins(1) {
        r.problem("ttl.device_user_code", "must be at least one minute: a person has to type the code");
    }
    let path = "oauth2.device_authorization.token_polling_interval";
    let interval = r.duration(path, Duration::from_secs(5));
    if interval < Duration::from_secs(1) {
        r.problem(path, "must be at least one second");
    }
    Device {
        lifetime: GoDuration(lifetime),
        interval: i64::try_from(interval.as_secs()).unwrap_or(i64::MAX),
        user_code: user_code(r),
    }
}

fn user_code(r: &Reader<'_>) -> UserCode {
    const PATH: &str = "oauth2.device_authorization.user_code";
    let at = |name: &str| format!("{PATH}.{name}");
    let preset = r.text(&at("entropy_preset"));
    if !r.has(&at("length")) && !r.has(&at("character_set")) {
        return match preset.as_deref() {
            None | Some("high") => UserCode::preset(8, HIGH),
            Some("medium") => UserCode::preset(8, MEDIUM),
            Some("low") => UserCode::preset(9, LOW),
            Some(_) => {
                r.problem(&at("entropy_preset"), "must be high, medium or low");
                UserCode::preset(8, HIGH)
            }
        };
    }
    if preset.is_some() {
        r.problem(PATH, "has either an entropy_preset, or length and character_set");
    }
    let length = r.number(&at("length"), 0_i64, 6..=64);
    let set = r.text(&at("character_set")).unwrap_or_default();
    let mut distinct = set.as_bytes().to_vec();
    distinct.sort_unstable();
    distinct.dedup();
    if distinct.len() < 8 || distinct.len() != set.len() || !set.bytes().all(|byte| byte.is_ascii_graphic()) {
        r.problem(&at("character_set"), "must have at least 8 printable ASCII characters, each once");
    }
    if length == 0 {
        r.problem(&at("length"), "is needed beside character_set");
    }
    UserCode { length: usize::try_from(length).unwrap_or(8), alphabet: set.into_bytes() }
}
