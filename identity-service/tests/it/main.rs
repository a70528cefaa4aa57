//! identity-service over HTTP: a real server on free ports and a database of its own per test. The folders mirror the
//! URLs.

mod admin;
mod config;
mod limits;
mod pages;
mod self_service;
mod sessions;
mod world;
