//! Other systems, reached over HTTP: the OAuth2 provider, and those the configuration names.

pub(crate) mod breaches;
pub(crate) mod migration;
pub(crate) mod oauth;
pub(crate) mod request;
