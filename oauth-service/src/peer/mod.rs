//! Who this server asks: the identity provider, by the hooks an operator configured.

pub(crate) mod identity;
pub(crate) mod logout;
