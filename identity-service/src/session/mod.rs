//! Sessions: how they are issued, found by their token, shown and ended (contract §3.1, §5).

pub(crate) mod aal;
pub(crate) mod cookie;
pub(crate) mod extend;
pub(crate) mod issue;
mod kratos_cookie;
pub(crate) mod revoke;
pub(crate) mod tokenize;
pub(crate) mod verify;
pub(crate) mod view;
