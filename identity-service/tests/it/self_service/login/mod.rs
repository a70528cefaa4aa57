//! `/self-service/login`.

mod begin;
mod by_code;
mod identifier_first;
mod native;
mod oauth;
mod refresh;
mod second_factor;
mod step_up;
mod submit;
