//! The three passages of an authorization request: it starts, it comes back with the login page's answer, it comes back with the
//! consent page's (contract 3.3).

pub(super) mod consent;
mod hint;
mod issue;
pub(super) mod login;
pub(super) mod start;
