//! The service as clients, browsers and operators meet it: a real server on free ports, a temporary database, both engines.
//! Modules mirror the URLs.

mod admin;
mod doors;
mod oauth2;
