//! `/self-service/verification`.

mod by_code;
mod by_link;
