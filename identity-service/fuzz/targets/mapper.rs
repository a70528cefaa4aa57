//! Jsonnet that maps claims: the two halves of the input, parted by a zero.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    let (text, claims) = data.split_once('\0').unwrap_or((data, r#"{"sub":"anna","email":"anna@example.org"}"#));
    identity_service::fuzzing::mapper(text, claims);
});
