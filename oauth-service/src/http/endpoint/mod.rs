//! The public endpoints (contract 1.2).

pub(crate) mod authorize;
mod browser;
pub(crate) mod check_session;
pub(crate) mod credentials;
pub(crate) mod device;
pub(crate) mod discovery;
pub(crate) mod fallback;
pub(crate) mod jwks;
pub(crate) mod logout;
mod page;
pub(crate) mod par;
pub(crate) mod register;
pub(crate) mod revoke;
pub(crate) mod token;
pub(crate) mod userinfo;

use actix_web::{Resource, web};

use super::unknown;

/// An endpoint that is posted to, and says so to whoever does not.
fn posted(path: &str) -> Resource {
    web::resource(path).default_service(web::to(unknown::only_post))
}
