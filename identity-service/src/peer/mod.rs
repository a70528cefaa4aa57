//! Other systems, reached over HTTP: the OAuth2 provider, the providers people sign in at, and what the
//! configuration names.

pub(crate) mod breaches;
pub(crate) mod migration;
pub(crate) mod oauth;
pub(crate) mod oidc;
pub(crate) mod provider;
pub(crate) mod request;
