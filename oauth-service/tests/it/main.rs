//! The service as clients, browsers and operators meet it: a real server on free ports, a temporary database, both engines.
//! Modules mirror the URLs.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod cli;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod import;
#[cfg(test)]
mod oauth2;
#[cfg(test)]
mod openapi;
#[cfg(test)]
mod reload;
#[cfg(test)]
mod replicas;
