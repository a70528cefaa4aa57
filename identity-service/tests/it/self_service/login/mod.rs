//! `/self-service/login`.

mod begin;
mod native;
mod oauth;
mod refresh;
mod submit;
