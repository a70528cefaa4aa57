//! The public API and the pages.

mod answer;
pub(super) mod applications;
pub(super) mod consent;
pub(super) mod device;
pub(super) mod error_page;
pub(super) mod errors;
pub(super) mod fed_cm;
pub(super) mod health;
mod language;
pub(super) mod login;
pub(super) mod logout;
pub(super) mod negotiate;
pub(super) mod oauth_logout;
pub(super) mod oidc;
pub(super) mod own_sessions;
pub(super) mod pages;
pub(super) mod recovery;
pub(super) mod registration;
pub(super) mod schemas;
pub(super) mod sessions;
pub(super) mod settings;
pub(super) mod token_exchange;
pub(super) mod verification;
pub(super) mod visit;
pub(super) mod webauthn_script;
pub(super) mod welcome;
pub(super) mod whoami;

pub(super) use sessions::{SIZES, TOTAL};
