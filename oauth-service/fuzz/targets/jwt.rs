//! JWTs: as they come, and made of a header and a payload parted by a zero, so that what is inside is reached.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    oauth_service::fuzzing::jwt(data);
    if let Some((header, payload)) = data.split_once('\0') {
        oauth_service::fuzzing::jwt(&oauth_service::fuzzing::compact(header, payload));
    }
});
