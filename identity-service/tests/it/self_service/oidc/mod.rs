//! Sign-in at other providers (contract §4.7).

mod login;
mod untrusted;
