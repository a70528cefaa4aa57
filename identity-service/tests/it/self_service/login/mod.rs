//! `/self-service/login`.

mod begin;
mod native;
mod refresh;
mod submit;
