//! The service as clients, browsers and operators meet it: a real server on free ports, a temporary database, both engines.
//! Modules mirror the URLs.

#[cfg(test)]
mod admin;
#[cfg(test)]
mod doors;
#[cfg(test)]
mod oauth2;
#[cfg(test)]
mod replicas;
