//! Request objects and other parameters in JSON.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| oauth_service::fuzzing::json(data));
