//! Addresses to return to.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| identity_service::fuzzing::return_to(data));
