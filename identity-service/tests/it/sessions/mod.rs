//! The caller's own sessions, schemas, and what every public answer carries.

mod cors;
mod jsonnet;
mod others;
mod schemas;
mod tokens;
mod whoami;
