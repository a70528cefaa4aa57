//! Authorization requests, as the query of their URL.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| oauth_service::fuzzing::authorization(data));
