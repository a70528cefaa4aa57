//! The caller's own sessions, schemas, and what every public answer carries.

mod cors;
mod others;
mod schemas;
mod whoami;
