//! identity-service over HTTP: a real server on free ports and a database of its own per test. The folders mirror the
//! URLs.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod config;
#[cfg(test)]
mod console;
#[cfg(test)]
mod hashers;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod moving;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod pages;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod self_service;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod world;
