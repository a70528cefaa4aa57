//! Token requests: the body, and an Authorization header behind a zero.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let mut parts = data.splitn(2, |byte| *byte == 0);
    let body = parts.next().unwrap_or_default();
    let header = parts.next().and_then(|header| std::str::from_utf8(header).ok());
    oauth_service::fuzzing::token(body, header);
});
