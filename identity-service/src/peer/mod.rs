//! The other service, reached over HTTP.

pub(crate) mod oauth;
