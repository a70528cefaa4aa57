//! Identity schemas, and traits held against them: the two halves of the input, parted by a zero.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &str| {
    let (schema, traits) = data.split_once('\0').unwrap_or((data, "{}"));
    identity_service::fuzzing::schema(schema, traits);
});
