//! The operators' console, on the admin listener alone. Whatever is below `/console` passes `guard::enter` first, which
//! admits operators and nobody else; the admin API's keys mean nothing here. How a page is added is told in `ui::console`.

mod act;
mod audit;
mod client_edit;
mod client_form;
mod clients;
mod consents;
mod figures;
mod guard;
mod identities;
mod identity_acts;
mod identity_edit;
mod identity_new;
mod keys;
mod messages;
mod operator;
mod overview;
mod provider;
mod recovery;
mod sessions;
mod token_preview;
mod whom;

use actix_web::{
    HttpResponse, Scope,
    http::header,
    middleware::from_fn,
    web::{self, Path},
};

use self::operator::Operator;
use super::{
    error::ApiError,
    routes::{self, at},
};
use crate::ui::console;

/// Everything below `/console`.
pub(super) fn scope() -> Scope<
    impl actix_web::dev::ServiceFactory<
        actix_web::dev::ServiceRequest,
        Config = (),
        Response = actix_web::dev::ServiceResponse,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    web::scope("/console")
        .service(at("").route(web::get().to(home)))
        .service(at("/assets/{name}").route(web::get().to(asset)))
        .configure(overview::routes)
        // Before what takes any id.
        .configure(identity_new::routes)
        .configure(identities::routes)
        .configure(identity_edit::routes)
        .configure(identity_acts::routes)
        .configure(recovery::routes)
        .configure(sessions::routes)
        .configure(messages::routes)
        .configure(audit::routes)
        .configure(clients::routes)
        .configure(client_edit::routes)
        .configure(consents::routes)
        .configure(keys::routes)
        .configure(token_preview::routes)
        .default_service(web::to(routes::not_found))
        .wrap(from_fn(guard::enter))
}

/// The address without its last slash.
async fn home(operator: Operator) -> HttpResponse {
    operator.redirect("")
}

/// A file; its name changes with its content. Files alone are for everybody.
async fn asset(name: Path<String>) -> Result<HttpResponse, ApiError> {
    let asset = console::asset(&name).ok_or_else(|| ApiError::not_found("There is no such file."))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, asset.media))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .body(asset.content))
}
