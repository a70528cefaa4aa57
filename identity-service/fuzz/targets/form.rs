//! Bodies of forms, of both encodings.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    identity_service::fuzzing::body("application/x-www-form-urlencoded", data);
    identity_service::fuzzing::body("multipart/form-data; boundary=b", data);
});
