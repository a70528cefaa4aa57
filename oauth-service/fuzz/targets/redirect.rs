//! Redirect URIs.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| oauth_service::fuzzing::redirect(data));
